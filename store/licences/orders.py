"""Assign a licence, and replace the eSIM of a number: what they do to numbers, licences and eSIMs.

A licence is in use from the moment that the order is accepted: of two orders for it one is refused (L19,
L28). The lock sequence is that of `store.locks`: number, order, licence, SIMs.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from models.errors import Refusal
from models.licences.kinds import AssignLicence, OfNumber, ReplaceLicenceEsim
from models.licences.order_views import LicenceOrderDetails
from models.licences.rules import agent_refusals, assign_refusals, replace_refusals
from models.orders.ordered import Shown
from models.orders.placement import Placement
from store.events import Happening
from store.fleet.tables import SimRow
from store.licences import esims, facts, order_sims, stops
from store.licences.tables import LicenceOrderRow, LicenceRow, NumberRow
from store.licences.waiting import CONTINUE_WAITING, REQUEST_CODE
from store.orders.effects import Decision, Details, Effect
from store.orders.locked_order import LockedOrder
from store.orders.swaps import LOOK_AT_REQUEST
from store.people.tables import DistributorRow, ProviderRow

_ASKED = (
    facts.NUMBER_FACTS.add_columns(
        NumberRow.provider_id,
        ProviderRow.name.label("provider"),
        NumberRow.distributor_id,
        DistributorRow.name.label("distributor"),
    )
    .join(ProviderRow, ProviderRow.id == NumberRow.provider_id)
    .join(DistributorRow, DistributorRow.id == NumberRow.distributor_id)
)
_TAKE = (
    update(LicenceRow)
    .where(LicenceRow.id == bindparam("licence"), LicenceRow.number_id.is_(None))
    .values(number_id=bindparam("number"))
    .returning(LicenceRow.id)
)
_replaced = aliased(SimRow)
_DETAILS = (
    select(
        LicenceOrderRow.order_id,
        LicenceOrderRow.number_id,
        NumberRow.msisdn,
        LicenceOrderRow.licence_id,
        LicenceRow.add_on,
        LicenceOrderRow.agent_id,
        LicenceOrderRow.reason,
        LicenceOrderRow.replaced_sim_id,
        _replaced.iccid.label("replaced_iccid"),
    )
    .join(NumberRow, NumberRow.id == LicenceOrderRow.number_id)
    .join(LicenceRow, LicenceRow.id == LicenceOrderRow.licence_id)
    .outerjoin(_replaced, _replaced.id == LicenceOrderRow.replaced_sim_id)
)
_ANY_TIME = timedelta()
"""For how long a deleted number is kept does not matter to orders: it can have none."""


@dataclass(frozen=True)
class _Done:
    """What a step did besides, such as stop an eSIM, and what it leaves to be done."""

    happenings: list[Happening] = field(default_factory=list)
    follow_ups: list[tuple[str, str]] = field(default_factory=list)


class _Licensed:
    """What both kinds have in common: the temporary eSIM, and what is read of the order."""

    details = Details(_DETAILS, LicenceOrderDetails)

    async def begin(
        self, connection: AsyncConnection, order: LockedOrder, iccid: str | None
    ) -> Effect | Refusal:
        """Create the temporary eSIM of the number. The acknowledgement may carry the ICCID."""
        found = await order_sims.lock(connection, order, iccid)
        if taken := found.taken(iccid):
            return taken
        esim_id = await order_sims.create_temporary(connection, order, iccid)
        happenings: list[Happening] = [("esim.temporary_created", {"sim": esim_id})]
        if iccid:
            happenings.append(("esim.iccid_entered", {"sim": esim_id, "iccid": iccid}))
        return Effect(happenings, iccid=iccid, esim_id=esim_id)

    async def enter_iccid(
        self, connection: AsyncConnection, order: LockedOrder, iccid: str
    ) -> Effect | Refusal:
        """It can be entered and corrected until the order is processed."""
        found = await order_sims.lock(connection, order, iccid)
        if found.temporary_id is None:
            return _changed()
        if taken := found.taken(iccid):
            return taken
        await order_sims.enter(connection, found.temporary_id, iccid)
        return Effect([("esim.iccid_entered", {"sim": found.temporary_id, "iccid": iccid})], iccid=iccid)

    async def finish(
        self, connection: AsyncConnection, order: LockedOrder, iccid: str | None
    ) -> Effect | Refusal:
        """The eSIM is active, one that it replaces stops, and the agent gets its QR code (L8, L9, L29)."""
        found = await order_sims.lock(connection, order, iccid)
        if found.temporary_id is None or found.changed:
            return _changed()
        known = iccid or found.temporary_iccid
        if known is None:
            return Refusal.of("iccid_unknown")
        if taken := found.taken(known):
            return taken
        happenings: list[Happening] = []
        follow_ups = [(REQUEST_CODE, order.id)]
        if found.in_place_id is not None:
            stopped = await _stop(connection, found.in_place_id, f"number:{found.number_id}")
            happenings += stopped.happenings
            follow_ups += stopped.follow_ups
        await order_sims.activate(connection, found.temporary_id, known)
        happenings.append(("esim.activated", {"sim": found.temporary_id, "iccid": known}))
        return Effect(happenings, iccid=known, follow_ups=follow_ups)


class Assignments(_Licensed):
    """Changes the inventory for orders that assign a licence to a number (L4 to L9)."""

    async def decide(self, connection: AsyncConnection, placement: Placement) -> Decision:
        """Refused with every reason (L5, L6, L12, L19, L20, L39), else the licence is in use from now on. One
        that was given back ends with its paid period, whether the order is processed by then or not (L32).
        """
        what = placement.what
        assert isinstance(what, AssignLicence)  # noqa: S101  the kind of this class
        row = await _number(connection, placement.account_id, what)
        if row is None:
            return Decision([Refusal.of("unknown_number")])
        licence = await facts.licence(
            connection, placement.account_id, what.licence_id, lock=True, of_number=what.number_id
        )
        if licence is None:
            return Decision([Refusal.of("unknown_licence")])
        number = facts.read(row)
        reasons = agent_refusals(number, placement.shown) or assign_refusals(
            number, licence, phone_confirmed=what.phone_confirmed
        )
        if reasons:
            return Decision(reasons)
        # a number whose eSIM was stopped for a replacement that did not follow has kept its licence
        await esims.free_licence(connection, what.number_id)
        await connection.execute(_TAKE, {"licence": what.licence_id, "number": what.number_id})
        ends = _Done()
        if licence.usable_until is not None:
            due_on = licence.usable_until + timedelta(days=1)
            ends.follow_ups.append(await stops.record_end(connection, placement, what.number_id, due_on))
        return _accepted(row, what.licence_id, {}, ends)

    async def undo(self, connection: AsyncConnection, order: LockedOrder) -> Effect:
        """The temporary eSIM is deleted, and the licence is free again."""
        details = await order_sims.details(connection, order)
        await esims.free_licence(connection, details.number_id)
        return await _deleted(connection, order)


class Replacements(_Licensed):
    """Changes the inventory for orders that replace the eSIM of a number; its licence stays (L29, L30)."""

    async def decide(self, connection: AsyncConnection, placement: Placement) -> Decision:
        """Refused with every reason (L29, L30, L39). The eSIM of a lost or stolen phone stops here, in the
        transaction that accepts the order, and a follow-up notifies the provider.
        """
        what = placement.what
        assert isinstance(what, ReplaceLicenceEsim)  # noqa: S101  the kind of this class
        row = await _number(connection, placement.account_id, what)
        if row is None:
            return Decision([Refusal.of("unknown_number")])
        number, licensed = facts.read(row), row.licence_id is not None
        reasons = agent_refusals(number, placement.shown) or replace_refusals(
            number, what.reason, phone_confirmed=what.phone_confirmed, licensed=licensed
        )
        if reasons:
            return Decision(reasons)
        stopped = await _stop_at_once(connection, placement, what, row)
        replaced = row.sim_id or await stops.last_stopped(connection, what.number_id)
        kept = {"replaced_sim_id": replaced, "reason": what.reason.value}
        return _accepted(row, row.licence_id, kept, stopped)

    async def undo(self, connection: AsyncConnection, order: LockedOrder) -> Effect:
        """The temporary eSIM is deleted. The number keeps the eSIM that it has; where that has stopped, its
        licence is free again.
        """
        details = await order_sims.details(connection, order)
        if details.reason is not None and details.reason.stops_at_once:
            await esims.free_licence(connection, details.number_id)
        return await _deleted(connection, order)


async def _number(connection: AsyncConnection, account_id: int, what: OfNumber) -> Any:
    known = {"number": what.number_id, "account": account_id, "kept": _ANY_TIME}
    return (await connection.execute(_ASKED, known)).one_or_none()


def _accepted(row: Any, licence_id: int, more: dict[str, Any], also: _Done | None = None) -> Decision:
    ids = {"number_id": row.number_id, "licence_id": licence_id, "agent_id": row.agent_id}
    done = also or _Done()
    return Decision(
        provider_id=row.provider_id,
        distributor_id=row.distributor_id,
        shown=Shown(provider=row.provider, distributor=row.distributor),
        details=(LicenceOrderRow, {**ids, **more}),
        happened={"licence": licence_id, "agent": row.agent_id},
        happenings=done.happenings,
        follow_ups=done.follow_ups,
    )


async def _stop_at_once(
    connection: AsyncConnection, placement: Placement, what: ReplaceLicenceEsim, row: Any
) -> _Done:
    if not what.reason.stops_at_once or row.sim_id is None:
        return _Done()
    await esims.lock(connection, what.subject)
    done = await _stop(connection, row.sim_id, what.subject)
    done.follow_ups.append(await stops.record_stopped(connection, placement, what.number_id, row.sim_id))
    return done


async def _stop(connection: AsyncConnection, sim_id: int, subject: str) -> _Done:
    iccid, ended = await esims.stop(connection, sim_id, subject)
    stopped = _Done([("sim.discarded", {"sim": sim_id, "iccid": iccid})], [(CONTINUE_WAITING, str(sim_id))])
    if ended:
        stopped.follow_ups.append((LOOK_AT_REQUEST, ended))
    return stopped


async def _deleted(connection: AsyncConnection, order: LockedOrder) -> Effect:
    deleted = await order_sims.drop(connection, order)
    return Effect([("esim.temporary_deleted", deleted)] if deleted else ())


def _changed() -> Refusal:
    return Refusal.of("number_changed")
