"""When the next reminder of an order or request is due, by the database's clock."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Interval, Select, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import InstrumentedAttribute

from store.mail_table import MailRow
from store.row import now


def due_in(began: InstrumentedAttribute[datetime], of: ColumnElement[bool]) -> Select[timedelta]:
    """Select the time until a reminder is due: `silent_for` after `silent_since`."""
    silent_for = bindparam("silent_for", type_=Interval)
    return select(silent_since(began, of) + silent_for - now())


def silent_since(began: InstrumentedAttribute[datetime], of: ColumnElement[bool]) -> ColumnElement[datetime]:
    """Since when there has been no answer: since the wait `began`, or the last e-mail to a contact among `of`
    was sent, whichever is later.
    """
    written = select(func.max(MailRow.updated_at)).where(
        of, MailRow.recipient.startswith("contact:"), MailRow.state == "sent"
    )
    return func.greatest(began, written.scalar_subquery())


async def left(
    connection: AsyncConnection, due: Select[timedelta], values: Mapping[str, Any]
) -> timedelta | None:
    """The time until the reminder is due, from the statement of `due_in`; None if it is due now."""
    missing: timedelta = (await connection.execute(due, values)).scalar_one()
    return missing if missing > timedelta() else None
