"""What an add-on costs an account a month: prices are added for a later day.

The price of a day that has come can be corrected as long as no charge was made at it. So charges stay as they
were (L35).
"""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from models.errors import Refused
from models.licences.add_ons import AddOn
from models.licences.charges import charges
from models.licences.licence_views import PriceChange, PriceView
from models.licences.periods import next_period, period_of
from models.licences.prices import Price, PriceList
from models.paging import WHOLE, Page, Wanted
from models.people.callers import By, OfAccount, Scope
from store import events
from store.licences import billing, entries
from store.licences.billing import CURRENCY, Billing
from store.licences.billing_tables import BillingRow, PriceRow
from store.locks import keep_account_open
from store.paging import by_account
from store.people.tables import AccountRow
from store.scopes import within

_PRICES = select(PriceRow.add_on, PriceRow.since, PriceRow.amount).where(
    PriceRow.account_id == bindparam("account")
)
_earlier = aliased(PriceRow)
_PRICES_SHOWN = (
    select(
        AccountRow.name.label("account"),
        PriceRow.add_on,
        PriceRow.since,
        PriceRow.amount,
        CURRENCY.label("currency"),
        BillingRow.cycle_day,
        ~select(_earlier.since)
        .where(
            _earlier.account_id == PriceRow.account_id,
            _earlier.add_on == PriceRow.add_on,
            _earlier.since < PriceRow.since,
        )
        .exists()
        .label("first"),
    )
    .join(AccountRow, AccountRow.id == PriceRow.account_id)
    .outerjoin(BillingRow, BillingRow.account_id == PriceRow.account_id)
)
_SET = insert(PriceRow)
_SET = _SET.on_conflict_do_update(
    index_elements=["account_id", "add_on", "since"], set_={"amount": _SET.excluded.amount}
)


async def price_list(connection: AsyncConnection, of: Billing) -> PriceList:
    """The prices of an account, to compute its charges."""
    rows = await connection.execute(_PRICES, {"account": of.account_id})
    return PriceList(_price(row, of.currency) for row in rows)


async def prices(
    connection: AsyncConnection, scope: Scope, *, add_on: AddOn | None = None, wanted: Wanted = WHOLE
) -> Page[PriceView]:
    """The prices of the scope, of all add-ons or of one, by account, add-on and day; past ones too."""
    statement = _PRICES_SHOWN.where(within(scope, PriceRow.account_id))
    if add_on is not None:
        statement = statement.where(PriceRow.add_on == add_on.value)
    keys = by_account(scope, PriceRow.add_on, PriceRow.since)
    return (await keys.page(connection, statement, wanted)).of(_price_view)


def _price_view(row: Any) -> PriceView:
    applies_from = _applies_from(row.since, row.cycle_day, first=row.first)
    price = _price(row, row.currency)
    return PriceView(account=row.account, applies_from=applies_from, **price.model_dump())


async def set_price(
    connection: AsyncConnection,
    account_id: int,
    add_on: AddOn,
    amount: Decimal,
    *,
    since: date | None,
    by: By,
) -> PriceView:
    """Set the price of an add-on from a day on: from today unless said otherwise while none is in force, then
    from tomorrow. Another price of the same day replaces the one before. What it is already stays so. Raises
    `Refused` (`price_in_the_past`, `account_closed`).
    """
    await keep_account_open(connection, account_id)
    terms = await billing.locked(connection, account_id)
    rows = list(await connection.execute(_PRICES, {"account": account_id}))
    known = {row.since: row.amount for row in rows if row.add_on == add_on}
    last = max(known, default=None)
    in_force = any(day <= terms.today for day in known)
    if since is None and in_force and last is not None and known[last] == amount:
        day = last
    else:
        day = since or terms.today + timedelta(days=1 if in_force else 0)
    if known.get(day) != amount:
        price = Price(add_on=add_on, since=day, amount=amount, currency=terms.currency)
        if in_force and day <= terms.today:
            listed = [_price(row, terms.currency) for row in rows]
            if day not in known or await _charged(connection, terms, listed, price):
                raise Refused.because("price_in_the_past")
        await _add(connection, account_id, price, by)
    shown = await prices(connection, OfAccount(account_id))
    return next(price for price in shown if (price.add_on, price.since) == (add_on, day))


async def check_price(
    connection: AsyncConnection,
    account_id: int,
    add_on: AddOn,
    amount: Decimal,
    *,
    since: date | None,
    by: By,
) -> PriceChange:
    """The prices of an add-on before and after setting one, which is not done. Raises as `set_price` does."""
    before = await prices(connection, OfAccount(account_id))
    async with connection.begin_nested() as tried:
        price = await set_price(connection, account_id, add_on, amount, since=since, by=by)
        after = await prices(connection, OfAccount(account_id))
        await tried.rollback()
    return PriceChange(
        price=price,
        before=tuple(price for price in before if price.add_on is add_on),
        after=tuple(price for price in after if price.add_on is add_on),
    )


async def _charged(
    connection: AsyncConnection, terms: Billing, listed: Sequence[Price], corrected: Price
) -> bool:
    """Whether a charge up to today was made at the price that is corrected: then charges would change."""
    others = [one for one in listed if (one.add_on, one.since) != (corrected.add_on, corrected.since)]
    was, becomes = PriceList(listed), PriceList([*others, corrected])
    known = await entries.histories(connection, terms.account_id)
    return any(
        charges(history, was, terms.day, terms.today) != charges(history, becomes, terms.day, terms.today)
        for history in known.values()
    )


async def _add(connection: AsyncConnection, account_id: int, price: Price, by: By) -> None:
    values = {"add_on": price.add_on.value, "since": price.since, "amount": price.amount}
    await connection.execute(_SET, {"account_id": account_id, **values})
    data = {"add_on": price.add_on.value, "since": price.since.isoformat(), "amount": str(price.amount)}
    about, happened = (f"account:{account_id}",), ("add_on.price_set", data)
    await events.append(connection, account_id, about, by.actor, happened, origin_id=by.origin_id)


def _applies_from(since: date, cycle_day: int | None, *, first: bool) -> date | None:
    """The first day that is charged at a price: the earliest one applies at once, others from a cycle on."""
    if first:
        return since
    if cycle_day is None:
        return None
    period = period_of(since, cycle_day)
    return since if period.start == since else next_period(period, cycle_day).start


def _price(row: Any, currency: str) -> Price:
    return Price(add_on=AddOn(row.add_on), since=row.since, amount=row.amount, currency=currency)
