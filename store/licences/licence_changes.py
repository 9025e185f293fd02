"""Licences that are given back, or changed to another add-on (L32, L36)."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refusal, Refused
from models.licences.add_ons import AddOn
from models.licences.charges import charges
from models.licences.history import AddOnChange, Changed, GivenBack, add_on_change
from models.licences.licence_views import LicenceChange, LicenceView
from models.people.callers import AllAccounts, By
from store import events
from store.licences import billing, entries, prices
from store.licences.billing_tables import BillingRow
from store.licences.entries import Books
from store.licences.facts import add_on_today
from store.licences.licences import find, of_ids
from store.licences.tables import LicenceRow
from store.locks import keep_account_open

_OF_ACCOUNT = (
    select(LicenceRow.id, LicenceRow.number_id, LicenceRow.usable_until, add_on_today.label("add_on"))
    .outerjoin(BillingRow, BillingRow.account_id == LicenceRow.account_id)
    .where(LicenceRow.account_id == bindparam("account"))
    .order_by(LicenceRow.id)
    .with_for_update(of=LicenceRow, key_share=True)
)
_ONE = _OF_ACCOUNT.where(LicenceRow.id == bindparam("licence"))
_UNUSED = _OF_ACCOUNT.where(
    LicenceRow.number_id.is_(None),
    LicenceRow.usable_until.is_(None),
    add_on_today.in_([bindparam("add_on")]),
)
_GIVEN_BACK = _OF_ACCOUNT.where(
    LicenceRow.usable_until >= bindparam("today"), add_on_today.in_([bindparam("add_on")])
)


async def given_back(connection: AsyncConnection, books: Books, add_on: AddOn) -> Sequence[int]:
    """Lock the licences of an add-on that were given back and are still usable; their ids, those in use
    first: their agents keep their eSIMs if these are bought again.
    """
    account_id, today = books.billing.account_id, books.billing.today
    known = {"account": account_id, "add_on": add_on.value, "today": today}
    rows = (await connection.execute(_GIVEN_BACK, known)).all()
    return [row.id for row in sorted(rows, key=lambda row: row.number_id is None)]


async def give_back(
    connection: AsyncConnection, account_id: int, licence_id: int, *, key: str, by: By
) -> LicenceView:
    """Give a licence back: it can be used until the end of its paid period, and then no more (L32). Once per
    key; a repeat answers with the licence as it is now.

    The same in a closed account: its charges end. Raises `Refused` (`licence_in_use`, `licence_given_back`,
    `licence_over`, `key_used_for_give_back`).
    """
    books = await open_books(connection, account_id)
    before = await entries.under_key(connection, account_id, key)
    if before:
        _refuse_other([one.licence_id for one in before] == [licence_id])
        return _replayed(await of_ids(connection, account_id, [licence_id]))[0]
    row = (await connection.execute(_ONE, {"account": account_id, "licence": licence_id})).one()
    _refuse(_gone(row, books))
    if row.number_id is not None:
        raise Refused.because("licence_in_use", number=f"N-{row.number_id}")
    return (await _give_back(connection, books, [licence_id], key, by))[0]


async def give_back_some(
    connection: AsyncConnection, account_id: int, add_on: AddOn, quantity: int, *, key: str, by: By
) -> list[LicenceView]:
    """Give back so many free licences of an add-on, the newest first, or none at all. Once per key; a repeat
    answers with the same licences, as they are now.

    Raises `Refused` (`too_few_licences`, `key_used_for_give_back`).
    """
    books = await open_books(connection, account_id)
    before = await entries.under_key(connection, account_id, key)
    if before:
        _refuse_other([one.add_on for one in before] == [add_on.value] * quantity)
        return _replayed(await of_ids(connection, account_id, [one.licence_id for one in before]))
    unused = (await connection.execute(_UNUSED, {"account": account_id, "add_on": add_on.value})).all()
    if len(unused) < quantity:
        raise Refused.because("too_few_licences", add_on=add_on.value, free=len(unused), asked=quantity)
    return await _give_back(connection, books, [row.id for row in unused[-quantity:]], key, by)


async def change(
    connection: AsyncConnection, account_id: int, licence_id: int, add_on: AddOn, by: By
) -> LicenceChange:
    """Change a licence to another add-on: a dearer one applies now and is charged for the days left, a
    cheaper one from the next period on; it replaces what was planned. The eSIM stays (L36).

    To what it is, or is to become, changes nothing. Raises `Refused` (`licence_given_back`, `licence_over`,
    `no_price`, `account_closed`).
    """
    await keep_account_open(connection, account_id)
    books = await open_books(connection, account_id)
    row = (await connection.execute(_ONE, {"account": account_id, "licence": licence_id})).one()
    _refuse(_gone(row, books))
    history = (await entries.histories(connection, account_id, [licence_id]))[licence_id]
    day = entries.day_of(books, history)
    before = entries.terms_by(books, history, day)
    if add_on is (before.planned or before.add_on):
        found, _ = await find(connection, AllAccounts(), str(licence_id))
        return LicenceChange(licence=found, change=None, currency=books.billing.currency)
    longer = [*history, Changed(on=day, add_on=add_on)]
    await entries.add(connection, books, [(licence_id, longer)], by)
    await _happened(connection, books, "changed", {licence_id: add_on}, by)
    found, _ = await find(connection, AllAccounts(), str(licence_id))
    kind = add_on_change(day, before.add_on, add_on, books.prices, books.billing.day)
    made = charges(longer, books.prices, books.billing.day, day) if kind is AddOnChange.UPGRADE else []
    return LicenceChange(
        licence=found,
        change=kind,
        applies_from=found.next_from or day,
        amount=made[-1].amount if made else Decimal("0.00"),
        currency=books.billing.currency,
    )


async def open_books(connection: AsyncConnection, account_id: int) -> Books:
    """Lock the account's billing, and read what its charges depend on."""
    terms = await billing.locked(connection, account_id)
    return Books(terms, await prices.price_list(connection, terms))


async def _give_back(
    connection: AsyncConnection, books: Books, licence_ids: Sequence[int], key: str, by: By
) -> list[LicenceView]:
    account_id = books.billing.account_id
    known = await entries.histories(connection, account_id, licence_ids)
    longer = {
        licence_id: [*known[licence_id], GivenBack(on=entries.day_of(books, known[licence_id]))]
        for licence_id in licence_ids
    }
    await entries.add(connection, books, list(longer.items()), by, key=key)
    found = await of_ids(connection, account_id, licence_ids)
    await _happened(connection, books, "given_back", {one.id: one.add_on for one in found}, by)
    return found


def _replayed(given_back: Sequence[LicenceView]) -> list[LicenceView]:
    return [licence.model_copy(update={"replayed": True}) for licence in given_back]


async def _happened(
    connection: AsyncConnection, books: Books, what: str, licences: dict[int, AddOn], by: By
) -> None:
    each = [
        ((f"licence:{licence_id}",), (f"licence.{what}", {"licence": licence_id, "add_on": add_on.value}))
        for licence_id, add_on in licences.items()
    ]
    await events.append_each(connection, books.billing.account_id, by.actor, each, origin_id=by.origin_id)


def _gone(row: Any, books: Books) -> Refusal | None:
    """Why nothing can be done with a licence that was given back."""
    if row.usable_until is None:
        return None
    last_day: date = row.usable_until
    return Refusal.of("licence_over" if last_day < books.billing.today else "licence_given_back")


def _refuse_other(same: bool) -> None:
    if not same:
        raise Refused.because("key_used_for_give_back")


def _refuse(reason: Refusal | None) -> None:
    if reason:
        raise Refused(reason)
