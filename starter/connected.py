"""The base class of desks that call Temporal: opens the database and the Temporal client."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

from temporalio.client import Client

from settings import Settings
from store.session import Database
from temporal.calls import Calls
from temporal.connection import connect


class ConnectedDesk:
    """A desk with a database and a Temporal service. One for a whole process; safe for concurrent use."""

    def __init__(self, client: Client, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._calls = Calls(client, database, settings)

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: Settings) -> AsyncIterator[Self]:
        """Open the configured database and Temporal service; each connects at its first call."""
        database = Database(settings.database_url, settings.database_pool_size)
        try:
            yield cls(await connect(settings, lazy=True), database, settings)
        finally:
            await database.close()

    @property
    def database(self) -> Database:
        """The database that this desk reads and writes."""
        return self._database
