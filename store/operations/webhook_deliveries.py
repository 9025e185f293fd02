"""What is to be delivered to an endpoint, and how it ended: read and recorded batch by batch (A11).

An event that was read after the endpoint's place is delivered before the place moves on, in the transaction
that records what failed: a process that is killed between the two sends it again, under the same id.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.events import FeedEvent
from models.feed import Cursor
from models.operations.webhooks import (
    GIVEN_UP_AFTER,
    IN_A_ROW,
    Answer,
    DisabledFor,
    Outcome,
    delay_after,
)
from models.people.callers import By
from store.operations.webhook_relay import next_events
from store.operations.webhook_waiting import is_there_again
from store.operations.webhooks import disable

_SYSTEM = By("system")
_GONE = 410

_COLUMNS = """
    account_id, url, secret, epoch, CAST(xid AS text) AS xid, event_id, failures, disabled_at, disabled_for,
    notified_at, next_attempt_at, woken_until, working_since, esim_now() AS now,
    ARRAY(
        SELECT e.secret FROM webhook_earlier_secrets e
        WHERE e.webhook_id = webhooks.id AND e.until > esim_now() ORDER BY e.id DESC
    ) AS earlier_secrets
"""
_READ = text(f"SELECT {_COLUMNS} FROM webhooks WHERE id = :id")  # noqa: S608
_AGAIN = text(
    """
    SELECT a.id AS attempt_id, a.number, a.first_at, a.epoch, CAST(a.xid AS text) AS xid, a.event_id,
        e.at, e.actor, e.type, e.data, e.about
    FROM webhooks w JOIN webhook_attempts a ON a.webhook_id = w.id
        JOIN events e ON e.id = a.event_id AND e.epoch = a.epoch
    WHERE w.id = :id AND w.working_since = :working_since
        AND a.next_attempt_at IS NOT NULL AND a.next_attempt_at <= esim_now()
    ORDER BY a.next_attempt_at, a.id LIMIT :most
    """
)
_EVENTS = text(
    f"""
    SELECT e.epoch, CAST(e.xid AS text) AS xid, e.id AS event_id, e.at, e.actor, e.type, e.data, e.about
    FROM webhooks w CROSS JOIN LATERAL ({next_events(":most")}) AS next JOIN events e ON e.id = next.id
    WHERE w.id = :id AND w.working_since = :working_since ORDER BY e.epoch, e.xid, e.id
    """  # noqa: S608  conditions of our own
)
_LOCK = text(
    """
    SELECT esim_now() AS now, failures, failing_since, disabled_at FROM webhooks
    WHERE id = :id AND (epoch, xid, event_id) = (:epoch, CAST(CAST(:xid AS text) AS xid8), :event_id)
        AND url = :url AND working_since = :working_since
    FOR UPDATE
    """
)
_MOVE = text(
    f"""
    UPDATE webhooks SET epoch = :epoch, xid = CAST(CAST(:xid AS text) AS xid8), event_id = :event_id,
        failures = :failures, failing_since = :failing_since, next_attempt_at = :next_attempt_at,
        working_since = CASE WHEN failures >= {IN_A_ROW} THEN esim_now() ELSE working_since END
    WHERE id = :id
    """  # noqa: S608
)
_SETTLE = text(
    """
    UPDATE webhook_attempts
    SET next_attempt_at = NULL, delivered_at = CASE WHEN :delivered THEN esim_now() END
    WHERE id = :attempt_id AND next_attempt_at IS NOT NULL
    """
)
_FAILED = text(
    """
    INSERT INTO webhook_attempts (webhook_id, account_id, epoch, xid, event_id, type, number, first_at,
        outcome, status, answer, milliseconds, next_attempt_at, given_up_at)
    VALUES (:webhook_id, :account_id, :epoch, CAST(CAST(:xid AS text) AS xid8), :event_id, :type, :number,
        :first_at, :outcome, :status, :answer, :milliseconds, :next_attempt_at, :given_up_at)
    ON CONFLICT (webhook_id, epoch, event_id) WHERE next_attempt_at IS NOT NULL
    DO UPDATE SET at = esim_now(), number = excluded.number, outcome = excluded.outcome,
        status = excluded.status, answer = excluded.answer, milliseconds = excluded.milliseconds,
        next_attempt_at = excluded.next_attempt_at, given_up_at = excluded.given_up_at
    """
)
_POSTPONE = text("UPDATE webhooks SET next_attempt_at = esim_now() + :wait WHERE id = :id")


@dataclass(frozen=True)
class Endpoint:
    """An endpoint as its deliveries need it. The secrets are encrypted."""

    id: int
    account_id: int
    url: str = field(repr=False)
    place: Cursor
    failures: int
    disabled_for: DisabledFor | None
    notified: bool
    working_since: datetime
    """Changes when a user changes its address or types, enables it, or has its receiver tried."""
    turn: timedelta | None
    """How long its turn still lasts; None where it has none."""
    wait: timedelta | None
    """How long its receiver is left alone."""
    secrets: tuple[bytes, ...] = field(repr=False)
    """The present one, and the earlier ones that still sign."""

    @property
    def is_probed(self) -> bool:
        """Whether its receiver fails, and gets one request at a time."""
        return self.failures >= IN_A_ROW


@dataclass(frozen=True)
class Due:
    """An event that is to be delivered now."""

    place: Cursor
    event: FeedEvent
    attempt_id: int | None = None
    """The row of the attempt before."""
    number: int = 0
    """How often it was tried."""
    first_at: datetime | None = None


async def find_endpoint(connection: AsyncConnection, webhook_id: int) -> Endpoint | None:
    """The endpoint; None for one that was deleted."""
    row = (await connection.execute(_READ, {"id": webhook_id})).one_or_none()
    return None if row is None else _endpoint(webhook_id, row)


async def read_endpoint(connection: AsyncConnection, webhook_id: int) -> Endpoint:
    """The same of one that is there."""
    return _endpoint(webhook_id, (await connection.execute(_READ, {"id": webhook_id})).one())


def _until(at: datetime | None, now: datetime) -> timedelta | None:
    return None if at is None or at <= now else at - now


def _endpoint(webhook_id: int, row: Any) -> Endpoint:
    return Endpoint(
        id=webhook_id,
        account_id=row.account_id,
        url=row.url,
        place=Cursor(row.epoch, int(row.xid), row.event_id),
        failures=row.failures,
        disabled_for=None if row.disabled_at is None else DisabledFor(row.disabled_for),
        notified=row.notified_at is not None,
        working_since=row.working_since,
        turn=_until(row.woken_until, row.now),
        wait=_until(row.next_attempt_at, row.now),
        secrets=(row.secret, *row.earlier_secrets),
    )


async def due(connection: AsyncConnection, endpoint: Endpoint, at_once: int) -> list[Due]:
    """What is delivered next: events that failed before or are sent again, and new ones, in a mixture, so
    that many of one sort do not delay the other. To a receiver that fails only one, of either sort by turns:
    it may refuse the old ones for good, and take others. Nothing, where the endpoint has been changed since
    it was read: what it wants now may not be for that address.
    """
    if endpoint.is_probed:
        sorts = (_new, _again) if endpoint.failures % 2 else (_again, _new)
        return await sorts[0](connection, endpoint, 1) or await sorts[1](connection, endpoint, 1)
    again, new = [await sort(connection, endpoint, at_once) for sort in (_again, _new)]
    some = again[: max(at_once // 2, at_once - len(new))]
    return some + new[: at_once - len(some)]


async def _again(connection: AsyncConnection, endpoint: Endpoint, most: int) -> list[Due]:
    rows = await connection.execute(_AGAIN, _wanted(endpoint, most))
    return [_due(endpoint, row, row.attempt_id) for row in rows]


async def _new(connection: AsyncConnection, endpoint: Endpoint, most: int) -> list[Due]:
    rows = await connection.execute(_EVENTS, _wanted(endpoint, most))
    return [_due(endpoint, row, None) for row in rows]


def _wanted(endpoint: Endpoint, most: int) -> dict[str, Any]:
    return {"id": endpoint.id, "working_since": endpoint.working_since, "most": most}


async def record(
    connection: AsyncConnection,
    endpoint: Endpoint,
    ended: Sequence[tuple[Due, Answer]],
    *,
    jitter: float,
) -> bool:
    """Write how a batch ended: what failed gets its next time, the endpoint's place moves on. The endpoint
    waits after three failures in a row, and is disabled after three days of them, or by a 410.

    False, and nothing is written, where another process has moved the place, or where a user has changed the
    endpoint or had the receiver tried again meanwhile: what is read next is due, some of it once more.
    """
    place = {"epoch": endpoint.place.epoch, "xid": str(endpoint.place.xid), "event_id": endpoint.place.id}
    same = {"id": endpoint.id, **place, "url": endpoint.url, "working_since": endpoint.working_since}
    row = (await connection.execute(_LOCK, same)).one_or_none()
    if row is None:
        return False
    failures, since = row.failures, row.failing_since
    for _, answer in ended:
        failures, since = (0, None) if answer.ok else (failures + 1, since or row.now)
    if not endpoint.is_probed:  # many at once count as the first that make it wait
        failures = min(failures, IN_A_ROW)
    if failures < IN_A_ROW <= row.failures:
        await is_there_again(connection, endpoint.id, row.failing_since)
    for due_, answer in ended:
        if await _record_one(connection, endpoint, due_, answer, row.now, failures < IN_A_ROW, jitter):
            failures, since = 0, None  # an event that is given up is not held against the endpoint
    new = [due_.place for due_, _ in ended if due_.attempt_id is None]
    if new:
        place = {"epoch": new[-1].epoch, "xid": str(new[-1].xid), "event_id": new[-1].id}
    next_at = row.now + delay_after(failures - IN_A_ROW + 1, jitter) if failures >= IN_A_ROW else None
    if next_at and since:
        next_at = min(next_at, max(since + GIVEN_UP_AFTER, row.now))
    state = {"failures": failures, "failing_since": since, "next_attempt_at": next_at}
    await connection.execute(_MOVE, {"id": endpoint.id, **place, **state})
    reason = _ends(ended, since, row.now)
    if reason is not None and row.disabled_at is None:
        await disable(connection, endpoint.id, endpoint.account_id, reason, _SYSTEM)
    return True


async def postpone(connection: AsyncConnection, webhook_id: int, wait: timedelta) -> None:
    """Send nothing for so long, for a reason that is not its receiver's."""
    await connection.execute(_POSTPONE, {"id": webhook_id, "wait": wait})


async def _record_one(  # noqa: PLR0917
    connection: AsyncConnection,
    endpoint: Endpoint,
    one: Due,
    answer: Answer,
    at: datetime,
    alone: bool,
    jitter: float,
) -> bool:
    """Whether the event is given up: `alone`, where others are delivered, after three days."""
    if one.attempt_id is not None:
        settled = {"attempt_id": one.attempt_id, "delivered": answer.ok}
        if not (await connection.execute(_SETTLE, settled)).rowcount:
            return False  # another process has recorded how this attempt ended
    if answer.ok:
        return False
    first = one.first_at if one.number and one.first_at else at
    last, again = first + GIVEN_UP_AFTER, at + delay_after(one.number + 1, jitter)
    over = alone and at >= last
    values = {
        "webhook_id": endpoint.id,
        "account_id": endpoint.account_id,
        "epoch": one.place.epoch,
        "xid": str(one.place.xid),
        "event_id": one.place.id,
        "type": one.event.type,
        "number": one.number + 1,
        "first_at": first,
        "outcome": answer.outcome.value,
        "status": answer.status,
        "answer": answer.text or None,
        "milliseconds": answer.milliseconds,
        "next_attempt_at": None if over else again if at >= last else min(again, last),
        "given_up_at": at if over else None,
    }
    await connection.execute(_FAILED, values)
    return over


def _ends(ended: Sequence[tuple[Due, Answer]], since: datetime | None, at: datetime) -> DisabledFor | None:
    if any(answer.outcome is Outcome.STATUS and answer.status == _GONE for _, answer in ended):
        return DisabledFor.GONE
    return DisabledFor.FAILING if since is not None and since + GIVEN_UP_AFTER <= at else None


def _due(endpoint: Endpoint, row: Any, attempt_id: int | None) -> Due:
    place = Cursor(row.epoch, int(row.xid), row.event_id)
    event = FeedEvent(
        id=str(place),
        account_id=endpoint.account_id,
        at=row.at,
        actor=row.actor,
        type=row.type,
        data=row.data,
        about=tuple(row.about),
    )
    known = {} if attempt_id is None else {"number": row.number, "first_at": row.first_at}
    return Due(place, event, attempt_id, **known)
