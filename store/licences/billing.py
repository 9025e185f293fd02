"""How an account is charged: its cycle day, time zone, currency and the day that it is there (L34)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, bindparam, exists, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refused
from models.licences.licence_views import BillingView
from models.people.callers import By
from store import events
from store.licences.billing_tables import TIME_ZONE, BillingRow
from store.licences.tables import PurchaseRow
from store.locks import keep_account_open
from store.people.tables import AccountRow
from store.row import clock

CURRENCY: ColumnElement[str] = func.coalesce(BillingRow.currency, "EUR")
"""The currency of an account, of a statement with `BillingRow` outer joined."""
_BOUGHT = exists().where(PurchaseRow.account_id == AccountRow.id).correlate(AccountRow)
# the present time, not that of the transaction: it may have waited for the lock until the next day
_BILLING = (
    select(
        AccountRow.id.label("account_id"),
        AccountRow.name.label("account"),
        BillingRow.cycle_day,
        TIME_ZONE.label("time_zone"),
        CURRENCY.label("currency"),
        func.date(func.timezone(TIME_ZONE, clock())).label("today"),
        _BOUGHT.label("fixed"),
    )
    .outerjoin(BillingRow, BillingRow.account_id == AccountRow.id)
    .where(AccountRow.id == bindparam("account_id"))
)
_ADD = insert(BillingRow).on_conflict_do_nothing()
_LOCK = (
    select(BillingRow.account_id).where(BillingRow.account_id == bindparam("account_id")).with_for_update()
)
_SET = update(BillingRow).where(BillingRow.account_id == bindparam("account"))
_FIX = _SET.values(cycle_day=func.coalesce(BillingRow.cycle_day, bindparam("day")))
_KNOWN_ZONE = text(
    "SELECT 1 FROM pg_timezone_names WHERE name = :name AND name !~ '^(posix|right)/' AND name ~ '/|^UTC$'"
)


@dataclass(frozen=True)
class Billing:
    """How an account is charged, and which day it is in its time zone."""

    account_id: int
    account: str
    cycle_day: int | None
    time_zone: str
    currency: str
    today: date
    fixed: bool
    """It has bought licences."""

    @property
    def day(self) -> int:
        """The cycle day, which is today where a purchase of today is the first."""
        return self.cycle_day or self.today.day

    @property
    def view(self) -> BillingView:
        """As it is read."""
        return BillingView(
            account=self.account,
            cycle_day=self.cycle_day,
            time_zone=self.time_zone,
            currency=self.currency,
            fixed=self.fixed,
        )


async def read(connection: AsyncConnection, account_id: int) -> Billing:
    """How an account, which must exist, is charged."""
    row = (await connection.execute(_BILLING, {"account_id": account_id})).one()
    return Billing(**row._mapping)


async def locked(connection: AsyncConnection, account_id: int) -> Billing:
    """The same, locked until the end of the transaction.

    Purchases, give-backs, changes and prices of one account happen one after another, so that the days of
    their entries follow each other; see `store.locks`.
    """
    await connection.execute(_ADD, {"account_id": account_id})
    await connection.execute(_LOCK, {"account_id": account_id})
    return await read(connection, account_id)


async def fix_cycle_day(connection: AsyncConnection, billing: Billing) -> None:
    """The first purchase fixes the cycle day, unless it was set before."""
    await connection.execute(_FIX, {"account": billing.account_id, "day": billing.today.day})


async def set_billing(connection: AsyncConnection, account_id: int, by: By, **changes: Any) -> BillingView:
    """Set what is given of `cycle_day`, `time_zone` and `currency` before the first purchase; idempotent.

    Raises `Refused`: `billing_fixed`, `time_zone_invalid`, `account_closed`.
    """
    await keep_account_open(connection, account_id)
    before = await locked(connection, account_id)
    given = {name: value for name, value in changes.items() if value is not None}
    changed = {name: value for name, value in given.items() if getattr(before, name) != value}
    if not changed:
        return before.view
    if before.fixed:
        raise Refused.because("billing_fixed")
    await _check_zone(connection, changed.get("time_zone"))
    await connection.execute(_SET.values(**changed), {"account": account_id})
    happened = ("billing.changed", changed)
    await events.append(
        connection, account_id, (f"account:{account_id}",), by.actor, happened, origin_id=by.origin_id
    )
    return (await read(connection, account_id)).view


async def _check_zone(connection: AsyncConnection, name: str | None) -> None:
    """PostgreSQL must know the time zone: it says which day it is there."""
    if name is not None and (await connection.execute(_KNOWN_ZONE, {"name": name})).one_or_none() is None:
        raise Refused.because("time_zone_invalid")
