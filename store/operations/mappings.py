"""Saved mappings in the database: one for an account and a kind of file (R12).

An event records that a mapping was saved or deleted and of which kind, never what it says.
"""

from collections.abc import Sequence

from sqlalchemy import delete as sql_delete
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound
from models.files.saved import SavedMapping
from models.people.callers import By
from store import events
from store.operations.mapping_tables import ImportMappingRow
from store.row import now

_MAPPINGS = select(ImportMappingRow.kind, ImportMappingRow.entries, ImportMappingRow.saved_at)


async def mappings(connection: AsyncConnection, account_id: int) -> list[SavedMapping]:
    """The mappings of an account, by kind."""
    mine = _MAPPINGS.where(ImportMappingRow.account_id == account_id).order_by(ImportMappingRow.kind)
    return [SavedMapping(**row._mapping) for row in await connection.execute(mine)]


async def find(connection: AsyncConnection, account_id: int, kind: str) -> SavedMapping | None:
    """The mapping of the account for files of this kind, if it keeps one."""
    mine = _MAPPINGS.where(ImportMappingRow.account_id == account_id, ImportMappingRow.kind == kind)
    row = (await connection.execute(mine)).one_or_none()
    return None if row is None else SavedMapping(**row._mapping)


async def save(
    connection: AsyncConnection, account_id: int, kind: str, entries: Sequence[str], by: By
) -> None:
    """Keep these entries in place of those before. Idempotent: only what changes is recorded."""
    said = list(entries)
    new = insert(ImportMappingRow).values(account_id=account_id, kind=kind, entries=said)
    kept = new.on_conflict_do_update(
        index_elements=[ImportMappingRow.account_id, ImportMappingRow.kind],
        set_={"entries": new.excluded.entries, "saved_at": now()},
        where=ImportMappingRow.entries != new.excluded.entries,
    )
    if await connection.scalar(kept.returning(ImportMappingRow.kind)):
        await _record(connection, account_id, kind, by, "account.mapping_saved")


async def delete(connection: AsyncConnection, account_id: int, kind: str, by: By) -> None:
    """Keep no mapping for files of this kind any more. Raises `NotFound` (`unknown_mapping`)."""
    mine = (ImportMappingRow.account_id == account_id, ImportMappingRow.kind == kind)
    gone = sql_delete(ImportMappingRow).where(*mine).returning(ImportMappingRow.kind)
    if await connection.scalar(gone) is None:
        raise NotFound.because("unknown_mapping")
    await _record(connection, account_id, kind, by, "account.mapping_deleted")


async def _record(connection: AsyncConnection, account_id: int, kind: str, by: By, happened: str) -> None:
    about = (f"account:{account_id}",)
    await events.append(
        connection, account_id, about, by.actor, (happened, {"kind": kind}), origin_id=by.origin_id
    )
