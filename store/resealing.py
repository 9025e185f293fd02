"""After a change of the key: everything that is sealed under an old one is sealed under the first."""

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codes.activation import parse_activation_code
from store.codes.code_locks import lock_codes
from store.codes.tables import QrUploadRow, QrVersionRow
from store.secrets import KeyRing, code_of, file_of, uploaded
from store.session import Database

_BATCH = 10
"""Rows a transaction. A file has up to 5 MB, and nobody can import a code meanwhile."""


async def reseal(database: Database, keys: KeyRing) -> int:
    """Seal all codes and files, and take all fingerprints, under the first key. How many were sealed anew.

    It may be stopped and run again. Every process must have both keys before (`store.secrets`). Raises
    `SecretUnreadable` where a key is missing; what was sealed until then stays so.
    """
    return await _all(database, keys, _versions) + await _all(database, keys, _uploads)


_Batch = Callable[[AsyncConnection, KeyRing, Any], Awaitable[tuple[Any, int]]]


async def _all(database: Database, keys: KeyRing, batch: _Batch) -> int:
    last, sealed = None, 0
    while True:
        async with database.transaction() as connection:
            last, more = await batch(connection, keys, last)
        sealed += more
        if last is None:
            return sealed


async def _versions(connection: AsyncConnection, keys: KeyRing, after: int | None) -> tuple[int | None, int]:
    await lock_codes(connection)
    rows = await connection.execute(
        select(QrVersionRow.__table__)
        .where(QrVersionRow.id > (after or 0))
        .order_by(QrVersionRow.id)
        .limit(_BATCH)
        .with_for_update()
    )
    last, sealed = None, 0
    for row in rows.all():
        last = row.id
        code_context, file_context = code_of(row.sim_id, row.number), file_of(row.sim_id, row.number)
        code = keys.open(code_context, row.code)
        fingerprint = keys.fingerprints(parse_activation_code(code.decode()).profile)[0]
        if row.fingerprint == fingerprint and keys.newest(code_context, row.code):
            continue
        file = None if row.original is None else keys.open(file_context, row.original)
        await connection.execute(
            update(QrVersionRow)
            .where(QrVersionRow.id == row.id)
            .values(
                code=keys.seal(code_context, code),
                fingerprint=fingerprint,
                original=None if file is None else keys.seal(file_context, file),
            )
        )
        sealed += 1
    return last, sealed


async def _uploads(connection: AsyncConnection, keys: KeyRing, after: str | None) -> tuple[str | None, int]:
    rows = await connection.execute(
        select(QrUploadRow.__table__)
        .where(QrUploadRow.id > (after or ""))
        .order_by(QrUploadRow.id)
        .limit(_BATCH)
        .with_for_update()
    )
    last, sealed = None, 0
    for row in rows.all():
        last = row.id
        code_context, file_context = uploaded(row.id, "code"), uploaded(row.id, "file")
        if keys.newest(code_context, row.code):
            continue
        code = keys.open(code_context, row.code)
        file = None if row.original is None else keys.open(file_context, row.original)
        await connection.execute(
            update(QrUploadRow)
            .where(QrUploadRow.id == row.id)
            .values(
                code=keys.seal(code_context, code),
                original=None if file is None else keys.seal(file_context, file),
            )
        )
        sealed += 1
    return last, sealed
