"""Rotations of the secrets of webhooks (A11). Each secret before signs beside the present one until its own
time is over, so a receiver changes over whenever it likes, however often the secret is rotated.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, func, insert, literal, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refused
from models.operations.webhooks import MOST_EARLIER_SECRETS, WebhookView
from models.people.callers import By
from store.operations import webhook_calls
from store.operations.webhook_tables import WebhookEarlierSecretRow, WebhookRow
from store.operations.webhooks import read, record
from store.row import now
from store.secrets import signing_secret_of

if TYPE_CHECKING:
    from store.key_ring import KeyRing

_EARLIER = WebhookEarlierSecretRow


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
    """Sign with this secret from now on, and for a while with the one before, too; those before that sign
    for as long as they were to. Without any time, none of them signs any more. Once per idempotency key,
    `once`: its repeat is refused, as the secret that its caller wants is not shown again.

    The caller has locked the endpoint. Raises `Refused` (`webhook_rotated`, `key_reused`,
    `too_many_secrets`).
    """
    begun = await webhook_calls.begin(
        connection, known, account_id, "rotate", once, keep=keep.total_seconds()
    )
    if begun.before:
        raise Refused.because("webhook_rotated", webhook=known.webhook_id)
    of_endpoint = and_(_EARLIER.webhook_id == known.id, _EARLIER.account_id == account_id)
    over = _EARLIER.until <= now()
    await connection.execute(delete(_EARLIER).where(of_endpoint, over if keep else true()))
    if keep:
        number = await connection.scalar(select(func.count()).select_from(_EARLIER).where(of_endpoint))
        if int(number or 0) >= MOST_EARLIER_SECRETS:
            raise Refused.because("too_many_secrets", most=MOST_EARLIER_SECRETS)
        before = select(WebhookRow.id, WebhookRow.account_id, WebhookRow.secret, literal(keep) + now())
        columns = ["webhook_id", "account_id", "secret", "until"]
        await connection.execute(
            insert(_EARLIER).from_select(columns, before.where(WebhookRow.id == known.id))
        )
    encrypted = ring.encrypt(signing_secret_of(known.id), secret.encode())
    await connection.execute(update(WebhookRow).where(WebhookRow.id == known.id).values(secret=encrypted))
    await record(connection, account_id, known.id, by, "rotated")
    return await read(connection, known.id)


async def remove_expired(connection: AsyncConnection) -> None:
    """Delete the secrets whose time is over."""
    await connection.execute(delete(_EARLIER).where(_EARLIER.until <= now()))
