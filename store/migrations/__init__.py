"""The migrations of the database, applied with Alembic.

Several processes may run `upgrade()` concurrently: they queue on an advisory lock.
"""

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config

from store.session import answering

HERE = Path(__file__).parent


def alembic_config(database_url: str) -> Config:
    """Alembic's configuration for this database; there is no alembic.ini."""
    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.attributes["database_url"] = database_url
    return config


async def upgrade(database_url: str, revision: str = "head") -> None:
    """Upgrade the tables to a revision; idempotent. Raises `Unavailable`."""
    with answering():
        await asyncio.to_thread(command.upgrade, alembic_config(database_url), revision)


async def downgrade(database_url: str, revision: str) -> None:
    """Downgrade the tables to a revision. Orders are lost below 0003, the event log below 0004, QR codes and
    requests for them below 0005.
    """
    await asyncio.to_thread(command.downgrade, alembic_config(database_url), revision)
