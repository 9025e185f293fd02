"""Which migration this code needs; without Alembic, which takes 8 MB of a process that runs no migration."""

from functools import cache
from pathlib import Path

_VERSIONS = Path(__file__).parent / "migrations" / "versions"


@cache
def head_revision() -> str:
    """The newest revision of this code, by the names of its migrations: `0015` of `0015_webhooks.py`. The
    database must be at it.
    """
    return max(path.name for path in _VERSIONS.glob("[0-9]*.py")).partition("_")[0]
