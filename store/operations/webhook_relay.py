"""Which endpoints have something due, and whose turn it is, for the relay that wakes their workflows (A11).

An endpoint that is claimed has a turn of a minute, which nothing prolongs: then another one may have it,
whatever its receiver or its worker does. An account with fewer turns comes first, then the one that was
served longest ago; and it gets another turn only where as many stay free as it has then. So an account waits
for a minute at most while no more accounts have something due than there are turns, and mostly not at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

TURN = timedelta(seconds=60)
"""How long an endpoint is delivered to, from when it was claimed; if it does not begin, it is woken again."""
KEPT = timedelta(days=30)
"""How long an attempt that is over is kept."""
_LOCK = 0x657369_77656268

PURGED_AT_ONCE = 1000

_END = "(SELECT esim_epoch()), (SELECT pg_snapshot_xmin(pg_current_snapshot()))"
"""The end of what is visible: asked once for a statement, not once for each endpoint."""
WANTED = "(cardinality(w.types) = 0 OR e.type = ANY (w.types))"
OF_ACCOUNT = "e.account_id = w.account_id AND e.audience = 'account'"


def _events(of: str, same: str, few: str, condition: str = "true") -> str:
    """The query of the first visible events `e` after the place of the endpoint `w` whose columns `of` are as
    `same` says. Both ends and the sequence have all columns of one index, so that no other one is chosen, in
    which an event may lie far away.
    """
    return f"""
        SELECT e.epoch, e.xid, e.id, e.at FROM events e
        WHERE ({of}, e.epoch, e.xid, e.id) > ({same}, w.epoch, w.xid, w.event_id)
            AND ({of}, e.epoch, e.xid) < ({same}, {_END}) AND {condition}
        ORDER BY {of}, e.epoch, e.xid, e.id LIMIT {few}
    """  # noqa: S608  conditions of our own


def next_events(few: str = "1") -> str:
    """The query of the next events that are to be delivered to the endpoint `w` and have no attempt's row.

    The next of each type, in the sequence of an index: a rare type is not searched among all events of the
    account. All types: the next of the account.
    """
    every = "e.audience = 'account' AND cardinality(w.types) = 0"
    of_account = _events("e.account_id", "w.account_id", few, every)
    each = _events("e.account_id, e.type", "w.account_id, wanted.type", few, "e.audience = 'account'")
    return f"""
        SELECT * FROM (
            (SELECT * FROM ({of_account}) AS of_account)
            UNION ALL
            (SELECT of_type.* FROM unnest(w.types) AS wanted(type) CROSS JOIN LATERAL ({each}) AS of_type)
        ) AS of_endpoint ORDER BY epoch, xid, id LIMIT {few}
    """  # noqa: S608


# Subqueries with a LIMIT are asked for one endpoint after the other: of an EXISTS the planner may make a join
# with all events.
_HAS_NEXT = f"(SELECT next.id FROM ({next_events()}) AS next LIMIT 1) IS NOT NULL"  # noqa: S608
_BEHIND = f"(SELECT e.id FROM ({_events('e.account_id', 'w.account_id', '1')}) AS e) IS NOT NULL"  # noqa: S608
_IDLE = "(w.woken_until IS NULL OR w.woken_until <= esim_now())"
_OPEN = "w.disabled_at IS NULL AND (w.next_attempt_at IS NULL OR w.next_attempt_at <= esim_now())"
_AGAIN = """(SELECT a.id FROM webhook_attempts a WHERE a.webhook_id = w.id
    AND a.next_attempt_at IS NOT NULL AND a.next_attempt_at <= esim_now() LIMIT 1) IS NOT NULL"""
_UNTOLD = "(w.disabled_at IS NOT NULL AND w.notified_at IS NULL)"
_DUE = f"({_UNTOLD} OR ({_OPEN} AND ({_AGAIN} OR ({_BEHIND} AND {_HAS_NEXT}))))"

_FIND = text(
    f"""
    SELECT EXISTS (
        SELECT FROM webhooks w WHERE {_IDLE} AND ({_UNTOLD} OR ({_OPEN} AND ({_AGAIN} OR {_BEHIND})))
    )
    """  # noqa: S608
)
_TRY_LOCK = text(f"SELECT pg_try_advisory_xact_lock({_LOCK})")
_CLAIM = text(
    f"""
    WITH accounts AS (
        SELECT w.account_id, max(w.served_at) AS served_at,
            count(*) FILTER (WHERE NOT {_IDLE} AND w.disabled_at IS NULL) AS busy
        FROM webhooks w GROUP BY w.account_id
    ), free AS (SELECT greatest(:most - sum(busy), 0) AS number FROM accounts),
    waiting AS (
        SELECT w.id, accounts.served_at,
            accounts.busy + row_number() OVER (PARTITION BY w.account_id ORDER BY w.served_at, w.id) AS share
        FROM webhooks w JOIN accounts ON accounts.account_id = w.account_id WHERE {_IDLE} AND {_DUE}
    ), next AS (
        SELECT id, share, row_number() OVER (ORDER BY share, served_at, id) AS place FROM waiting
        ORDER BY place LIMIT (SELECT number FROM free)
    ), found AS (
        SELECT w.id FROM webhooks w
        WHERE w.id IN (SELECT next.id FROM next, free WHERE share <= number - place + 1)
        FOR NO KEY UPDATE SKIP LOCKED
    )
    UPDATE webhooks SET woken_until = esim_now() + :turn, served_at = esim_now() FROM found
    WHERE webhooks.id = found.id RETURNING webhooks.id, webhooks.account_id
    """  # noqa: S608
)
"""`share`: how many turns the account would have with this one. A row that a user is just changing is left to
the next look: the others must not wait for its lock.
"""
_PASS = text(
    f"""
    WITH passed AS (
        SELECT w.id, w.epoch, w.xid, w.event_id, w.types FROM webhooks w
        WHERE {_IDLE} AND {_OPEN} AND {_BEHIND} AND NOT ({_HAS_NEXT}) LIMIT :most
    )
    UPDATE webhooks w SET (epoch, xid, event_id) = ROW ({_END}, 0) FROM passed
    WHERE w.id = passed.id
        AND (w.epoch, w.xid, w.event_id, w.types)
        = (passed.epoch, passed.xid, passed.event_id, passed.types)
    """  # noqa: S608
)
"""To the end of the feed, before what running transactions may still add."""
_SLEEP = text("UPDATE webhooks SET woken_until = NULL WHERE id = ANY (:ids)")
_REAWAKEN = text("UPDATE webhooks SET woken_until = NULL WHERE woken_until IS NOT NULL")
_REST = text(
    """
    UPDATE webhooks SET
        woken_until = CASE WHEN disabled_at IS NOT NULL THEN esim_now() + CAST(:wait AS interval) END
    WHERE id = :id
    """
)
"""By what the row says now: one that was enabled meanwhile is tried at once."""
_PURGE = text(
    """
    DELETE FROM webhook_attempts WHERE id IN (
        SELECT id FROM webhook_attempts
        WHERE at < esim_now() - CAST(:kept AS interval) AND next_attempt_at IS NULL
        ORDER BY at LIMIT :most FOR UPDATE SKIP LOCKED
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
    return bool(await connection.scalar(_FIND))


async def pass_on(connection: AsyncConnection, most: int) -> int:
    """Pass the events that no endpoint wants, for so many endpoints at most; how many they were. Nothing
    where another relay works at this moment.
    """
    if not await connection.scalar(_TRY_LOCK):
        return 0
    return int((await connection.execute(_PASS, {"most": most})).rowcount)


async def claim(connection: AsyncConnection, most: int) -> list[DueWebhook]:
    """Give a turn to endpoints that have something due, `most` at the same time, of all workers together.
    Nothing where another relay does so at this moment.
    """
    if not await connection.scalar(_TRY_LOCK):
        return []
    rows = await connection.execute(_CLAIM, {"most": most, "turn": TURN})
    return [DueWebhook(row.id, row.account_id) for row in rows]


async def unclaim(connection: AsyncConnection, webhook_ids: Sequence[int]) -> None:
    """These could not be woken: the next look tries them again."""
    await connection.execute(_SLEEP, {"ids": list(webhook_ids)})


async def rest(connection: AsyncConnection, webhook_id: int, wait: timedelta | None = None) -> None:
    """Its turn is over: the relay gives it another one when something is due; one that is disabled after this
    `wait` only.
    """
    await connection.execute(_REST, {"id": webhook_id, "wait": wait})


async def reawaken(connection: AsyncConnection) -> None:
    """Have all endpoints with something due woken at once: Temporal may have lost their workflows."""
    await connection.execute(_REAWAKEN)


async def purge(connection: AsyncConnection) -> int:
    """Delete attempts that are over for long, `PURGED_AT_ONCE` at most; how many."""
    return int((await connection.execute(_PURGE, {"kept": KEPT, "most": PURGED_AT_ONCE})).rowcount)
