"""The check of accounts that the imports of a fleet and of a catalogue share."""

from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound
from models.people.callers import AllAccounts, Caller
from store import lookups


async def own_accounts(connection: AsyncConnection, caller: Caller, named: set[str]) -> None:
    """Refuse rows of other accounts than the caller's own. Raises `NotFound` (`other_account`)."""
    if isinstance(caller.scope, AllAccounts):
        return
    own = await lookups.find_account(connection, caller.scope, None)
    if named - {own.name}:
        raise NotFound.because("other_account")
