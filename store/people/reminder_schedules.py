"""The reminder schedules that accounts have chosen. A change is a row of its own: an order or a request keeps
the schedule that was in force when it was placed.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Integer, ScalarSelect, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from models.people.callers import By
from models.people.reminders import AccountReminders
from store import events
from store.locks import keep_account_open
from store.people.tables import ReminderScheduleRow
from store.row import clock, now

_FIELDS = tuple(AccountReminders.model_fields)


def in_force(account: Any, at: Any) -> ScalarSelect[Any]:
    """The schedule of an account at a time, as JSON, a column of a statement; NULL if none was chosen."""
    row = aliased(ReminderScheduleRow)
    parts = [part for name in _FIELDS for part in (name, getattr(row, name))]
    mine = select(func.jsonb_build_object(*parts)).where(row.account_id == account, row.since <= at)
    return mine.order_by(row.since.desc()).limit(1).scalar_subquery()


def days_of(name: str, account: Any, at: Any) -> ColumnElement[Any]:
    """One of its spans, as an interval; NULL where the platform's setting holds."""
    row = aliased(ReminderScheduleRow)
    mine = select(getattr(row, name)).where(row.account_id == account, row.since <= at)
    days = mine.order_by(row.since.desc()).limit(1).scalar_subquery()
    interval: ColumnElement[Any] = func.make_interval(0, 0, 0, cast(days, Integer))
    return interval


_NOW = select(in_force(bindparam("account", type_=BigInteger), now()))
# not the beginning of the transaction, before which another one may have waited for the lock
_LATEST = select(in_force(bindparam("account", type_=BigInteger), clock()))
_ONE_AT_A_TIME = select(
    func.pg_advisory_xact_lock(
        func.hashtextextended(func.concat("reminders of A-", bindparam("account", type_=BigInteger)), 0)
    )
)


async def read(connection: AsyncConnection, account_id: int, at: datetime | None = None) -> AccountReminders:
    """The schedule that is in force, or was at that time."""
    if at is None:
        found = await connection.scalar(_NOW, {"account": account_id})
    else:
        found = await connection.scalar(select(in_force(account_id, at)))
    return AccountReminders.model_validate(found or {})


async def choose(
    connection: AsyncConnection, account_id: int, given: AccountReminders, by: By, *, others_stay: bool
) -> AccountReminders:
    """The schedule from now on; idempotent. `others_stay`: what was not given stays as it is now. Raises
    `Refused` (`account_closed`).
    """
    await keep_account_open(connection, account_id)
    await connection.execute(_ONE_AT_A_TIME, {"account": account_id})
    found = await connection.scalar(_LATEST, {"account": account_id})
    before = AccountReminders.model_validate(found or {})
    chosen = before.model_copy(update=given.model_dump(exclude_unset=True)) if others_stay else given
    if chosen != before:
        values = {"account_id": account_id, "since": clock(), **chosen.model_dump()}
        key = (ReminderScheduleRow.account_id, ReminderScheduleRow.since)
        added = insert(ReminderScheduleRow).values(values)
        await connection.execute(added.on_conflict_do_update(index_elements=key, set_=chosen.model_dump()))
        happened = ("account.reminders_changed", chosen.model_dump())
        about = (f"account:{account_id}",)
        await events.append(connection, account_id, about, by.actor, happened, origin_id=by.origin_id)
    return chosen
