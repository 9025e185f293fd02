"""What the imports of a fleet and of a catalogue have in common."""

from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound
from models.people.callers import AllAccounts, Caller
from store import lookups


async def own_accounts(connection: AsyncConnection, caller: Caller, named: set[str]) -> None:
    """A caller of one account imports for that account alone; the others do not exist. Raises `NotFound`."""
    if isinstance(caller.scope, AllAccounts):
        return
    own = await lookups.find_account(connection, caller.scope, None)
    if named - {own.name}:
        raise NotFound.because("other_account")
