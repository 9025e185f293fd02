"""Subscribers are imported, added and edited (T41). Events hold their ids.

A subscriber is locked last (`store.locks`): after the eSIM lines, orders and SIMs that concern them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refused
from models.imports import ImportReport, counted
from models.people.callers import By
from models.travel.subscriber_file import SubscriberFile, SubscriberFileRow
from models.travel.subscriber_views import SubscriberProfile
from store import events
from store.codes.new_address import Moved
from store.locks import keep_account_open
from store.made_keys import Made
from store.session import constraint_of
from store.staging import ids, stage
from store.travel import new_address
from store.travel.subscribers import SubscriberKey, subscriber
from store.travel.tables import SubscriberRow

_ONE_PHONE = "uq_subscribers_account_id_msisdn"
_PHONE = select(SubscriberRow.msisdn).where(SubscriberRow.id == bindparam("subscriber"))
_NEW_PHONE = (
    update(SubscriberRow).where(SubscriberRow.id == bindparam("subscriber")).values(msisdn=bindparam("new"))
)
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
WHERE account_id = :account AND (msisdn IN (SELECT msisdn FROM staged_subscribers) OR msisdn = :other)
ORDER BY id FOR NO KEY UPDATE
"""
_WANTED = """
SELECT known.id, coalesce(staged.name, known.name) AS name, coalesce(staged.plan, known.plan) AS plan,
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
    lines, _ = await _lock(connection, account_id)
    changed, moved, held = await _change(connection, account_id, lines, file.given, by)
    new = await ids(connection, _NEW, account=account_id)
    await _record(connection, account_id, by, "subscriber.created", new)
    await _record(connection, account_id, by, "subscriber.changed", changed)
    report = ImportReport(
        rows=len(file.rows),
        created=counted({"subscribers": len(new)}),
        changed=counted({"subscribers": len(changed)}),
    )
    return report, moved, held


async def add(
    connection: AsyncConnection, account_id: int, by: By, fields: Mapping[str, Any], key: str | None = None
) -> SubscriberProfile:
    """Add a subscriber with these `fields` of the row, once per key: a repeat gets the subscriber as they are
    now. Raises `Refused` (`subscriber_exists`, `account_closed`, `key_reused`).
    """
    await keep_account_open(connection, account_id)
    made = Made.of(account_id, key, fields)
    if known := await _made(connection, account_id, made):
        return known
    row = insert(SubscriberRow).values(account_id=account_id, **fields, **made.columns)
    added = await connection.scalar(row.on_conflict_do_nothing().returning(SubscriberRow.id))
    if added is None:
        if known := await _made(connection, account_id, made):  # by a call at the same time
            return known
        raise Refused.because("subscriber_exists")
    await _record(connection, account_id, by, "subscriber.created", [added])
    return await subscriber(connection, added)


async def _made(connection: AsyncConnection, account_id: int, made: Made) -> SubscriberProfile | None:
    """The subscriber who was added under this key, as they are now."""
    known = await made.find(connection, SubscriberRow, SubscriberRow.account_id == account_id)
    if known is None:
        return None
    return (await subscriber(connection, known)).model_copy(update={"replayed": True})


async def edit(
    connection: AsyncConnection, key: SubscriberKey, by: By, fields: Mapping[str, Any]
) -> tuple[SubscriberProfile, Moved, list[str]]:
    """Change these `fields` where they differ, as an import does; a phone number, too. With the subscriber:
    the codes that are sent to another address now, and what was held for an address.

    Raises `Refused` (`subscriber_exists`, `subscriber_erased`, `subscriber_changed`).
    """
    msisdn = await connection.scalar(_PHONE, {"subscriber": key.id})
    if msisdn is None:
        raise Refused.because("subscriber_erased")
    row = [fields.get(column) for column in _STAGED if column not in {"line_no", "msisdn"}]
    await stage(connection, "staged_subscribers", _STAGED, [(1, row[0], msisdn, *row[1:])])
    new = fields.get("msisdn", msisdn)
    lines, locked = await _lock(connection, key.account_id, other=new)
    if key.id not in locked:
        raise Refused.because("subscriber_changed")
    if locked != {key.id}:
        raise Refused.because("subscriber_exists")
    changed, moved, held = await _change(connection, key.account_id, lines, fields, by)
    if new != msisdn:
        try:
            await connection.execute(_NEW_PHONE, {"subscriber": key.id, "new": new})
        except IntegrityError as twice:
            if constraint_of(twice) != _ONE_PHONE:
                raise
            raise Refused.because("subscriber_exists") from None
        changed = {key.id}
    await _record(connection, key.account_id, by, "subscriber.changed", changed)
    return await subscriber(connection, key.id), moved, held


async def _lock(
    connection: AsyncConnection, account_id: int, other: str | None = None
) -> tuple[list[str], set[int]]:
    """Lock the eSIM lines of the staged subscribers whose codes are to go to another address, then these
    subscribers and the one who has the `other` phone number; the lines, and the subscribers.
    """
    lines = await new_address.lock(connection, account_id)
    return lines, await ids(connection, _LOCK, account=account_id, other=other)


async def _change(
    connection: AsyncConnection, account_id: int, lines: Sequence[str], given: Collection[str], by: By
) -> tuple[set[int], Moved, list[str]]:
    """Change the staged subscribers who differ, all of them locked; who they are, the codes that are sent to
    other addresses now, and what was held for an address.
    """
    served, others = await new_address.before(connection, account_id, lines)
    columns = {f"with_{name}": name in given for name in ("email", "language")}
    changed = await ids(connection, _CHANGED, account=account_id, **columns)
    moved = await new_address.move(connection, account_id, served, by)
    return changed, moved, await new_address.held(connection, account_id, others)


async def _record(
    connection: AsyncConnection, account_id: int, by: By, kind: str, found: Iterable[int]
) -> None:
    each = [((f"subscriber:{one}",), (kind, {"subscriber": one})) for one in sorted(found)]
    if each:
        await events.append_each(connection, account_id, by.actor, each, origin_id=by.origin_id)


def _staged(row: SubscriberFileRow) -> tuple[object, ...]:
    return row.line, row.name, row.msisdn, row.plan, row.email, row.bundles, row.language
