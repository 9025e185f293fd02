"""How long contacts have been silent, by the database's clock: reminders of orders and requests go by it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Interval, Select, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import InstrumentedAttribute

from store.mail_table import MailRow
from store.row import now


def due_in(began: InstrumentedAttribute[datetime], of: ColumnElement[bool]) -> Select[timedelta]:
    """What is missing until contacts have been silent for `silent_for`: since the wait `began`, or since the
    last of the mails `of` it was sent to them, whichever is later.
    """
    written = select(func.max(MailRow.updated_at)).where(
        of, MailRow.recipient.startswith("contact:"), MailRow.state == "sent"
    )
    silent_for = bindparam("silent_for", type_=Interval)
    return select(func.greatest(began, written.scalar_subquery()) + silent_for - now())


async def left(
    connection: AsyncConnection, due: Select[timedelta], values: Mapping[str, Any]
) -> timedelta | None:
    """The answer of `due_in`; None where they have been silent long enough."""
    missing: timedelta = (await connection.execute(due, values)).scalar_one()
    return missing if missing > timedelta() else None
