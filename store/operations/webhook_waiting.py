"""Events that wait to be sent to an endpoint again: begun anew, or given up (A11)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from store.operations.webhook_tables import WebhookAttemptRow
from store.row import now

_ROW = WebhookAttemptRow


async def begin_anew(
    connection: AsyncConnection, webhook_id: int, failed_since: datetime | None = None
) -> None:
    """Try at once what waits, or of it what failed first since then. The time that went by is not held
    against an event: it has three days again, and waits as one that has failed once.
    """
    which = true() if failed_since is None else _ROW.first_at >= failed_since
    values = {"next_attempt_at": now(), "first_at": now(), "number": func.least(_ROW.number, 1)}
    await connection.execute(update(_ROW).where(_waiting(webhook_id), which).values(values))


async def give_up(connection: AsyncConnection, webhook_id: int, but: Sequence[str] = ()) -> None:
    """Send nothing of what waits, but events of these types."""
    which = _ROW.type.not_in(but) if but else true()
    values = {"next_attempt_at": None, "given_up_at": now()}
    await connection.execute(update(_ROW).where(_waiting(webhook_id), which).values(values))


def _waiting(webhook_id: int) -> ColumnElement[bool]:
    return (_ROW.webhook_id == webhook_id) & _ROW.next_attempt_at.is_not(None)
