"""Who follows the feed of events, and who writes to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection

from models.events import Audience, FeedEvent
from models.feed import START, Cursor
from store import events
from store.session import Database


class Follower:
    """Follows the feed, as a webhook's sender or a stream does."""

    def __init__(self, database: Database, limit: int = 2, account_id: int | None = None) -> None:
        self.database = database
        self.limit = limit
        self.account_id = account_id
        self.cursor = START
        self.got: list[FeedEvent] = []

    async def look(self) -> list[str]:
        """Read on until nothing is new; the actors of what came."""
        before = len(self.got)
        while True:
            async with self.database.reading() as connection:
                page = await events.read(
                    connection,
                    Cursor.parse(str(self.cursor)),
                    audience=Audience.OPERATOR,
                    account_id=self.account_id,
                    limit=self.limit,
                )
            if not page.events:
                assert page.cursor == self.cursor
                return [event.actor for event in self.got[before:]]
            self.got += page.events
            self.cursor = page.cursor


async def write(connection: AsyncConnection, actor: str, account_id: int | None = 1) -> None:
    await events.append(connection, account_id, ("sim:1",), actor, ("qr.shown", {}))


async def written(database: Database, actor: str) -> None:
    async with database.transaction() as connection:
        await write(connection, actor)


@asynccontextmanager
async def unfinished(database: Database, actor: str) -> AsyncIterator[AsyncConnection]:
    """A transaction that has written, and is committed at the end of the block."""
    async with database.transaction() as connection:
        await write(connection, actor)
        yield connection
