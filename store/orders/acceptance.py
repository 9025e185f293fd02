"""The first step of an order, for every kind: it is accepted, or refused with every reason. Part of one
transaction of its caller, as the steps that follow (`store.orders.steps`).
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, BindParameter, String, bindparam, insert, null
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import ReturningInsert

from models.errors import Refusal, Refused
from models.orders.kinds import permission_of
from models.orders.lifecycle import OrderStatus
from models.orders.placement import Acceptance, Placement
from models.people.callers import By
from store import event_parts, events, origins
from store.events import Happening
from store.locks import lock_new_order, lock_subject
from store.orders import follow_ups, notes, refused, views
from store.orders.effects import Decision
from store.orders.follow_ups import Emails, Pending, no_emails
from store.orders.kinds import EFFECTS
from store.orders.locked_order import references
from store.orders.tables import OrderRow
from store.people import actors
from store.row import Row


async def accept(connection: AsyncConnection, placement: Placement, emails: Emails = no_emails) -> Acceptance:
    """Accept the order, or refuse it with every reason (F5, F7, F46, F52, F53, F67).

    The subject is locked while the rules are checked, so two orders about one subject cannot both be
    accepted.
    An order without a subject is locked by its id, so a repeated call waits for the call before.
    A refused order leaves only an event: its key is free again. If an order has this id already, the answer
    is the same as before; it is refused (`key_used`) if it asks for something else or is of another account.
    `emails`: those that are due once it is accepted.
    """
    what = placement.what
    if what.subject is None:
        await lock_new_order(connection, placement.order_id)
    else:
        await lock_subject(connection, placement.account_id, what.subject)
    row = (await connection.execute(_LOOK, _asked(placement))).one()
    try:
        known = views.acceptance_of(row, placement.account_id, placement.order_id)
        if known is not None and not known.same_as(what):
            raise Refused.because("key_used", order=placement.order_id)
    except Refused as used:
        # no event is kept of this: it would be one of the order that has the key
        return Acceptance.refused(placement, *used.refusals)
    if known is not None:
        return known
    refusal = await _refusal(connection, placement, row.actor)
    if refusal:
        return await _refused(connection, placement, [refusal])
    decision = await EFFECTS[what.kind].decide(connection, placement)
    if decision.refusals:
        return await _refused(connection, placement, decision.refusals)
    pending = await _write(connection, placement, decision, emails(OrderStatus.SUBMITTED))
    return Acceptance(
        order_id=placement.order_id,
        status=OrderStatus.SUBMITTED,
        what=what,
        origin_id=placement.origin_id,
        shown=decision.shown,
        follow_ups=pending.follow_ups,
        emails=pending.emails,
    )


_LOOK = views.answered(
    actors.facts_of(bindparam("of_account", type_=BigInteger), null(), keep_open=True).label("actor")
)
"""The order if it was accepted before, and what decides whether the user may place it."""


def _asked(placement: Placement) -> dict[str, Any]:
    by = _by(placement)
    ids = {"order": placement.order_id, "of_account": placement.account_id}
    return ids | actors.asked(by.actor, by.origin_id)


async def _refusal(
    connection: AsyncConnection, placement: Placement, facts: Mapping[str, Any]
) -> Refusal | None:
    """Why the user may not place it, whatever it is about."""
    account_id, note_id = placement.account_id, placement.note_id
    needed = permission_of(placement.kind)
    refusal = actors.refusal_of(facts, _by(placement).actor, permission=needed)
    return refusal or await notes.note_refusal(connection, account_id, placement.order_id, note_id)


@cache
def _insert(
    columns: tuple[str, ...], details: type[Row] | None, of_details: tuple[str, ...]
) -> ReturningInsert[Any]:
    """Write the accepted order, its row in the kind's own table, its event and the e-mails that are due."""
    emails = follow_ups.leaving(bindparam("order", type_=String))
    order = insert(OrderRow).values(_prefixed("order", columns)).add_cte(event_parts.appended())
    if details is not None:
        of_kind = insert(details).values(_prefixed("details", of_details))
        order = order.add_cte(of_kind.cte("details"))
    return order.returning(follow_ups.of(emails))


def _prefixed(what: str, columns: Iterable[str]) -> dict[str, BindParameter[Any]]:
    """A parameter for each column. SQLAlchemy writes one with a column's own name in both INSERTs."""
    return {name: bindparam(f"{what}_{name}") for name in columns}


async def _write(
    connection: AsyncConnection, placement: Placement, decision: Decision, emails: Sequence[str]
) -> Pending:
    table, details = decision.details or (None, {})
    if table is not None:
        details = {"account_id": placement.account_id, "order_id": placement.order_id, **details}
    row: dict[str, Any] = {
        "account_id": placement.account_id,
        "id": placement.order_id,
        "kind": placement.kind,
        "status": OrderStatus.SUBMITTED,
        "subject": placement.what.subject,
        "provider_id": decision.provider_id,
        "distributor_id": decision.distributor_id,
        "placed_by": placement.user_id,
        "origin_id": placement.origin_id,
        "note_id": placement.note_id,
        "what": placement.what.model_dump(mode="json"),
    }
    known = {
        "order": placement.order_id,
        **{f"order_{name}": value for name, value in row.items()},
        **{f"details_{name}": value for name, value in details.items()},
        **follow_ups.left([*decision.follow_ups, *((follow_ups.EMAIL, name) for name in emails)]),
        **event_parts.happened(
            placement.account_id,
            references(placement.order_id, placement.what.subject),
            _by(placement),
            [_noted(placement, ("order.submitted", decision.happened)), *decision.happenings],
        ),
    }
    written = await connection.execute(_insert(tuple(row), table, tuple(details)), known)
    return Pending.read(written.scalar_one())


async def _refused(
    connection: AsyncConnection, placement: Placement, reasons: Sequence[Refusal]
) -> Acceptance:
    by = await origins.verified(connection, _by(placement))
    await events.append(
        connection,
        placement.account_id,
        references(placement.order_id, placement.what.subject),
        by.actor,
        _noted(placement, refused.happening(placement, tuple(reasons))),
        origin_id=by.origin_id,
    )
    return Acceptance.refused(placement, *reasons)


def _by(placement: Placement) -> By:
    return By(f"user:{placement.user_id}", placement.origin_id)


def _noted(placement: Placement, happened: Happening) -> Happening:
    name, data = happened
    return (name, {**data, "note": placement.note_id}) if placement.note_id else happened
