"""Reads what an owner is shown before buying or changing licences: nothing is locked or written.

The purchase computes it again under the account's lock (`purchases`, `licence_changes`).
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refused
from models.licences.add_ons import AddOn
from models.licences.charges import charges
from models.licences.history import AddOnChange, Bought, Changed, Entry, add_on_change
from models.licences.licence_views import LicenceView
from models.licences.periods import next_period, period_of
from models.licences.plan_views import AddOnOffer, ChangeOffer, PlanView, PurchaseOffer
from models.people.callers import OfAccount
from store.licences import billing, entries, prices, purchases
from store.licences.billing_tables import BillingRow
from store.licences.entries import Books
from store.licences.facts import add_on_today
from store.licences.licences import counts
from store.licences.tables import LicenceRow

_GIVEN_BACK = (
    select(func.count())
    .select_from(LicenceRow)
    .outerjoin(BillingRow, BillingRow.account_id == LicenceRow.account_id)
    .where(
        LicenceRow.account_id == bindparam("account"),
        LicenceRow.usable_until >= bindparam("today"),
        add_on_today == bindparam("add_on"),
    )
)


async def plan(connection: AsyncConnection, account_id: int) -> PlanView:
    """The add-ons with their counts and prices, and the present billing cycle."""
    books = await _books(connection, account_id)
    terms = books.billing
    period = period_of(terms.today, terms.day)
    known = {count.add_on: count for count in await counts(connection, OfAccount(account_id))}
    numbers = {"bought", "in_use", "free", "given_back"}
    renews = next_period(period, terms.day).start
    offers = []
    for add_on in AddOn:
        price, later = (_price(books, add_on, day) for day in (terms.today, renews))
        offers.append(
            AddOnOffer(
                add_on=add_on,
                price=price,
                next_price=None if later == price else later,
                **(known[add_on].model_dump(include=numbers) if add_on in known else {}),
            )
        )
    return PlanView(
        account=terms.account,
        today=terms.today,
        paid_until=period.end,
        renews_on=renews,
        currency=terms.currency,
        time_zone=terms.time_zone,
        add_ons=tuple(offers),
    )


async def purchase(
    connection: AsyncConnection, account_id: int, add_on: AddOn, quantity: int
) -> PurchaseOffer:
    """What buying so many licences would cost now. Raises `Refused` (`no_price`)."""
    books = await _books(connection, account_id)
    entries.check_price(books, add_on)
    terms = books.billing
    period = period_of(terms.today, terms.day)
    known = {"account": account_id, "add_on": add_on.value, "today": terms.today}
    again = min(int(await connection.scalar(_GIVEN_BACK, known) or 0), quantity)
    first = charges([Bought(on=terms.today, add_on=add_on)], books.prices, terms.day, terms.today)[0]
    renews = next_period(period, terms.day).start
    monthly = books.prices.price_on(add_on, renews, terms.day).amount
    return PurchaseOffer(
        add_on=add_on,
        quantity=quantity,
        again=again,
        first_each=first.amount,
        first=first.amount * (quantity - again),
        days=first.days,
        days_of_cycle=period.days,
        paid_until=period.end,
        monthly_each=monthly,
        monthly=monthly * quantity,
        renews_on=renews,
        currency=terms.currency,
        answers=len(await purchases.would_answer(connection, account_id, add_on, quantity)),
    )


async def changes(connection: AsyncConnection, account_id: int, licence: LicenceView) -> list[ChangeOffer]:
    """What a licence can be changed to, add-ons without a price left out. Raises `Refused`
    (`licence_given_back`, `licence_over`).
    """
    books = await _books(connection, account_id)
    if licence.usable_until is not None:
        over = licence.usable_until < books.billing.today
        raise Refused.because("licence_over" if over else "licence_given_back")
    history = (await entries.histories(connection, account_id, [licence.id]))[licence.id]
    day = entries.day_of(books, history)
    before = entries.terms_by(books, history, day)
    others = [each for each in AddOn if each is not (before.planned or before.add_on)]
    return [
        _change(books, history, each, before.add_on)
        for each in others
        if _price(books, each, day) is not None
    ]


def _change(books: Books, history: Sequence[Entry], add_on: AddOn, was: AddOn) -> ChangeOffer:
    terms, day = books.billing, entries.day_of(books, history)
    period = period_of(day, terms.day)
    renews = next_period(period, terms.day).start
    kind = add_on_change(day, was, add_on, books.prices, terms.day)
    longer = [*history, Changed(on=day, add_on=add_on)]
    upgrade = kind is AddOnChange.UPGRADE
    made = charges(longer, books.prices, terms.day, day) if upgrade else []
    return ChangeOffer(
        add_on=add_on,
        change=kind,
        applies_from=renews if kind is AddOnChange.DOWNGRADE else day,
        amount=made[-1].amount if made else Decimal("0.00"),
        monthly=books.prices.price_on(add_on, renews, terms.day).amount,
        currency=terms.currency,
        withdraws=add_on is was,
    )


async def _books(connection: AsyncConnection, account_id: int) -> Books:
    terms = await billing.read(connection, account_id)
    return Books(terms, await prices.price_list(connection, terms))


def _price(books: Books, add_on: AddOn, day: date) -> Decimal | None:
    try:
        return books.prices.price_on(add_on, day, books.billing.day).amount
    except ValueError:
        return None
