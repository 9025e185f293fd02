"""Migrations of the database schema, applied with Alembic.

Several processes may run `upgrade()` at once: an advisory lock lets one run after another.
"""

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from store.session import answering

HERE = Path(__file__).parent


def alembic_config(database_url: str) -> Config:
    """Alembic's configuration for this database; there is no alembic.ini."""
    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.attributes["database_url"] = database_url
    return config


def head_revision() -> str:
    """The newest revision that this code knows; processes require the database to have it."""
    head = ScriptDirectory(str(HERE)).get_current_head()
    assert head is not None  # noqa: S101  there is at least one migration
    return head


async def upgrade(database_url: str, revision: str = "head") -> None:
    """Upgrade the schema to a revision; does nothing where it has it already. Raises `Unavailable`."""
    with answering():
        await asyncio.to_thread(command.upgrade, alembic_config(database_url), revision)


async def downgrade(database_url: str, revision: str) -> None:
    """Downgrade the schema to a revision. Below 0002 orders and their events are lost, below 0003 QR codes
    and requests for them.
    """
    await asyncio.to_thread(command.downgrade, alembic_config(database_url), revision)
