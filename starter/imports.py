"""What the imports of files share: reading a file, the check of accounts, and the record of a job (A21)."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from confined.workbooks import is_workbook, read_workbook
from models.files.table import SentFile, Table
from models.files.text import read_text
from models.imports import ImportReport
from models.people.callers import AllAccounts, Caller
from store import lookups
from store.session import Database

Report = TypeVar("Report", bound=ImportReport)
Record = Callable[[AsyncConnection, ImportReport], Awaitable[None]]
"""Called with the report in the transaction of an import, so that both are committed or neither is."""


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


def reported(report: Report, table: Table, *, dry_run: bool) -> Report:
    """The report with how the file was understood, and the warnings that its reader gave."""
    warnings = (*table.warnings.warnings(), *report.warnings)
    return report.model_copy(update={"warnings": warnings, "read": table.read, "dry_run": dry_run})


async def own_account(database: Database, caller: Caller) -> str | None:
    """The name of the only account that a file of the caller may name; None for any."""
    if isinstance(caller.scope, AllAccounts):
        return None
    async with database.reading() as connection:
        return (await lookups.find_account(connection, caller.scope, None)).name
