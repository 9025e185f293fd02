"""Calls that act on an endpoint once per idempotency key: rotations, replays and pings (A11).

begun = await webhook_calls.begin(connection, known, account_id, "replay", key, event=event)
if begun.before: ...                                       # answer begun.result, and do nothing
await webhook_calls.finish(connection, begun, events=3)    # what its repeat answers
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.operations.webhooks import WebhookView
from store.made_keys import Made
from store.operations.webhook_tables import WebhookCallRow
from store.row import now

KEPT = timedelta(days=30)
"""How long a repeat of a call is known."""
_CALL = WebhookCallRow


@dataclass(frozen=True)
class Begun:
    """A call under a key, or without one."""

    id: int | None = None
    before: bool = False
    """Whether it was made before under its key."""
    result: dict[str, Any] = field(default_factory=dict)
    """What it answered then; empty where it has not ended."""


async def begin(
    connection: AsyncConnection,
    known: WebhookView,
    account_id: int,
    call: str,
    once: str | None,
    **said: Any,
) -> Begun:
    """Note the call and what it said, or find that it was made before. Raises `Refused` (`key_reused`)."""
    if once is None:
        return Begun()
    # one at a time for a key, also of two endpoints: else two at once would both act
    lock = func.hashtextextended(f"calls of webhooks of A-{account_id}", 0)
    await connection.execute(select(func.pg_advisory_xact_lock(lock)))
    mark = Made.of(account_id, f"{call}\0{once}", {"webhook": known.id, **said})
    before = await mark.find(connection, _CALL, _CALL.account_id == account_id)
    if before is not None:
        result = await connection.scalar(select(_CALL.result).where(_CALL.id == before))
        return Begun(before, before=True, result=result or {})
    values = {"webhook_id": known.id, "account_id": account_id, **mark.columns}
    return Begun(await connection.scalar(insert(_CALL).values(values).returning(_CALL.id)))


async def purge(connection: AsyncConnection) -> None:
    """Forget the keys of calls that are `KEPT` ago."""
    await connection.execute(delete(_CALL).where(_CALL.at < now() - literal(KEPT)))


async def finish(connection: AsyncConnection, begun: Begun, **result: str | int | None) -> None:
    """Keep what the call answers, counts and codes, for its repeat."""
    if begun.id is not None:
        await connection.execute(update(_CALL).where(_CALL.id == begun.id).values(result=result))
