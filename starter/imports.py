"""What the imports of files share: reading a file, the account that it is for, its saved mapping, and the
record of a job (A21).
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from confined.workbooks import is_workbook, read_workbook
from models.errors import NotFound, Refused
from models.files.saved import kept
from models.files.table import SentFile, Table
from models.files.text import read_text
from models.imports import ImportReport
from models.people.callers import AllAccounts, Caller
from store import lookups
from store.operations import mappings
from store.session import Database

Report = TypeVar("Report", bound=ImportReport)
Record = Callable[[AsyncConnection, ImportReport], Awaitable[None]]
"""Called with the report in the transaction of an import, so that both are committed or neither is."""


@dataclass(frozen=True)
class FileImport:
    """The import of one file: `begun` before its rows are read, `done` once they are written.

    `account`: for which it is imported; None: for the only one of the caller's scope, else for those that the
    file names, and then no saved mapping is used.
    """

    caller: Caller
    kind: str
    account: str | None
    sent: bytes | SentFile
    dry_run: bool
    record: Record | None

    async def begun(self, database: Database) -> Table:
        """The table in the file, with the mapping that the account keeps for such files. Raises `Refused`
        (`account_needed`): a mapping is to be saved, and there are several accounts.
        """
        async with database.reading() as connection:
            saved = None
            if self._of_one:
                found = await lookups.find_account(connection, self.caller.scope, self.account)
                saved = await mappings.find(connection, found.id, self.kind)
            elif account := await self._only(connection):
                saved = await mappings.find(connection, account.id, self.kind)
        table = await opened(self.sent)
        table.saved = saved
        return table

    async def own(self, database: Database) -> str | None:
        """The name of the only account that the file may name; None for any."""
        if not self._of_one:
            return None
        async with database.reading() as connection:
            return (await lookups.find_account(connection, self.caller.scope, self.account)).name

    async def done(self, connection: AsyncConnection, table: Table, report: Report) -> Report:
        """The report with how the file was understood, and the warnings that its reader gave. A mapping that
        is to be kept is saved in the transaction of the import; a dry run, which is rolled back, saves none.
        """
        warnings = (*table.warnings.warnings(), *report.warnings)
        whole = report.model_copy(update={"warnings": warnings, "read": table.read, "dry_run": self.dry_run})
        if self._saves and table.mapping and table.kind is not None:
            entries = kept(table.mapping, table.saved, table.kind)
            found = await lookups.find_account(connection, self.caller.scope, self.account)
            await mappings.save(connection, found.id, self.kind, entries, self.caller.by)
        if self.record is not None:
            await self.record(connection, whole)
        return whole

    @property
    def _of_one(self) -> bool:
        return self.account is not None or not isinstance(self.caller.scope, AllAccounts)

    @property
    def _saves(self) -> bool:
        return isinstance(self.sent, SentFile) and self.sent.save

    async def _only(self, connection: AsyncConnection) -> lookups.AccountKey | None:
        """The only account that there is, if there is one alone."""
        try:
            return await lookups.find_account(connection, self.caller.scope, None)
        except NotFound:
            return None
        except Refused:
            if self._saves:
                raise
            return None


async def opened(sent: bytes | SentFile) -> Table:
    """The table in a file: CSV, or an Excel workbook, which a confined process reads (R10).

    Raises `Refused` if it holds none, `Unavailable`.
    """
    file = sent if isinstance(sent, SentFile) else SentFile(sent)
    if is_workbook(file.content):
        table = await read_workbook(file.content)
    else:
        table = await asyncio.to_thread(read_text, file.content)
    table.mapping = file.mapping
    return table
