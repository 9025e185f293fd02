"""Add an eSIM line, add a plan to one, replace its eSIM: what these do to lines, plans and the stock.

The eSIM is reserved for the order in stock (`stock.py`); here it becomes the temporary one of its line, then
the active one. The lock sequence is that of `store.locks`: eSIM line, order, profile, SIMs, subscriber.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refusal
from models.orders.placement import Placement, mark_of
from models.travel.kinds import AddLine, AddPlan, ReplaceLineEsim
from models.travel.line_views import LinePreview
from models.travel.order_views import TravelOrderDetails
from models.travel.rules import add_line_refusals, add_plan_refusals, replace_refusals
from store.codes import discard
from store.events import Happening
from store.orders.effects import Decision, Details, Effect
from store.orders.locked_order import LockedOrder
from store.orders.swaps import LOOK_AT_REQUEST
from store.travel import facts, line_previews, order_rows, stock
from store.travel.line_tables import TravelOrderRow


class _Travel:
    """What all three kinds have in common: what is read of them."""

    details = Details(order_rows.DETAILS, TravelOrderDetails)


class _FromStock(_Travel):
    """What both kinds with an eSIM from stock have in common."""

    async def undo(self, connection: AsyncConnection, order: LockedOrder) -> Effect:
        """The eSIM is in stock again, for the order that waits longest, which a follow-up wakes. One whose
        code was revealed to anybody is discarded.
        """
        found = await order_rows.read(connection, order.id)
        await stock.lock_profile(connection, order.account_id, found.profile)
        sim_id = await order_rows.put_back(connection, order.id)
        happenings: list[Happening] = [] if sim_id is None else [("stock.returned", {"sim": sim_id})]
        follow_ups: list[tuple[str, str]] = []
        revealed = await order_rows.lock_revealed(connection, order.id)
        if revealed is not None:
            _, ended = await discard.discard(connection, revealed.id)
            happenings = [("sim.discarded", {"sim": revealed.id, "iccid": revealed.iccid})]
            follow_ups += [(LOOK_AT_REQUEST, ended)] if ended else []
        settled = await stock.release(connection, order.id, order.account_id, found.profile)
        follow_ups += [(stock.STOCK_ARRIVED, order_id) for order_id in settled.served]
        follow_ups += [(stock.ALERT_STAFF, notice_id) for notice_id in settled.alerts]
        return Effect(happenings, follow_ups=follow_ups)


class AddedLines(_FromStock):
    """Changes the inventory for orders that give a subscriber an eSIM line (T7 to T10)."""

    async def decide(self, connection: AsyncConnection, placement: Placement) -> Decision:
        """Refused with every reason (T2, T18 to T20, T27). The subscriber is locked while their complimentary
        eSIMs are counted.
        """
        what = placement.what
        assert isinstance(what, AddLine)  # noqa: S101  the kind of this class
        account_id = placement.account_id
        subscriber = await facts.subscriber(
            connection, account_id, what.subscriber_id, lock=what.complimentary
        )
        if subscriber is None:
            return Decision([Refusal.of("unknown_subscriber")])
        plan = await facts.plan(connection, account_id, what.plan_id)
        if plan is None:
            return Decision([Refusal.of("unknown_travel_plan")])
        reasons = add_line_refusals(
            subscriber, plan.facts, what.destinations, complimentary=what.complimentary
        )
        reasons = reasons or await _as_shown(placement, lambda: line_previews.of_line(connection, what))
        if reasons:
            return Decision(reasons)
        details = {
            "subscriber_id": what.subscriber_id,
            "plan_id": what.plan_id,
            "profile": plan.facts.profile,
            "line_name": plan.line_name(what.destinations),
            "destinations": list(what.destinations),
            "complimentary": what.complimentary,
            "terms": plan.terms(complimentary=what.complimentary),
        }
        happened = {"subscriber": what.subscriber_id, "plan": what.plan_id}
        return Decision(details=(TravelOrderRow, details), happened=happened)

    async def begin(
        self, connection: AsyncConnection, order: LockedOrder, iccid: str | None
    ) -> Effect | Refusal:
        """The line is there, with the reserved eSIM as its temporary one."""
        esim = await order_rows.lock_reserved(connection, order.id)
        refusal = _unusable(esim, iccid)
        if refusal or esim is None:
            return refusal or _changed()
        line_id = await order_rows.add_line(connection, order.id)
        return await _temporary(connection, order, esim, f"esim_line:{line_id}")

    async def finish(
        self, connection: AsyncConnection, order: LockedOrder, iccid: str | None
    ) -> Effect | Refusal:
        """The eSIM is active, its plan assigned, and the e-mail with its code recorded."""
        found = await order_rows.read(connection, order.id)
        esim = await order_rows.lock_temporary(connection, order.id)
        if esim is None or iccid not in (None, esim.iccid):
            return _changed()
        await order_rows.activate(connection, esim.id)
        assignment_id = await order_rows.assign(connection, order.id)
        await order_rows.notify(connection, order, esim.id)
        line = {"esim_line": found.esim_line_id}
        happenings: list[Happening] = [
            ("esim_line.added", {**line, "subscriber": found.subscriber_id, "sim": esim.id}),
            ("esim.activated", {"sim": esim.id, "iccid": esim.iccid}),
            ("plan.assigned", {**line, "plan": found.plan_id, "assignment": assignment_id}),
        ]
        return Effect(happenings, iccid=esim.iccid)


class AddedPlans(_Travel):
    """Changes the inventory for orders that add a plan to an eSIM line: its eSIM stays (T6, T14)."""

    async def decide(self, connection: AsyncConnection, placement: Placement) -> Decision:
        """Refused with every reason (T16, T24, T27)."""
        what = placement.what
        assert isinstance(what, AddPlan)  # noqa: S101  the kind of this class
        line = await facts.esim_line(connection, placement.account_id, what.esim_line_id)
        if line is None:
            return Decision([Refusal.of("unknown_esim_line")])
        plan = await facts.plan(connection, placement.account_id, what.plan_id)
        if plan is None:
            return Decision([Refusal.of("unknown_travel_plan")])
        reasons = add_plan_refusals(line.facts, plan.facts)
        reasons = reasons or await _as_shown(placement, lambda: line_previews.of_plan(connection, what))
        if reasons:
            return Decision(reasons)
        details = {
            "subscriber_id": line.subscriber_id,
            "esim_line_id": line.id,
            "plan_id": what.plan_id,
            "profile": line.facts.profile,
            "line_name": line.name,
            "terms": plan.terms(complimentary=False),
        }
        return Decision(details=(TravelOrderRow, details), happened={"plan": what.plan_id})

    async def begin(
        self, connection: AsyncConnection, order: LockedOrder, iccid: str | None
    ) -> Effect | Refusal:
        """Nothing happens: the eSIM is on the line already."""
        return Effect()

    async def finish(
        self, connection: AsyncConnection, order: LockedOrder, iccid: str | None
    ) -> Effect | Refusal:
        """The plan is assigned, behind those that the line has. Without an eSIM, or with one that is in stock
        again, the line gets none.
        """
        found = await order_rows.read(connection, order.id)
        line = await facts.esim_line(connection, order.account_id, found.esim_line_id)
        if line is None or not line.facts.has_esim:
            return Refusal.of("line_without_esim")
        assignment_id = await order_rows.assign(connection, order.id)
        happened = {"esim_line": line.id, "plan": found.plan_id, "assignment": assignment_id}
        return Effect([("plan.assigned", happened)])

    async def undo(self, connection: AsyncConnection, order: LockedOrder) -> Effect:
        """Nothing was done yet."""
        return Effect()


class ReplacedEsims(_FromStock):
    """Changes the inventory for orders that replace the eSIM of a line; its plans stay on the line (T34)."""

    async def decide(self, connection: AsyncConnection, placement: Placement) -> Decision:
        """Refused with every reason (T24, T34)."""
        what = placement.what
        assert isinstance(what, ReplaceLineEsim)  # noqa: S101  the kind of this class
        line = await facts.esim_line(connection, placement.account_id, what.esim_line_id)
        if line is None:
            return Decision([Refusal.of("unknown_esim_line")])
        reasons = replace_refusals(line.facts)
        if reasons:
            return Decision(reasons)
        details = {
            "subscriber_id": line.subscriber_id,
            "esim_line_id": line.id,
            "profile": line.facts.profile,
            "line_name": line.name,
            "reason": what.reason.value,
            "replaced_sim_id": line.sim_id,
        }
        return Decision(details=(TravelOrderRow, details), happened={"reason": what.reason.value})

    async def begin(
        self, connection: AsyncConnection, order: LockedOrder, iccid: str | None
    ) -> Effect | Refusal:
        """The reserved eSIM is the temporary one of the line."""
        esim = await order_rows.lock_reserved(connection, order.id)
        refusal = _unusable(esim, iccid)
        if refusal or esim is None:
            return refusal or _changed()
        return await _temporary(connection, order, esim, str(order.subject))

    async def finish(
        self, connection: AsyncConnection, order: LockedOrder, iccid: str | None
    ) -> Effect | Refusal:
        """The old eSIM, if it was not withdrawn before, is discarded with everything that leads to its code;
        the new one is in its place, also where the line is suspended, and the e-mail with its code is
        recorded.
        """
        found = await order_rows.read(connection, order.id)
        esims = await order_rows.lock_esims(connection, str(order.subject))
        old, new = esims.in_place, esims.temporary
        replaced = None if old is None else old.id
        if new is None or replaced != found.replaced_sim_id or iccid not in (None, new.iccid):
            return _changed()
        happenings: list[Happening] = []
        follow_ups: list[tuple[str, str]] = []
        if old is not None:
            _, ended = await discard.discard(connection, old.id)
            happenings.append(("sim.discarded", {"sim": old.id, "iccid": old.iccid}))
            follow_ups += [(LOOK_AT_REQUEST, ended)] if ended else []
        await order_rows.activate(connection, new.id)
        await order_rows.renew_line(connection, order.id)
        await order_rows.notify(connection, order, new.id)
        happenings.append(("esim.activated", {"sim": new.id, "iccid": new.iccid}))
        return Effect(happenings, iccid=new.iccid, follow_ups=follow_ups)


async def _as_shown(placement: Placement, preview: Callable[[], Awaitable[LinePreview]]) -> list[Refusal]:
    """Why the order is not what its confirmation said (T39). `preview` reads what it is now."""
    if placement.shown is None or placement.shown == mark_of((await preview()).shown):
        return []
    return [Refusal.of("offer_changed")]


async def _temporary(connection: AsyncConnection, order: LockedOrder, esim: Any, holder: str) -> Effect:
    await order_rows.make_temporary(connection, order.id, esim.id, holder)
    happened = ("esim.temporary_created", {"sim": esim.id, "iccid": esim.iccid})
    return Effect([happened], iccid=esim.iccid, esim_id=esim.id)


def _unusable(esim: Any, iccid: str | None) -> Refusal | None:
    """Why the eSIM in stock cannot be taken for the order now."""
    if esim is None or not esim.not_ended:
        return Refusal.of("no_esim_reserved")
    return _changed() if iccid not in (None, esim.iccid) else None


def _changed() -> Refusal:
    return Refusal.of("esim_line_changed")
