"""What the imports of files share: the check of accounts, and the record of a job (A21)."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound
from models.imports import MAX_LISTED, ImportReport
from models.people.callers import AllAccounts, Caller
from store import lookups

Record = Callable[[AsyncConnection, ImportReport], Awaitable[None]]
"""Called with the report in the transaction of an import, so that both are committed or neither is."""


class _Row(Protocol):
    """A row of a file that names its account."""

    @property
    def line(self) -> int: ...

    @property
    def account(self) -> str: ...


async def own_accounts(connection: AsyncConnection, caller: Caller, rows: Iterable[_Row]) -> None:
    """Refuse rows of other accounts than the caller's own. Raises `NotFound` (`other_account`), which names
    the first of them by their lines in the file.
    """
    if isinstance(caller.scope, AllAccounts):
        return
    own = await lookups.find_account(connection, caller.scope, None)
    wrong = [str(row.line) for row in rows if row.account != own.name]
    if wrong:
        more = ["..."] if len(wrong) > MAX_LISTED else []
        raise NotFound.because("other_account", lines=", ".join(wrong[:MAX_LISTED] + more))
