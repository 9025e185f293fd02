"""Subscribers: found, and read with their eSIM lines (T13, T19, T41)."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, func, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound, Refused
from models.identifiers import parse_reference, reference, storable
from models.paging import WHOLE, Page, Wanted
from models.people.callers import Scope
from models.travel.subscriber_views import SubscriberProfile, SubscriberView
from store.lookups import phone_number
from store.paging import built_once, by_account
from store.people.languages import language_of
from store.people.tables import AccountRow
from store.scopes import require_travel, shaped, within
from store.travel.facts import complimentary_esims
from store.travel.line_tables import EsimLineRow
from store.travel.subscriber_lines import lines_of, under_way
from store.travel.tables import SubscriberRow

_BY_NAME = (func.lower(SubscriberRow.name, type_=String), SubscriberRow.id)
_NAMED = 10
_SIMPLE: ColumnElement[str] = literal_column("'simple'::regconfig")
_WORDS = func.to_tsvector(_SIMPLE, SubscriberRow.name)
_QUOTED, _ESCAPED = "'{}':*", str.maketrans({"'": "''", "\\": "\\\\"})
"""A word of a search, of which the beginning is enough."""
_SHORTEST = 3
"""How many digits of a phone number are searched for."""


@dataclass(frozen=True)
class SubscriberKey:
    """A subscriber who was found."""

    id: int
    account_id: int


async def find_subscriber(connection: AsyncConnection, scope: Scope, text: str) -> SubscriberKey:
    """The subscriber with this id (`SB-4`, `4`), phone number (E.164), e-mail address or full name.

    Raises `NotFound` (`unknown_subscriber`), or `Refused` (`subscriber_ambiguous`) where several have the
    address or name; it names them by their ids.
    """
    require_travel(scope)
    number = parse_reference("SB", text)
    if number is None and not (storable(text) and text.strip()):
        raise NotFound.because("unknown_subscriber")
    chosen = SubscriberRow.id == number if number is not None else _named(text.strip())
    statement = select(SubscriberRow.id, SubscriberRow.account_id)
    found = statement.where(chosen, within(scope, SubscriberRow.account_id)).order_by(SubscriberRow.id)
    rows = (await connection.execute(found.limit(_NAMED + 1))).all()
    if not rows:
        raise NotFound.because("unknown_subscriber")
    if len(rows) > 1:
        names = [reference("SB", row.id) for row in rows]
        listed = ", ".join([*names[:_NAMED], "…"] if len(names) > _NAMED else names)
        raise Refused.because("subscriber_ambiguous", references=listed)
    return SubscriberKey(*rows[0])


def _named(name: str) -> ColumnElement[bool]:
    if "@" in name:
        return func.lower(SubscriberRow.email) == func.lower(name)
    msisdn = phone_number(name)
    if msisdn is not None:
        return SubscriberRow.msisdn == msisdn
    return func.lower(SubscriberRow.name) == func.lower(name)


def searched(wanted: str) -> ColumnElement[bool]:
    """The condition that words of a subscriber's name begin with these words, or the e-mail address begins or
    the phone number ends so; with a plus sign, the phone number begins so.
    """
    part = wanted.strip()
    words = " & ".join(_QUOTED.format(word.translate(_ESCAPED)) for word in part.split())
    found = [
        _WORDS.bool_op("@@")(func.to_tsquery(_SIMPLE, words)),
        func.lower(SubscriberRow.email).startswith(part.lower(), autoescape=True),
    ]
    digits = "".join(character for character in part if character.isascii() and character.isdigit())
    if len(digits) >= _SHORTEST and not any(character.isalpha() for character in part):
        ends = func.reverse(SubscriberRow.msisdn).startswith(digits[::-1])
        found.append(SubscriberRow.msisdn.startswith(f"+{digits}") if part.startswith("+") else ends)
    return or_(*found)


async def subscribers(
    connection: AsyncConnection,
    scope: Scope,
    *,
    chosen: tuple[ColumnElement[bool], ...] = (),
    wanted: Wanted = WHOLE,
) -> Page[SubscriberView]:
    """Subscribers, sorted by account and name."""
    shape, known = shaped(scope)
    statement = _listed(shape).where(*chosen) if chosen else _listed(shape)
    rows = await by_account(scope, *_BY_NAME).page(connection, statement, wanted, known)
    return rows.of(lambda row: SubscriberView(**row._mapping))


@built_once
def _listed(scope: Scope) -> Select[Any]:
    return _subscribers().where(within(scope, SubscriberRow.account_id))


async def subscriber(connection: AsyncConnection, subscriber_id: int) -> SubscriberProfile:
    """One subscriber with their eSIM lines and the plans on these; they must exist."""
    row = (await connection.execute(_subscribers().where(SubscriberRow.id == subscriber_id))).one()
    return SubscriberProfile(
        **row._mapping,
        esim_lines=await lines_of(connection, row.account_id, row.id),
        under_way=await under_way(connection, row.account_id, row.id),
    )


@cache
def _subscribers() -> Select[Any]:
    lines = select(func.count()).where(
        and_(
            EsimLineRow.subscriber_id == SubscriberRow.id, EsimLineRow.account_id == SubscriberRow.account_id
        )
    )
    return select(
        SubscriberRow.id,
        AccountRow.name.label("account"),
        SubscriberRow.account_id,
        SubscriberRow.name,
        SubscriberRow.msisdn,
        SubscriberRow.email,
        language_of(SubscriberRow).label("language"),
        SubscriberRow.plan,
        SubscriberRow.bundles,
        lines.correlate(SubscriberRow).scalar_subquery().label("lines"),
        complimentary_esims.label("complimentary"),
    ).join(AccountRow, AccountRow.id == SubscriberRow.account_id)
