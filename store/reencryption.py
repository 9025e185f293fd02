"""Re-encrypts, after a key rotation, what is encrypted with an old key. The first key of the ring is used."""

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import InstrumentedAttribute

from models.codes.activation import parse_activation_code
from store.codes.code_locks import lock_codes
from store.codes.tables import QrUploadRow, QrVersionRow
from store.key_ring import KeyRing
from store.operations import job_inputs
from store.operations.job_tables import JobRow
from store.operations.jobs import digested
from store.operations.webhook_tables import WebhookEarlierSecretRow, WebhookRow
from store.secrets import (
    UPLOADED,
    code_of,
    confirmation_code_of,
    file_of,
    signing_secret_of,
    upload_use,
)
from store.session import Database

_BATCH = 10
"""Rows of one transaction. A file has up to 5 MB, and no code can be imported until the transaction ends."""


async def reencrypt(database: Database, keys: KeyRing) -> int:
    """Encrypt all codes and files with the first key, and compute all fingerprints; how many rows changed.

    It is idempotent: it may be stopped and run again. Every process must have both keys before
    (`store.key_ring`). Raises `UnknownKey` if a key is missing; rows that were re-encrypted before stay so.
    """
    changed = 0
    for batch in (_versions, _uploads, _inputs, _webhooks, _earlier_secrets):
        changed += await _all(database, keys, batch)
    return changed


_Batch = Callable[[AsyncConnection, KeyRing, Any], Awaitable[tuple[Any, int]]]


async def _all(database: Database, keys: KeyRing, batch: _Batch) -> int:
    last, changed = None, 0
    while True:
        async with database.transaction() as connection:
            last, more = await batch(connection, keys, last)
        changed += more
        if last is None:
            return changed


async def _versions(connection: AsyncConnection, keys: KeyRing, after: int | None) -> tuple[int | None, int]:
    await lock_codes(connection)
    rows = await connection.execute(
        select(QrVersionRow.__table__)
        .where(QrVersionRow.id > (after or 0))
        .order_by(QrVersionRow.id)
        .limit(_BATCH)
        .with_for_update()
    )
    last, changed = None, 0
    for row in rows.all():
        last = row.id
        uses = {
            "code": code_of(row.sim_id, row.number),
            "confirmation_code": confirmation_code_of(row.sim_id, row.number),
            "original": file_of(row.sim_id, row.number),
        }
        code = keys.decrypt(uses["code"], row.code)
        fingerprint = keys.fingerprints(parse_activation_code(code.decode()).profile)[0]
        old = {column: getattr(row, column) for column in uses}
        if row.fingerprint == fingerprint and all(map(keys.is_current, filter(None, old.values()))):
            continue
        new = {column: _again(keys, use, old[column]) for column, use in uses.items()}
        await connection.execute(
            update(QrVersionRow).where(QrVersionRow.id == row.id).values(fingerprint=fingerprint, **new)
        )
        changed += 1
    return last, changed


async def _uploads(connection: AsyncConnection, keys: KeyRing, after: str | None) -> tuple[str | None, int]:
    rows = await connection.execute(
        select(QrUploadRow.__table__)
        .where(QrUploadRow.id > (after or ""))
        .order_by(QrUploadRow.id)
        .limit(_BATCH)
        .with_for_update()
    )
    last, changed = None, 0
    for row in rows.all():
        last = row.id
        if keys.is_current(row.code):
            continue
        again = {
            column: _again(keys, upload_use(row.id, column), getattr(row, column)) for column in UPLOADED
        }
        await connection.execute(update(QrUploadRow).where(QrUploadRow.id == row.id).values(again))
        changed += 1
    return last, changed


def _again(keys: KeyRing, use: str, encrypted: bytes | None) -> bytes | None:
    return None if encrypted is None else keys.encrypt(use, keys.decrypt(use, encrypted))


async def _inputs(connection: AsyncConnection, keys: KeyRing, after: int | None) -> tuple[int | None, int]:
    rows = await connection.execute(
        select(*(JobRow.id, JobRow.kind, JobRow.dry_run, JobRow.input, JobRow.save_mapping))
        .where(JobRow.id > (after or 0), JobRow.input.is_not(None))
        .order_by(JobRow.id)
        .limit(_BATCH)
        .with_for_update()
    )
    last, changed = None, 0
    for row in rows.all():
        last = row.id
        if keys.is_current(row.input):
            continue
        content, mapping = job_inputs.decrypted(keys, row.id, row.input)
        said = digested(row.kind, content, mapping, dry_run=row.dry_run, save=row.save_mapping)
        value = job_inputs.encrypted(keys, row.id, content, mapping)
        again = {"input": value, "digest": keys.fingerprints(said)[0]}
        await connection.execute(update(JobRow).where(JobRow.id == row.id).values(again))
        changed += 1
    return last, changed


async def _webhooks(connection: AsyncConnection, keys: KeyRing, after: int | None) -> tuple[int | None, int]:
    return await _secrets(connection, keys, after, WebhookRow, WebhookRow.id)


async def _earlier_secrets(
    connection: AsyncConnection, keys: KeyRing, after: int | None
) -> tuple[int | None, int]:
    table = WebhookEarlierSecretRow
    return await _secrets(connection, keys, after, table, table.webhook_id)


async def _secrets(
    connection: AsyncConnection,
    keys: KeyRing,
    after: int | None,
    table: type[WebhookRow | WebhookEarlierSecretRow],
    webhook: InstrumentedAttribute[int],
) -> tuple[int | None, int]:
    """The present secrets of webhooks, or the earlier ones; `webhook`: the column with the webhook's id."""
    rows = await connection.execute(
        select(table.id, table.secret, webhook.label("webhook"))
        .where(table.id > (after or 0))
        .order_by(table.id)
        .limit(_BATCH)
        .with_for_update()
    )
    last, changed = None, 0
    for row in rows.all():
        last = row.id
        if keys.is_current(row.secret):
            continue
        again = _again(keys, signing_secret_of(row.webhook), row.secret)
        await connection.execute(update(table).where(table.id == row.id).values(secret=again))
        changed += 1
    return last, changed
