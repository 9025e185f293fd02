"""What the imports of files share: the check of accounts, and the record of a job (A21)."""

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound
from models.imports import ImportReport
from models.people.callers import AllAccounts, Caller
from store import lookups

Record = Callable[[AsyncConnection, ImportReport], Awaitable[None]]
"""Called with the report in the transaction of an import, so that both are committed or neither is."""


async def own_accounts(connection: AsyncConnection, caller: Caller, named: set[str]) -> None:
    """Refuse rows of other accounts than the caller's own. Raises `NotFound` (`other_account`)."""
    if isinstance(caller.scope, AllAccounts):
        return
    own = await lookups.find_account(connection, caller.scope, None)
    if named - {own.name}:
        raise NotFound.because("other_account")
