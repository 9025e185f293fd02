"""What the imports of files share: the check of accounts, and the record of a job (A21)."""

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncConnection

from models.imports import ImportReport
from models.people.callers import AllAccounts, Caller
from store import lookups
from store.session import Database

Record = Callable[[AsyncConnection, ImportReport], Awaitable[None]]
"""Called with the report in the transaction of an import, so that both are committed or neither is."""


async def own_account(database: Database, caller: Caller) -> str | None:
    """The name of the only account that a file of the caller may name; None for any."""
    if isinstance(caller.scope, AllAccounts):
        return None
    async with database.reading() as connection:
        return (await lookups.find_account(connection, caller.scope, None)).name
