"""Purchases of licences (L2, L3): once per key, first those that were given back, then new ones."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound, Refused
from models.identifiers import licence_key, parse_reference
from models.licences.add_ons import AddOn
from models.licences.charges import charges, total
from models.licences.history import Bought, BoughtAgain, Entry
from models.licences.licence_views import PurchaseView
from models.people.callers import By, Scope
from store import events
from store.licences import billing, entries, licence_changes, prices
from store.licences.entries import Books
from store.licences.tables import LicenceEntryRow, LicenceRequestRow, LicenceRow, PurchaseRow
from store.locks import keep_account_open
from store.scopes import within

_BY_KEY = select(PurchaseRow).where(
    PurchaseRow.account_id == bindparam("account"), PurchaseRow.key == bindparam("key")
)
_ADD = insert(PurchaseRow).returning(
    *(PurchaseRow.id, PurchaseRow.add_on, PurchaseRow.quantity, PurchaseRow.at, PurchaseRow.bought_by)
)
_ENTRIES = (
    select(LicenceEntryRow.licence_id, LicenceEntryRow.entry, LicenceEntryRow.day)
    .where(LicenceEntryRow.account_id == bindparam("account"), LicenceEntryRow.purchase_id == bindparam("of"))
    .order_by(LicenceEntryRow.licence_id)
)
_ANSWERED = (
    select(LicenceRequestRow.id)
    .where(
        LicenceRequestRow.account_id == bindparam("account"), LicenceRequestRow.purchase_id == bindparam("of")
    )
    .order_by(LicenceRequestRow.at, LicenceRequestRow.id)
)
_OPEN_REQUESTS = (
    select(LicenceRequestRow.id, LicenceRequestRow.quantity)
    .where(
        LicenceRequestRow.account_id == bindparam("account"),
        LicenceRequestRow.add_on == bindparam("add_on"),
        LicenceRequestRow.purchase_id.is_(None),
    )
    .order_by(LicenceRequestRow.at, LicenceRequestRow.id)
)
_LOCK_REQUESTS = _OPEN_REQUESTS.with_for_update(key_share=True)
_ANSWER = (
    update(LicenceRequestRow)
    .where(LicenceRequestRow.id.in_(bindparam("requests", expanding=True)))
    .values(purchase_id=bindparam("purchase"))
)


async def buy(
    connection: AsyncConnection, account_id: int, add_on: AddOn, quantity: int, *, key: str, by: By
) -> PurchaseView:
    """Buy licences of an add-on, once per key; a repeat answers with the same purchase.

    Raises `Refused`: `key_used_for_purchase`, `no_price`, `account_closed`.
    """
    await keep_account_open(connection, account_id)
    books = await licence_changes.open_books(connection, account_id)
    known = {"account": account_id, "key": licence_key(account_id, key)}
    before = (await connection.execute(_BY_KEY, known)).one_or_none()
    if before is not None:
        if (before.add_on, before.quantity) != (add_on.value, quantity):
            raise Refused.because("key_used_for_purchase")
        return (await _view(connection, books, before)).model_copy(update={"replayed": True})
    entries.check_price(books, add_on)
    await billing.fix_cycle_day(connection, books.billing)
    purchase = (
        await connection.execute(
            _ADD,
            {
                "account_id": account_id,
                "key": known["key"],
                "add_on": add_on.value,
                "quantity": quantity,
                "bought_by": by.actor,
                "origin_id": by.origin_id,
            },
        )
    ).one()
    again = (await licence_changes.given_back(connection, books, add_on))[:quantity]
    await _add_licences(connection, books, purchase, again, by)
    await _answer(connection, account_id, purchase, by)
    return await _view(connection, books, purchase)


async def purchase(connection: AsyncConnection, scope: Scope, text: str) -> PurchaseView:
    """The purchase with this id (`LP-5`, `5`). Raises `NotFound` (`unknown_purchase`)."""
    number = parse_reference("LP", text)
    wanted = select(PurchaseRow).where(PurchaseRow.id == number, within(scope, PurchaseRow.account_id))
    row = None if number is None else (await connection.execute(wanted)).one_or_none()
    if row is None:
        raise NotFound.because("unknown_purchase")
    terms = await billing.read(connection, row.account_id)
    return await _view(connection, Books(terms, await prices.price_list(connection, terms)), row)


async def _add_licences(
    connection: AsyncConnection, books: Books, purchase: Any, again: Sequence[int], by: By
) -> None:
    """Buy again the licences that were given back, and add the new ones."""
    account_id, add_on = books.billing.account_id, AddOn(purchase.add_on)
    known = await entries.histories(connection, account_id, again)
    longer: list[tuple[int, Sequence[Entry]]] = [
        (one, [*known[one], BoughtAgain(on=entries.day_of(books, known[one]))]) for one in again
    ]
    new = await _insert(connection, account_id, add_on, purchase.quantity - len(again))
    longer += [(one, [Bought(on=books.billing.today, add_on=add_on)]) for one in new]
    await entries.add(connection, books, longer, by, purchase_id=purchase.id)
    data = {"purchase": purchase.id, "add_on": add_on.value, "new": len(new), "again": len(again)}
    about = (f"purchase:{purchase.id}", *(f"licence:{one}" for one, _ in longer))
    await events.append(
        connection, account_id, about, by.actor, ("licence.bought", data), origin_id=by.origin_id
    )


async def _insert(connection: AsyncConnection, account_id: int, add_on: AddOn, count: int) -> list[int]:
    """Add so many licences; their ids."""
    rows = select(literal(account_id), literal(add_on.value)).select_from(func.generate_series(1, count))
    added = insert(LicenceRow).from_select(["account_id", "add_on"], rows).returning(LicenceRow.id)
    return sorted((await connection.execute(added)).scalars())


async def _answer(connection: AsyncConnection, account_id: int, purchase: Any, by: By) -> None:
    """The purchase answers requests for its add-on, the oldest first: each for which enough of it is left."""
    known = {"account": account_id, "add_on": purchase.add_on}
    answered = _enough_for(await connection.execute(_LOCK_REQUESTS, known), purchase.quantity)
    if not answered:
        return
    await connection.execute(_ANSWER, {"requests": answered, "purchase": purchase.id})
    each = [((one,), ("licence_request.answered", {"purchase": purchase.id})) for one in answered]
    await events.append_each(connection, account_id, by.actor, each, origin_id=by.origin_id)


async def would_answer(
    connection: AsyncConnection, account_id: int, add_on: AddOn, quantity: int
) -> list[str]:
    """The requests that a purchase of so many licences would answer now."""
    known = {"account": account_id, "add_on": add_on.value}
    return _enough_for(await connection.execute(_OPEN_REQUESTS, known), quantity)


def _enough_for(requests: Iterable[Any], left: int) -> list[str]:
    """Those for which enough licences are left, the oldest first."""
    answered = []
    for request in requests:
        if request.quantity <= left:
            left -= request.quantity
            answered.append(request.id)
    return answered


async def _view(connection: AsyncConnection, books: Books, purchase: Any) -> PurchaseView:
    """A purchase, with what it cost on its day: later entries and prices do not alter that."""
    terms = books.billing
    known = {"account": terms.account_id, "of": purchase.id}
    rows = (await connection.execute(_ENTRIES, known)).all()
    new = [row for row in rows if row.entry == "bought"]
    each = Decimal("0.00")
    for row in new[:1]:  # all are bought on the same day
        history = [Bought(on=row.day, add_on=purchase.add_on)]
        each = total(charges(history, books.prices, terms.day, row.day))
    return PurchaseView(
        id=purchase.id,
        account=terms.account,
        add_on=purchase.add_on,
        quantity=purchase.quantity,
        at=purchase.at,
        bought_by=purchase.bought_by,
        new=tuple(row.licence_id for row in new),
        again=tuple(row.licence_id for row in rows if row.entry == "bought_again"),
        amount=each * len(new),
        currency=terms.currency,
        answered=tuple((await connection.execute(_ANSWERED, known)).scalars()),
    )
