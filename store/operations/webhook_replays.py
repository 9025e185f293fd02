"""Events that are to be sent to an endpoint again: rows of attempts that are due, so that nothing else is
sent twice and the endpoint's place stays where it is (A11).
"""

from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound, Refused
from models.feed import Cursor
from models.operations.webhooks import MOST_REPLAYED
from store import row
from store.operations.webhook_relay import OF_ACCOUNT, WANTED

_DELIVERED = "(e.epoch, e.xid, e.id) <= (w.epoch, w.xid, w.event_id)"
"""The place is behind it: what comes later is delivered anyway."""
_INTO = """
    INSERT INTO webhook_attempts (webhook_id, account_id, epoch, xid, event_id, type, number, next_attempt_at)
    SELECT w.id, w.account_id, e.epoch, e.xid, e.id, e.type, 0, esim_now() FROM webhooks w JOIN events e
    ON {conditions} WHERE w.id = :webhook ORDER BY e.epoch, e.xid, e.id LIMIT :most
    ON CONFLICT (webhook_id, epoch, event_id) WHERE next_attempt_at IS NOT NULL
    DO UPDATE SET next_attempt_at = excluded.next_attempt_at
"""
_ONE = text(
    _INTO.format(
        conditions=f"{OF_ACCOUNT} AND {WANTED} AND {_DELIVERED} AND e.epoch = :epoch AND e.id = :id"
        " AND e.xid = CAST(CAST(:xid AS text) AS xid8)"
    )
)
_SPAN = text(
    _INTO.format(
        conditions=f"{OF_ACCOUNT} AND {WANTED} AND {_DELIVERED} AND e.at >= :since AND e.at < :until"
    )
)
_IS_THERE = text(
    f"""
    SELECT 1 FROM webhooks w JOIN events e ON {OF_ACCOUNT} AND {WANTED}
    WHERE w.id = :webhook AND e.epoch = :epoch AND e.id = :id
        AND e.xid = CAST(CAST(:xid AS text) AS xid8)
    """  # noqa: S608  conditions of our own
)


async def replay_one(connection: AsyncConnection, webhook_id: int, event: str) -> int:
    """Send this event again; 0 where it was never tried and is delivered anyway. Raises `NotFound`
    (`unknown_event`).
    """
    try:
        place = Cursor.parse(event)
    except Refused:
        raise NotFound.because("unknown_event") from None
    which = {"webhook": webhook_id, "epoch": place.epoch, "xid": str(place.xid), "id": place.id}
    if (await connection.execute(_IS_THERE, which)).one_or_none() is None:
        raise NotFound.because("unknown_event")
    return int((await connection.execute(_ONE, {**which, "most": 1})).rowcount)


async def now(connection: AsyncConnection) -> datetime:
    """The present time, by the clock of all stored times."""
    return (await connection.execute(select(row.now()))).scalar_one()


async def replay_span(connection: AsyncConnection, webhook_id: int, since: datetime, until: datetime) -> int:
    """Send again what happened in this span of time, of the types of the endpoint; how many events. Raises
    `Refused` (`webhook_replay_many`).
    """
    span = {"webhook": webhook_id, "since": since, "until": until, "most": MOST_REPLAYED + 1}
    number = int((await connection.execute(_SPAN, span)).rowcount)
    if number > MOST_REPLAYED:
        raise Refused.because("webhook_replay_many", most=MOST_REPLAYED)
    return number
