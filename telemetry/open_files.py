"""How many files and connections a process may have open: systems give a newcomer 256 or 1,024."""

import logging
from contextlib import suppress

ENOUGH = 65_536
FEW = 4096
"""Below this limit, readers of event streams can use up all connections of a portal."""

_log = logging.getLogger(__name__)


def allow_open_files(enough: int = ENOUGH) -> int | None:
    """Raise the process's own limit of open files as far as the system allows; the limit. Logs a warning
    where it stays low. None where there is no such limit.
    """
    try:
        import resource  # noqa: PLC0415  not on Windows
    except ImportError:
        return None
    unlimited = resource.RLIM_INFINITY
    limit, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = enough if hard == unlimited else min(enough, hard)
    if limit != unlimited and limit < wanted:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            limit = wanted
    if limit != unlimited and limit < FEW:
        _log.warning(
            "The limit of open files is %d: at most so many connections, of which each event stream is one. "
            "Raise the hard limit (LimitNOFILE of systemd, ulimits.nofile of Compose) to %d or more.",
            limit,
            FEW,
        )
    return limit
