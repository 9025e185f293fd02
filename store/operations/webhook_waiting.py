"""Events that wait to be sent to an endpoint again: begun anew, or given up (A11)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Update, func, literal, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from store.event_table import EventRow
from store.operations.webhook_tables import WebhookAttemptRow
from store.row import now

_PATIENCE = timedelta(days=7)
"""After that the outages of a receiver are held against an event, so that each has an end."""
_ROW = WebhookAttemptRow


async def begin_anew(connection: AsyncConnection, webhook_id: int) -> None:
    """Try at once what waits. The time that went by is not held against an event: it has three days again,
    and waits as one that has failed once.
    """
    await connection.execute(_anew(webhook_id))


async def is_there_again(connection: AsyncConnection, webhook_id: int, failed_since: datetime) -> None:
    """The receiver has taken an event after it had failed since then: what failed first meanwhile begins
    anew. What failed before keeps its waits, as the receiver may refuse it for good, but has three days
    again, while it is younger than a week.
    """
    await connection.execute(_anew(webhook_id).where(_ROW.first_at >= failed_since))
    happened = (EventRow.epoch == _ROW.epoch, EventRow.id == _ROW.event_id)
    young = EventRow.at > now() - literal(_PATIENCE)
    older = update(_ROW).where(_waiting(webhook_id), *happened, young).values(first_at=now())
    await connection.execute(older)


def _anew(webhook_id: int) -> Update:
    values = {"next_attempt_at": now(), "first_at": now(), "number": func.least(_ROW.number, 1)}
    return update(_ROW).where(_waiting(webhook_id)).values(values)


async def give_up(connection: AsyncConnection, webhook_id: int, but: Sequence[str] = ()) -> None:
    """Send nothing of what waits, but events of these types."""
    which = _ROW.type.not_in(but) if but else true()
    values = {"next_attempt_at": None, "given_up_at": now()}
    await connection.execute(update(_ROW).where(_waiting(webhook_id), which).values(values))


def _waiting(webhook_id: int) -> ColumnElement[bool]:
    return (_ROW.webhook_id == webhook_id) & _ROW.next_attempt_at.is_not(None)
