"""Erases a person's data from the inventory, after a check that no open work needs the person.

    user       the row stays, as orders and events refer to its id; name and address become `erased`, the
               profile is replaced by one without enabled targets, and the user is deactivated
    employee   deleted; their SIMs have no user any more
    contact    deleted with its roles; its upload links are revoked
    agent      the row stays, as orders and events refer to its id; it is deactivated and leaves its numbers
    subscriber the row stays, and so do the eSIM lines, whose plans have ended
    e-mail texts and notes   those that the user wrote become `erased`; in others, the address and full name,
               whatever blanks, line breaks or combining accents it is spelled with
    cc addresses and notifications   the address becomes `erased`
    accounts   lose the contact address if it was the person's

Each column declares its personal data (`store.personal`). All else, also in Temporal, refers to people by id.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ARRAY, BigInteger, all_, any_, bindparam, insert, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound, Refused
from models.identifiers import storable
from models.orders.lifecycle import OPEN
from models.people.callers import By
from store import events
from store.codes import link_ends
from store.fleet.tables import SimRow
from store.orders import links as order_links
from store.people import erasure_statements
from store.people.mentions import mentions
from store.people.tables import ErasureRow
from store.personal import ERASED

_REFERENCE = re.compile(r"(user|employee|contact|agent|subscriber):([0-9]{1,18})")


@dataclass(frozen=True)
class PersonRecords:
    """The records of one person. `repr` shows ids only."""

    address: str | None = field(repr=False)
    names: frozenset[str] = field(repr=False)
    accounts: frozenset[int]
    users: tuple[int, ...] = ()
    employees: tuple[int, ...] = ()
    contacts: tuple[int, ...] = ()
    agents: tuple[int, ...] = ()
    subscribers: tuple[int, ...] = ()


_PEOPLE = f"""
SELECT * FROM (
SELECT 'user' AS kind, id, account_id, name, lower(email) AS address FROM users
    WHERE email <> {erasure_statements.ERASED_ADDRESS}
UNION ALL SELECT 'employee', id, account_id, name, lower(email) FROM employees
UNION ALL SELECT 'contact', c.id, d.account_id, c.name, lower(c.email)
    FROM contacts c JOIN distributors d ON d.id = c.distributor_id
UNION ALL SELECT 'agent', id, account_id, name, lower(email) FROM agents
    WHERE name <> {ERASED}
UNION ALL SELECT 'subscriber', id, account_id, name, lower(email) FROM subscribers
    WHERE name <> {ERASED}
) AS people
"""  # noqa: S608
"""Everyone who can be erased: a user, agent or subscriber who was erased before is not among them."""
_ADDRESSES = """
SELECT 1 FROM qr_notifications WHERE lower(address) = :address
UNION ALL SELECT 1 FROM qr_email_texts, unnest(cc) AS copy WHERE lower(copy) = :address
UNION ALL SELECT 1 FROM accounts WHERE lower(contact_email) = :address
LIMIT 1
"""


async def find(connection: AsyncConnection, who: str) -> PersonRecords:
    """Find the person with this address, name or reference (`employee:12`).

    Raises `NotFound` (`unknown_person`), and `Refused` (`person_ambiguous`) if several people have the name.
    """
    wanted = who.strip()
    if not wanted or not storable(wanted):
        raise _unknown()
    if "@" in wanted:
        return await _at(connection, wanted.lower())
    named = _REFERENCE.fullmatch(wanted.lower())
    if named:
        chosen, values = "kind = :kind AND id = :id", {"kind": named[1], "id": int(named[2])}
    else:
        chosen, values = "lower(name) = lower(:name)", {"name": wanted}
    rows = (await connection.execute(text(f"{_PEOPLE} WHERE {chosen}"), values)).all()
    addresses = {row.address for row in rows if row.address}
    if len(addresses) + sum(row.address is None for row in rows) > 1:
        one = ", ".join(sorted(f"{row.kind}:{row.id}" for row in rows))
        raise Refused.because("person_ambiguous", references=one)
    if not rows:
        raise _unknown()
    return await _at(connection, addresses.pop()) if addresses else _records(None, rows)


async def _at(connection: AsyncConnection, address: str) -> PersonRecords:
    known = {"address": address}
    rows = (await connection.execute(text(f"{_PEOPLE} WHERE address = :address"), known)).all()
    if not rows and (await connection.execute(text(_ADDRESSES), known)).first() is None:
        raise _unknown()
    return _records(address, rows)


def _records(address: str | None, rows: Any) -> PersonRecords:
    return PersonRecords(
        address=address,
        names=frozenset(row.name for row in rows),
        accounts=frozenset(row.account_id for row in rows),
        users=tuple(row.id for row in rows if row.kind == "user"),
        employees=tuple(row.id for row in rows if row.kind == "employee"),
        contacts=tuple(row.id for row in rows if row.kind == "contact"),
        agents=tuple(row.id for row in rows if row.kind == "agent"),
        subscribers=tuple(row.id for row in rows if row.kind == "subscriber"),
    )


_OF_EMPLOYEES = "SELECT {what} FROM sims WHERE employee_id = ANY(:employees)"
_USED = """
SELECT subject FROM numbers WHERE agent_id = ANY(:agents)
UNION ALL SELECT subject FROM esim_lines WHERE subscriber_id = ANY(:subscribers)
ORDER BY subject
"""
_LOCK_SUBJECTS = f"""
SELECT id FROM subjects
WHERE id IN ({_OF_EMPLOYEES.format(what="holder")})
   OR id IN ({_USED})
ORDER BY id FOR NO KEY UPDATE
"""  # noqa: S608
_SIMS = select(SimRow.id).where(
    or_(
        SimRow.employee_id == any_(bindparam("employees", type_=ARRAY(BigInteger))),
        SimRow.id.in_(link_ends.SIMS_OF_CONTACTS),
    )
)
_LOCK_SIMS = _SIMS.order_by(SimRow.id).with_for_update(key_share=True)
_LOCK_PEOPLE = tuple(
    f"SELECT id FROM {table} WHERE id = ANY(:{table}) ORDER BY id FOR UPDATE"  # noqa: S608  tables of ours
    for table in erasure_statements.PEOPLE
)
_MORE_SIMS = _SIMS.where(SimRow.id != all_(bindparam("locked", type_=ARRAY(BigInteger)))).limit(1)
_NEEDED = """
SELECT o.id FROM orders o
WHERE (o.status = ANY(:open) OR EXISTS (SELECT FROM holds h WHERE h.workflow_id = o.id)) AND (
    o.placed_by = ANY(:users)
    OR EXISTS (SELECT FROM sims s
               WHERE (s.holder = o.subject OR s.id = o.esim_id) AND s.employee_id = ANY(:employees))
    OR EXISTS (SELECT FROM mails m WHERE m.order_id = o.id AND m.recipient = ANY(:references))
    OR EXISTS (SELECT FROM contacts c JOIN contact_roles r ON r.contact_id = c.id AND r.role = 'order'
               WHERE c.distributor_id = o.distributor_id AND c.id = ANY(:contacts)))
UNION
SELECT m.order_id FROM mails m
WHERE m.order_id IS NOT NULL AND m.recipient = ANY(:references)
    AND m.state IN ('unsent', 'sending') AND m.updated_at > esim_now() - interval '1 day'
UNION
SELECT q.id FROM qr_requests q
WHERE (q.status = 'requested' OR EXISTS (SELECT FROM holds h WHERE h.workflow_id = q.id)) AND (
    q.requested_by = ANY(:users)
    OR EXISTS (SELECT FROM qr_rounds r LEFT JOIN qr_email_texts l ON l.id = r.email_text_id
               WHERE r.request_id = q.id AND (
                   r.sent_by = ANY(:references) OR r.contacts && CAST(:contacts AS bigint[])
                   OR EXISTS (SELECT FROM unnest(l.cc) AS copy WHERE lower(copy) = :address))))
UNION
SELECT n.id FROM qr_notifications n
WHERE n.revoked_at IS NULL AND NOT n.given_up
    AND (lower(n.address) = :address OR n.created_by = ANY(:references))
    AND NOT EXISTS (SELECT FROM mails m WHERE m.qr_notification_id = n.id AND m.state = 'sent')
UNION
SELECT o.id FROM orders o JOIN licence_orders l ON l.order_id = o.id
WHERE (o.status = ANY(:open) OR EXISTS (SELECT FROM holds h WHERE h.workflow_id = o.id))
    AND l.agent_id = ANY(:agents)
UNION
SELECT n.subject FROM numbers n JOIN sims s ON s.holder = n.subject WHERE n.agent_id = ANY(:agents)
UNION
SELECT o.id FROM orders o JOIN travel_orders t ON t.order_id = o.id
WHERE t.subscriber_id = ANY(:subscribers) AND (
    o.status = ANY(:open) OR EXISTS (SELECT FROM holds h WHERE h.workflow_id = o.id)
    OR EXISTS (SELECT FROM follow_ups f WHERE f.order_id = o.id AND f.done_at IS NULL))
UNION
SELECT l.subject FROM esim_lines l JOIN plan_assignments p ON p.esim_line_id = l.id
WHERE l.subscriber_id = ANY(:subscribers)
    AND p.revoked_at IS NULL AND p.depleted_at IS NULL AND coalesce(p.ends_at, p.lapses_at) > esim_now()
UNION
SELECT n.id FROM travel_notices n JOIN esim_lines l ON l.id = n.esim_line_id
WHERE l.subscriber_id = ANY(:subscribers) AND n.done_at IS NULL
ORDER BY 1
"""


async def needed_by(connection: AsyncConnection, person: PersonRecords) -> list[str]:
    """The open orders, requests and notifications that need the person, ended orders that are about to notify
    them, numbers with an eSIM that the person uses as an agent, and eSIM lines with plans that go on.
    Their records and SIMs stay locked, so that no new row can refer to them until the end of the transaction.
    """
    values = _values(person)
    while not await _locked(connection, values):
        pass
    return list(await connection.scalars(text(_NEEDED), {**values, "open": sorted(OPEN)}))


async def _locked(connection: AsyncConnection, values: Mapping[str, Any]) -> bool:
    """Lock the lines, SIMs and records of the person, in the lock sequence (`store.locks`). Returns False,
    with nothing locked, if the person was given another SIM, number or eSIM line before their record was
    locked.
    """
    attempt = await connection.begin_nested()
    used = list(await connection.scalars(text(_USED), values))
    await connection.execute(text(_LOCK_SUBJECTS), values)
    sims = list(await connection.scalars(_LOCK_SIMS, values))
    for lock in _LOCK_PEOPLE:
        await connection.execute(text(lock), values)
    same = list(await connection.scalars(text(_USED), values)) == used
    if same and await connection.scalar(_MORE_SIMS, {**values, "locked": sims}) is None:
        await attempt.commit()
        return True
    await attempt.rollback()
    return False


_DEACTIVATE = (
    """
INSERT INTO authorised_actions_profiles (account_id, name, is_default)
SELECT DISTINCT account_id, 'erased', false FROM users WHERE id = ANY(:users)
ON CONFLICT DO NOTHING""",
    """
UPDATE agents SET deactivated_at = coalesce(deactivated_at, esim_now()), phone_confirmed_at = NULL
WHERE id = ANY(:agents)""",
    """
UPDATE users SET profile_id = p.id, deactivated_at = coalesce(users.deactivated_at, esim_now())
FROM authorised_actions_profiles p
WHERE users.id = ANY(:users) AND p.account_id = users.account_id AND p.name = 'erased'""",
)
"""Take all permissions from an erased user, and deactivate an erased agent."""
_LEAVE_NUMBERS = """
UPDATE numbers left_number SET agent_id = NULL FROM numbers before
WHERE before.id = left_number.id AND before.agent_id = ANY(:agents)
RETURNING left_number.id, left_number.account_id, before.agent_id
"""


async def erase(connection: AsyncConnection, person: PersonRecords, by: By) -> dict[str, int]:
    """Erase the person, whom no open work needs, and record the erasure; return the rows by kind."""
    values = _values(person)
    counts: dict[str, int] = {}
    await link_ends.revoke_of_contacts(connection, person.contacts, by)
    await order_links.revoke_of_contacts(connection, person.contacts, by)
    for statement in erasure_statements.statements():
        done = await connection.execute(text(statement.sql), values)
        if statement.counted_as:
            counts[statement.counted_as] = counts.get(statement.counted_as, 0) + done.rowcount
    for deactivate in _DEACTIVATE:
        await connection.execute(text(deactivate), values)
    await _leave_numbers(connection, values, by)
    kept = {kind: list(getattr(person, kind)) for kind in erasure_statements.PEOPLE}
    others = {what: number for what, number in counts.items() if what not in kept}
    await connection.execute(insert(ErasureRow).values(actor=by.actor, data={**kept, **others}))
    about = tuple(values["references"]) or ("person",)
    accounts: list[int | None] = [*sorted(person.accounts)]
    for account_id in accounts or [None]:
        happened = ("person.erased", others)
        await events.append(connection, account_id, about, by.actor, happened, origin_id=by.origin_id)
    return counts


async def _leave_numbers(connection: AsyncConnection, values: Mapping[str, Any], by: By) -> None:
    """The erased agents use no number any more; the event log of each number says so."""
    for number_id, account_id, agent_id in await connection.execute(text(_LEAVE_NUMBERS), values):
        happened = ("number.user_changed", {"agent": None, "agent_before": agent_id})
        about = (f"number:{number_id}",)
        await events.append(connection, account_id, about, by.actor, happened, origin_id=by.origin_id)


def _values(person: PersonRecords) -> Mapping[str, Any]:
    kinds = {kind: getattr(person, kind) for kind in erasure_statements.PEOPLE}
    references = [f"{kind.removesuffix('s')}:{number}" for kind, ids in kinds.items() for number in ids]
    return {
        **{kind: list(ids) for kind, ids in kinds.items()},
        "accounts": sorted(person.accounts),
        "references": references,
        "recipients": references,
        "address": person.address or "",
        "mention": "|".join(mentions(person.names, person.address)) or r"\m\M",
    }


def _unknown() -> NotFound:
    return NotFound.because("unknown_person")
