"""What happened to licences: the entries that their charges are computed from, and what they are by these.

A transaction that adds an entry has locked the account's billing (`store.licences.billing`) and the licence.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple, cast

from sqlalchemy import bindparam, exists, func, insert, literal, literal_column, or_, select, update
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from models.errors import Refused
from models.identifiers import licence_key
from models.licences.add_ons import AddOn
from models.licences.history import Bought, BoughtAgain, Changed, Entry, GivenBack, Terms, steps
from models.licences.prices import PriceList
from models.people.callers import By
from store.licences.billing import Billing
from store.licences.tables import LicenceEntryRow, LicenceRow
from store.row import has

_HISTORY = (
    select(LicenceEntryRow.licence_id, LicenceEntryRow.entry, LicenceEntryRow.day, LicenceEntryRow.add_on)
    .where(LicenceEntryRow.account_id == bindparam("account"))
    .order_by(LicenceEntryRow.licence_id, LicenceEntryRow.id)
)
_OF_LICENCES = _HISTORY.where(LicenceEntryRow.licence_id.in_(bindparam("licences", expanding=True)))
_ONE = func.concat_ws(" ", LicenceEntryRow.entry, LicenceEntryRow.day, LicenceEntryRow.add_on)
"""As text: JSON takes three times as long."""
_later = aliased(LicenceEntryRow)
_LATER = select(_later.licence_id).where(
    _later.account_id == bindparam("account"), _later.entry != literal_column("'bought'")
)
_OF_EACH = (
    select(
        LicenceEntryRow.licence_id,
        func.string_agg(_ONE, aggregate_order_by(literal(","), LicenceEntryRow.id)).label("history"),
    )
    .where(LicenceEntryRow.account_id == bindparam("account"), LicenceEntryRow.licence_id.in_(_LATER))
    .group_by(LicenceEntryRow.licence_id)
    .subquery("each")
)
_ALIKE = select(
    _OF_EACH.c.history, func.count().label("licences"), func.min(_OF_EACH.c.licence_id).label("first")
).group_by(_OF_EACH.c.history)
_BOUGHT = (
    select(LicenceEntryRow.day, LicenceEntryRow.add_on, func.count().label("licences"))
    .where(
        LicenceEntryRow.account_id == bindparam("account"),
        LicenceEntryRow.entry == literal_column("'bought'"),
    )
    .group_by(LicenceEntryRow.day, LicenceEntryRow.add_on)
    .subquery("bought")
)
_one = aliased(LicenceEntryRow)
_ONLY_BOUGHT = select(
    _BOUGHT,
    select(_one.licence_id)
    .where(
        _one.account_id == bindparam("account"),
        _one.entry == literal_column("'bought'"),
        _one.day == _BOUGHT.c.day,
        _one.add_on == _BOUGHT.c.add_on,
        ~has(_LATER.where(_later.licence_id == _one.licence_id).correlate(_one)),
    )
    .order_by(_one.licence_id)
    .limit(literal_column("1"))
    .scalar_subquery()
    .label("first"),
)
"""The licences that were bought on each day, and the first of them to which nothing happened since."""
_UNDER_KEY = (
    select(LicenceEntryRow.licence_id, LicenceEntryRow.add_on)
    .where(LicenceEntryRow.account_id == bindparam("account"), LicenceEntryRow.key == bindparam("key"))
    .order_by(LicenceEntryRow.licence_id)
)
_HAS_BEEN = select(LicenceRow.id).where(
    LicenceRow.id == bindparam("licence"),
    or_(
        LicenceRow.add_on == bindparam("add_on"),
        exists().where(
            LicenceEntryRow.licence_id == LicenceRow.id, LicenceEntryRow.add_on == bindparam("add_on")
        ),
    ),
)
_ADD = insert(LicenceEntryRow).inline()
_PROJECT = (
    update(LicenceRow)
    .where(LicenceRow.id == bindparam("licence"))
    .values(
        add_on=bindparam("now_is"),
        next_add_on=bindparam("then_is"),
        next_from=bindparam("then_from"),
        usable_until=bindparam("until"),
    )
)


class _Row(NamedTuple):
    entry: str
    day: str
    add_on: str


Histories = Mapping[int, Sequence[Entry]]


@dataclass(frozen=True)
class Books:
    """What the charges of an account depend on besides its entries."""

    billing: Billing
    prices: PriceList


async def histories(
    connection: AsyncConnection, account_id: int, licences: Collection[int] | None = None
) -> Histories:
    """The entries of all licences of an account, or of these, each in its sequence."""
    known: dict[str, Any] = {"account": account_id}
    if licences is not None:
        known["licences"] = list(licences)
    found: dict[int, list[Entry]] = {}
    for row in await connection.execute(_HISTORY if licences is None else _OF_LICENCES, known):
        found.setdefault(row.licence_id, []).append(_entry(row))
    return found


async def alike(connection: AsyncConnection, account_id: int) -> list[tuple[Sequence[Entry], int, int]]:
    """The different histories of an account's licences, each with how many licences have it, and the first
    of these. Most licences are bought many at a time, and nothing happens to them later: these are counted.
    """
    known = {"account": account_id}
    found: list[tuple[Sequence[Entry], int, int]] = [
        (_entries(row.history), row.licences, row.first) for row in await connection.execute(_ALIKE, known)
    ]
    others = Counter[Entry]()
    for (bought, *_), licences, _first in found:
        others[bought] += licences
    for row in await connection.execute(_ONLY_BOUGHT, known):
        if row.first is not None:
            bought = Bought(on=row.day, add_on=row.add_on)
            found.append(([bought], row.licences - others[bought], row.first))
    return found


def _entries(history: str) -> list[Entry]:
    return [_entry(_Row(*one.split(" "))) for one in history.split(",")]


async def under_key(connection: AsyncConnection, account_id: int, key: str) -> Sequence[Any]:
    """The licences that were given back under this key, each with its add-on then."""
    known = {"account": account_id, "key": licence_key(account_id, key)}
    return (await connection.execute(_UNDER_KEY, known)).all()


async def has_been(connection: AsyncConnection, licence_id: int, add_on: AddOn) -> bool:
    """Whether the licence is or was one of this add-on: it may have been changed to another since."""
    known = {"licence": licence_id, "add_on": add_on.value}
    return (await connection.execute(_HAS_BEEN, known)).first() is not None


async def add(
    connection: AsyncConnection,
    books: Books,
    entries: Sequence[tuple[int, Sequence[Entry]]],
    by: By,
    *,
    purchase_id: int | None = None,
    key: str | None = None,
) -> None:
    """Add to each licence the last entry of its history, and set what the licence is by that. `key`: that of
    the give-back.

    Raises `Refused` (`no_price`).
    """
    rows = []
    for licence_id, history in entries:
        entry, terms = history[-1], terms_after(books, history)
        if not isinstance(entry, Bought):
            await connection.execute(_PROJECT, {"licence": licence_id} | _projected(terms))
        rows.append(
            {
                "account_id": books.billing.account_id,
                "licence_id": licence_id,
                "entry": entry.what,
                "day": entry.on,
                "add_on": entry.add_on if isinstance(entry, Bought | Changed) else terms.add_on,
                "purchase_id": purchase_id,
                "key": None if key is None else licence_key(books.billing.account_id, key),
                "actor": by.actor,
            }
        )
    if rows:
        await connection.execute(_ADD, rows)


def terms_after(books: Books, history: Sequence[Entry]) -> Terms:
    """What a licence is after the last entry of its history. Raises `Refused` (`no_price`)."""
    entry = history[-1]
    if isinstance(entry, Bought | Changed):
        check_price(books, entry.add_on)
    return terms_by(books, history, entry.on)


def terms_by(books: Books, history: Sequence[Entry], day: date) -> Terms:
    """What a licence that is not over is by a day."""
    *_, last = steps(history, books.prices, books.billing.day, day)
    return last.after


def check_price(books: Books, add_on: AddOn) -> None:
    """Raise `Refused` (`no_price`) unless the add-on has a price today."""
    try:
        books.prices.price_on(add_on, books.billing.today, books.billing.day)
    except ValueError:
        raise Refused.because("no_price", add_on=add_on.value) from None


def day_of(books: Books, history: Sequence[Entry]) -> date:
    """The day of an entry that is added now: today, or that of the last entry if the clock was set back."""
    return max(books.billing.today, history[-1].on)


def _projected(terms: Terms) -> dict[str, Any]:
    """What a licence is by its entries, for its own row, which the rules and lists read."""
    return {
        "now_is": terms.add_on,
        "then_is": terms.planned,
        "then_from": terms.period.end + timedelta(days=1) if terms.planned else None,
        "until": terms.period.end if terms.given_back else None,
    }


def _entry(row: Any) -> Entry:
    kinds: dict[str, Any] = {"bought": Bought, "changed": Changed}
    if row.entry in kinds:
        return cast("Entry", kinds[row.entry](on=row.day, add_on=row.add_on))
    return GivenBack(on=row.day) if row.entry == "given_back" else BoughtAgain(on=row.day)
