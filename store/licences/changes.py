"""Changes of a number: applied in one transaction with all that ends, and recorded so that a repeat finds it.

A change locks the number, so it never runs beside a step of the number's order. Where the eSIM ends, the open
order is cancelled, the eSIM is stopped with its QR code and links, and the licence is free, at the same
moment (L13, L15, L22 to L25, L38, L39). Nothing is assigned afterwards (L16).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refusal
from models.fleet.inventory import SimState
from models.licences.changes import ChangeResult, NumberChange
from models.licences.numbers import Change, Notice
from models.licences.rules import NumberFacts, agent_refusals, change_refusals
from models.orders.lifecycle import OPEN
from models.people.callers import By, Permission
from store import events
from store.codes.discard import ended_by_discard
from store.events import Happening
from store.licences import change_rows, esims, facts
from store.licences.change_plans import Plan, plan_of
from store.licences.tables import AgentRow, LicenceRow, NumberChangeRow, NumberRow
from store.locks import lock_subject
from store.orders import follow_ups, notes, steps
from store.orders.follow_ups import Emails
from store.orders.tables import OrderRow
from store.people.actors import actor_refusal
from store.row import now

EmailsOf = Callable[[str], Emails]
"""The e-mails to people of this kind of order."""
_SYSTEM = By("system")
"""Who cancels the order of a changed number: the change decides that, whatever its caller may cancel."""
_OPEN_ORDER = (
    select(OrderRow.id, OrderRow.kind)
    .where(OrderRow.subject == bindparam("subject"), OrderRow.status.in_(sorted(OPEN)))
    .with_for_update(key_share=True)
)
_LOCK_LICENCE = (
    select(LicenceRow.id).where(LicenceRow.number_id == bindparam("number")).with_for_update(key_share=True)
)
# FOR SHARE: the agent is not deactivated before this change is visible
_LOCK_AGENT = (
    select(AgentRow.deactivated_at)
    .where(AgentRow.id == bindparam("agent"), AgentRow.account_id == bindparam("account"))
    .with_for_update(read=True)
)
# two deleted numbers of one phone number are not recovered at once; an import of it locks both
_LOCK_MSISDN = select(func.pg_advisory_xact_lock(func.hashtextextended(NumberRow.msisdn, 0))).where(
    NumberRow.id == bindparam("number")
)
_CHANGE_NUMBER = update(NumberRow).where(NumberRow.id == bindparam("number"))
_WRITE = insert(NumberChangeRow)
_WRITE_AGAIN = _WRITE.on_conflict_do_update(
    index_elements=[NumberChangeRow.id],
    set_={
        name: _WRITE.excluded[name]
        for name in ("applied_at", "changed", "cancelled_order_id", "sim_id", "notice")
    },
)


@dataclass(frozen=True)
class _Outcome:
    """What a change has ended or changed besides the number itself."""

    order_id: str | None = None
    request_id: str | None = None
    sim_id: int | None = None
    notice: Notice | None = None
    happenings: tuple[Happening, ...] = ()


async def apply(
    connection: AsyncConnection, change: NumberChange, kept: timedelta, emails: EmailsOf
) -> ChangeResult:
    """Apply the change, or refuse it with every reason; a refused one leaves its key free. A repeat returns
    what was recorded. `kept`: how long a deleted number can be recovered.
    """
    subject = f"number:{change.number_id}"
    if not await lock_subject(connection, change.account_id, subject):
        return _refused(change, Refusal.of("unknown_number"))
    recorded = await change_rows.find(connection, change.change_id)
    if recorded and not recorded.same_as(change):
        return _refused(change, Refusal.of("key_used_for_change"))
    if recorded and recorded.applied:
        return await _repeated(connection, recorded)
    if recorded and recorded.due_in > timedelta():
        return _result(change).model_copy(update={"due_in": recorded.due_in})
    order, agent = await _lock(connection, change, subject)
    number = await facts.number(connection, change.account_id, change.number_id, kept)
    if recorded:
        over = await _licence_over(connection, change, number.licence_id)
        plan = plan_of(change, facts.read(number), number.licence_id) if over else None
    else:
        refusals = await _refusals(connection, change, facts.read(number), agent)
        if refusals:
            return _refused(change, *refusals)
        plan = plan_of(change, facts.read(number), number.licence_id)
        if plan and (meant_for_another := agent_refusals(facts.read(number), change.shown)):
            return _refused(change, *meant_for_another)
    by = recorded.by if recorded else By(change.actor, change.origin_id)
    outcome = await _done(connection, change, by, plan, number, order, emails) if plan else _Outcome()
    await _record(connection, change, outcome, changed=plan is not None)
    return _result(
        change,
        origin_id=by.origin_id,
        changed=plan is not None,
        cancelled_order=outcome.order_id,
        ended_request=outcome.request_id,
        sim_id=outcome.sim_id,
        notice=outcome.notice,
    )


async def _lock(connection: AsyncConnection, change: NumberChange, subject: str) -> tuple[Any, Any]:
    """Lock all that the change may end, after the number and in the sequence of `store.locks`: the open
    order, the licence, the eSIMs, and the new agent. Returns the order and the agent, if there are any.
    """
    if change.change is Change.RECOVER:
        await connection.execute(_LOCK_MSISDN, {"number": change.number_id})
    order = (await connection.execute(_OPEN_ORDER, {"subject": subject})).one_or_none()
    await connection.execute(_LOCK_LICENCE, {"number": change.number_id})
    await esims.lock(connection, subject)
    if change.agent_id is None:
        return order, None
    which = {"agent": change.agent_id, "account": change.account_id}
    return order, (await connection.execute(_LOCK_AGENT, which)).one_or_none()


async def _refusals(
    connection: AsyncConnection, change: NumberChange, number: NumberFacts, agent: Any
) -> list[Refusal]:
    """Every reason why not: the actor, the number, the agent and the note."""
    not_allowed = await actor_refusal(
        connection,
        change.actor,
        change.account_id,
        permission=Permission.MANAGE_NUMBERS,
        origin_id=change.origin_id,
    )
    if not_allowed:
        return [not_allowed]
    found = change_refusals(change.change, number, reason=change.note_id is not None)
    if change.change is Change.CHANGE_USER and change.agent_id is not None:
        if agent is None:
            found.append(Refusal.of("unknown_agent"))
        elif agent.deactivated_at is not None:
            found.append(Refusal.of("agent_deactivated"))
    note = await notes.note_refusal(connection, change.account_id, change.change_id, change.note_id)
    return [*found, note] if note else found


async def _licence_over(connection: AsyncConnection, change: NumberChange, licence_id: int | None) -> bool:
    """Whether the number still uses a licence whose paid period has ended; one that was bought again is not
    over (L32, L33).
    """
    if licence_id is None:
        return False
    licence = await facts.licence(connection, change.account_id, licence_id)
    return licence is not None and licence.over


async def _done(  # noqa: PLR0917  as many as there are
    connection: AsyncConnection,
    change: NumberChange,
    by: By,
    plan: Plan,
    number: Any,
    order: Any,
    emails: EmailsOf,
) -> _Outcome:
    """Do what the plan says, and append the events."""
    if plan.ends:
        outcome = await _end(connection, plan, number, order, emails)
    else:
        outcome = await _move(connection, plan, number)
    if plan.values:
        await connection.execute(_CHANGE_NUMBER.values(**plan.values), {"number": change.number_id})
    about = (f"number:{change.number_id}", change.change_id)
    each = [(about, (plan.event, plan.data)), *((about, happened) for happened in outcome.happenings)]
    await events.append_each(connection, change.account_id, by.actor, each, origin_id=by.origin_id)
    return outcome


async def _end(
    connection: AsyncConnection, plan: Plan, number: Any, order: Any, emails: EmailsOf
) -> _Outcome:
    """Cancel the open order, stop the eSIM, and free the licence, unless it is kept for a replacement."""
    if order is not None:
        leaves = [(follow_ups.WITHDRAWAL, "")]
        await steps.cancel(connection, order.id, _SYSTEM, emails=emails(order.kind), leaves=leaves)
    happenings: list[Happening] = []
    request_id = None
    if number.sim_id is not None:
        iccid, request_id = await esims.stop(connection, number.sim_id, f"number:{number.number_id}")
        happenings.append(("sim.discarded", {"sim": number.sim_id, "iccid": iccid}))
    if number.licence_id is not None and not plan.keeps_licence:
        await esims.free_licence(connection, number.number_id)
        happenings.append(("licence.freed", {"licence": number.licence_id}))
    return _Outcome(
        order.id if order else None,
        request_id,
        number.sim_id,
        Notice.STOP if number.sim_id is not None else None,
        tuple(happenings),
    )


async def _move(connection: AsyncConnection, plan: Plan, number: Any) -> _Outcome:
    """Suspend or resume the eSIM, where the plan says so and there is one."""
    if plan.moves is None or number.sim_id is None:
        return _Outcome()
    before, after, notice = plan.moves
    if not await esims.set_state(connection, number.sim_id, before, after):
        return _Outcome()
    event = "esim.suspended" if after is SimState.SUSPENDED else "esim.resumed"
    return _Outcome(sim_id=number.sim_id, notice=notice, happenings=((event, {"sim": number.sim_id}),))


async def _record(
    connection: AsyncConnection, change: NumberChange, outcome: _Outcome, *, changed: bool
) -> None:
    values = {
        "id": change.change_id,
        "account_id": change.account_id,
        "number_id": change.number_id,
        "change": change.change,
        "agent_id": change.agent_id,
        "note_id": change.note_id,
        "actor": change.actor,
        "origin_id": change.origin_id,
        "changed": changed,
        "cancelled_order_id": outcome.order_id,
        "sim_id": outcome.sim_id,
        "notice": outcome.notice,
    }
    await connection.execute(_WRITE_AGAIN.values(applied_at=now()), values)


async def _repeated(connection: AsyncConnection, recorded: change_rows.Recorded) -> ChangeResult:
    stopped = recorded.result.esim_stopped and recorded.result.sim_id is not None
    ended = await ended_by_discard(connection, recorded.result.sim_id or 0) if stopped else None
    return recorded.result.model_copy(update={"ended_request": ended})


def _result(change: NumberChange, **known: Any) -> ChangeResult:
    return ChangeResult(change_id=change.change_id, number_id=change.number_id, change=change.change, **known)


def _refused(change: NumberChange, *refusals: Refusal) -> ChangeResult:
    return _result(change, refusals=refusals)
