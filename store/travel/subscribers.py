"""Subscribers: found, read with their eSIM lines, imported (T13, T19, T41). Events hold their ids and which
fields changed.

A subscriber is locked last (`store.locks`): after the eSIM lines, orders and SIMs that concern them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, func, literal_column, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound, Refused
from models.identifiers import parse_reference, reference, storable
from models.imports import ImportReport, counted
from models.paging import WHOLE, Page, Wanted
from models.people.callers import By, Scope
from models.travel.subscriber_file import SubscriberFile, SubscriberFileRow
from models.travel.subscriber_views import SubscriberProfile, SubscriberView
from store import events
from store.codes.new_address import Moved
from store.locks import keep_account_open
from store.lookups import phone_number
from store.paging import built_once, by_account
from store.people.languages import language_of
from store.people.tables import AccountRow
from store.scopes import require_travel, shaped, within
from store.staging import ids, stage
from store.travel import new_address
from store.travel.facts import complimentary_esims
from store.travel.line_tables import EsimLineRow
from store.travel.subscriber_lines import lines_of
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
    return SubscriberProfile(**row._mapping, esim_lines=await lines_of(connection, row.account_id, row.id))


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


# --- the import --------------------------------------------------------------------------------------------

_STAGED = {
    "line_no": "integer",
    "name": "text",
    "msisdn": "text",
    "plan": "text",
    "email": "text",
    "bundles": "bigint",
    "language": "text",
}
_LOCK = """
SELECT id FROM subscribers
WHERE account_id = :account AND msisdn IN (SELECT msisdn FROM staged_subscribers)
ORDER BY id FOR NO KEY UPDATE
"""
_WANTED = """
SELECT known.id, staged.name, staged.plan,
       CASE WHEN :with_email THEN staged.email ELSE known.email END AS email,
       CASE WHEN :with_language THEN staged.language ELSE known.language END AS language,
       coalesce(staged.bundles, known.bundles) AS bundles
FROM staged_subscribers staged
JOIN subscribers known ON known.account_id = :account AND known.msisdn = staged.msisdn
"""
_CHANGED = f"""
UPDATE subscribers SET name = wanted.name, plan = wanted.plan, email = wanted.email,
       language = wanted.language, bundles = wanted.bundles
FROM ({_WANTED}) AS wanted
WHERE subscribers.id = wanted.id
  AND (subscribers.name, subscribers.plan, subscribers.email, subscribers.language, subscribers.bundles)
      IS DISTINCT FROM (wanted.name, wanted.plan, wanted.email, wanted.language, wanted.bundles)
RETURNING subscribers.id
"""  # noqa: S608  a statement of our own
_NEW = """
INSERT INTO subscribers (account_id, name, msisdn, plan, email, bundles, language)
SELECT :account, name, msisdn, plan, email, coalesce(bundles, 0), language FROM staged_subscribers staged
WHERE NOT EXISTS (
    SELECT FROM subscribers known WHERE known.account_id = :account AND known.msisdn = staged.msisdn)
ORDER BY line_no
RETURNING id
"""


async def import_subscribers(
    connection: AsyncConnection, account_id: int, file: SubscriberFile, by: By
) -> tuple[ImportReport, Moved, list[str]]:
    """Create the subscribers of the file who are new, and change those who differ; the others stay. With the
    report: the codes that are sent to other addresses now, and what was held for an address.
    """
    await stage(connection, "staged_subscribers", _STAGED, map(_staged, file.rows))
    await keep_account_open(connection, account_id)
    lines = await new_address.lock(connection, account_id)
    await connection.execute(text(_LOCK), {"account": account_id})
    served, others = await new_address.before(connection, account_id, lines)
    given = {"with_email": "email" in file.given, "with_language": "language" in file.given}
    changed = await ids(connection, _CHANGED, account=account_id, **given)
    new = await ids(connection, _NEW, account=account_id)
    await _record(connection, account_id, by, "subscriber.created", new)
    await _record(connection, account_id, by, "subscriber.changed", changed)
    report = ImportReport(
        rows=len(file.rows),
        created=counted({"subscribers": len(new)}),
        changed=counted({"subscribers": len(changed)}),
    )
    moved = await new_address.move(connection, account_id, served, by)
    return report, moved, await new_address.held(connection, account_id, others)


async def _record(
    connection: AsyncConnection, account_id: int, by: By, kind: str, found: Iterable[int]
) -> None:
    each = [((f"subscriber:{one}",), (kind, {"subscriber": one})) for one in sorted(found)]
    if each:
        await events.append_each(connection, account_id, by.actor, each, origin_id=by.origin_id)


def _staged(row: SubscriberFileRow) -> tuple[object, ...]:
    return row.line, row.name, row.msisdn, row.plan, row.email, row.bundles, row.language
