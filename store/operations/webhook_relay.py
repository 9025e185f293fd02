"""Which endpoints have something due, for the relay that wakes their workflows (A11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

WOKEN_FOR = timedelta(seconds=30)
"""How long a workflow that was woken may take to begin; after that it is woken again."""
KEPT = timedelta(days=30)
"""How long an attempt that is over is kept."""
_LOCK = 0x657369_77656268

AFTER = "(e.epoch, e.xid, e.id) > (w.epoch, w.xid, w.event_id)"
VISIBLE = "(e.epoch < esim_epoch() OR e.xid < pg_snapshot_xmin(pg_current_snapshot()))"
WANTED = "(cardinality(w.types) = 0 OR e.type = ANY (w.types))"
OF_ACCOUNT = "e.account_id = w.account_id AND e.audience = 'account'"
NEXT = f"{OF_ACCOUNT} AND {AFTER} AND {VISIBLE} AND {WANTED}"
"""The conditions of an event `e` that is to be delivered to the endpoint `w` and has no row of an attempt."""
_IDLE = "(w.woken_until IS NULL OR w.woken_until <= esim_now())"
_OPEN = "w.disabled_at IS NULL AND (w.next_attempt_at IS NULL OR w.next_attempt_at <= esim_now())"
_AGAIN = """EXISTS (SELECT FROM webhook_attempts a WHERE a.webhook_id = w.id
    AND a.next_attempt_at IS NOT NULL AND a.next_attempt_at <= esim_now())"""
_UNTOLD = "(w.disabled_at IS NOT NULL AND w.notified_at IS NULL)"
_DUE = f"({_UNTOLD} OR ({_OPEN} AND ({_AGAIN} OR EXISTS (SELECT FROM events e WHERE {NEXT}))))"

_FIND = text(
    f"""
    SELECT EXISTS (SELECT FROM webhooks w WHERE {_IDLE} AND {_DUE}) AS due,
        EXISTS (SELECT FROM webhooks w WHERE {_IDLE} AND {_OPEN}
            AND EXISTS (SELECT FROM events e WHERE e.account_id = w.account_id AND {AFTER} AND {VISIBLE})
        ) AS behind
    """  # noqa: S608  conditions of our own
)
_TRY_LOCK = text(f"SELECT pg_try_advisory_xact_lock({_LOCK})")
_CLAIM = text(
    f"""
    WITH busy AS (SELECT count(*) AS number FROM webhooks w WHERE {_OPEN} AND NOT {_IDLE}),
    found AS (
        SELECT w.id FROM webhooks w, busy WHERE {_IDLE} AND {_DUE}
        ORDER BY w.woken_until NULLS FIRST, w.id LIMIT (SELECT greatest(:most - number, 0) FROM busy)
    )
    UPDATE webhooks SET woken_until = esim_now() + :woken_for FROM found WHERE webhooks.id = found.id
    RETURNING webhooks.id, webhooks.account_id
    """  # noqa: S608
)
_MOVE = text(
    f"""
    WITH passed AS (
        SELECT w.id, w.epoch AS old_epoch, w.xid AS old_xid, w.event_id AS old_id, last.*
        FROM webhooks w CROSS JOIN LATERAL (
            SELECT e.epoch, e.xid, e.id AS event_id FROM events e
            WHERE e.account_id = w.account_id AND {AFTER} AND {VISIBLE}
            ORDER BY e.epoch DESC, e.xid DESC, e.id DESC LIMIT 1
        ) AS last
        WHERE {_IDLE} AND {_OPEN} AND NOT EXISTS (SELECT FROM events e WHERE {NEXT})
    )
    UPDATE webhooks w SET epoch = passed.epoch, xid = passed.xid, event_id = passed.event_id FROM passed
    WHERE w.id = passed.id
        AND (w.epoch, w.xid, w.event_id) = (passed.old_epoch, passed.old_xid, passed.old_id)
    """  # noqa: S608
)
_SLEEP = text("UPDATE webhooks SET woken_until = NULL WHERE id = ANY (:ids)")
_REAWAKEN = text("UPDATE webhooks SET woken_until = NULL WHERE woken_until IS NOT NULL")
_PURGE = text(
    """
    DELETE FROM webhook_attempts WHERE id IN (
        SELECT id FROM webhook_attempts
        WHERE at < esim_now() - CAST(:kept AS interval) AND next_attempt_at IS NULL
        ORDER BY at LIMIT 1000
    )
    """
)


@dataclass(frozen=True)
class DueWebhook:
    """An endpoint with something to deliver."""

    id: int
    account_id: int


async def anything(connection: AsyncConnection) -> bool:
    """Whether an endpoint has something due, or events that it does not want: one statement, each second."""
    row = (await connection.execute(_FIND)).one()
    return bool(row.due or row.behind)


async def claim(connection: AsyncConnection, most: int) -> list[DueWebhook]:
    """Pass the events that no endpoint wants, and claim endpoints that have something due, `most` at a time.
    Nothing where another relay does so at this moment.
    """
    if not await connection.scalar(_TRY_LOCK):
        return []
    await connection.execute(_MOVE)
    rows = await connection.execute(_CLAIM, {"most": most, "woken_for": WOKEN_FOR})
    return [DueWebhook(row.id, row.account_id) for row in rows]


async def unclaim(connection: AsyncConnection, webhook_ids: Sequence[int]) -> None:
    """These could not be woken: the next look tries them again."""
    await connection.execute(_SLEEP, {"ids": list(webhook_ids)})


async def reawaken(connection: AsyncConnection) -> None:
    """Have all endpoints with something due woken at once: Temporal may have lost their workflows."""
    await connection.execute(_REAWAKEN)


async def purge(connection: AsyncConnection) -> int:
    """Delete attempts that are over for long; how many."""
    return int((await connection.execute(_PURGE, {"kept": KEPT})).rowcount)
