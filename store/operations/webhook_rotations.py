"""Rotations of the secrets of webhooks (A11)."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refused
from models.operations.webhooks import WebhookView
from models.people.callers import By
from store.made_keys import Made
from store.operations.webhook_tables import WebhookRotationRow, WebhookRow
from store.operations.webhooks import read, record
from store.row import now
from store.secrets import signing_secret_of

if TYPE_CHECKING:
    from store.key_ring import KeyRing


async def rotate(  # noqa: PLR0917  as many as there are
    connection: AsyncConnection,
    ring: "KeyRing",
    known: WebhookView,
    account_id: int,
    secret: str,
    keep: timedelta,
    once: str | None,
    by: By,
) -> WebhookView:
    """Sign with this secret from now on, and for a while with the one before, too. While one before still
    signs it stays, for as long as it was to: its receivers were promised that time. Once per idempotency key,
    `once`: its repeat is refused, as the secret that its caller wants is not shown again.

    Raises `Refused` (`webhook_rotated`, `key_reused`).
    """
    await _keep_rotation(connection, known, account_id, keep, once)
    values: dict[str, Any] = {"secret": ring.encrypt(signing_secret_of(known.id), secret.encode())}
    values |= {"previous_secret": None, "previous_until": None}
    if keep:
        signs = WebhookRow.previous_until > now()
        values["previous_secret"] = case((signs, WebhookRow.previous_secret), else_=WebhookRow.secret)
        values["previous_until"] = case((signs, WebhookRow.previous_until), else_=now() + keep)
    await connection.execute(update(WebhookRow).where(WebhookRow.id == known.id).values(values))
    await record(connection, account_id, known.id, by, "rotated")
    return await read(connection, known.id)


async def _keep_rotation(
    connection: AsyncConnection, known: WebhookView, account_id: int, keep: timedelta, once: str | None
) -> None:
    if once is None:
        return
    # one at a time for a key, also of two endpoints: else two at once would both rotate
    await connection.execute(
        select(func.pg_advisory_xact_lock(func.hashtextextended(f"rotations of A-{account_id}", 0)))
    )
    mark = Made.of(account_id, once, {"webhook": known.id, "keep": keep.total_seconds()})
    rotations = WebhookRotationRow
    if await mark.find(connection, rotations, rotations.account_id == account_id) is not None:
        raise Refused.because("webhook_rotated", webhook=known.webhook_id)
    values = {"webhook_id": known.id, "account_id": account_id, **mark.columns}
    await connection.execute(insert(rotations).values(values))
