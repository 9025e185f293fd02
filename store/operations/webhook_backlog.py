"""What is still to be sent to a webhook's endpoint, for who looks after it (A11)."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.feed import Cursor
from models.operations.webhooks import Backlog
from models.paging import MOST_COUNTED
from store.operations.webhook_relay import next_events

_READ = text(
    f"""
    SELECT w.epoch, CAST(w.xid AS text) AS xid, w.event_id, new.number AS new, new.oldest_at,
        (SELECT e.at FROM events e
            WHERE e.account_id = w.account_id AND (e.epoch, e.xid, e.id) <= (w.epoch, w.xid, w.event_id)
            ORDER BY e.account_id DESC, e.epoch DESC, e.xid DESC, e.id DESC LIMIT 1) AS place_at,
        (SELECT count(*) FROM (SELECT FROM webhook_attempts a WHERE a.webhook_id = w.id
            AND a.next_attempt_at IS NOT NULL LIMIT :most) AS waiting) AS again
    FROM webhooks w
    CROSS JOIN LATERAL (SELECT count(*) AS number, min(next.at) AS oldest_at
        FROM ({next_events(":most")}) AS next) AS new
    WHERE w.id = :id
    """  # noqa: S608  conditions of our own
)


async def backlog(connection: AsyncConnection, webhook_id: int) -> Backlog:
    """What is still to be sent to this endpoint."""
    row = (await connection.execute(_READ, {"id": webhook_id, "most": MOST_COUNTED})).one()
    return Backlog(
        place=str(Cursor(row.epoch, int(row.xid), row.event_id)),
        place_at=row.place_at,
        new=row.new,
        oldest_at=row.oldest_at,
        again=row.again,
    )
