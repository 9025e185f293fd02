"""The inventory in memory, with the rules of `models`: what order workflows move when they are tested alone.

Every change is checked against what must hold at every moment, whatever is called in whatever order.
"""

import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from models.errors import Refusal
from models.fleet.inventory import SimKind, SimState
from models.identifiers import iccid_warning
from models.orders.kinds import Swap
from models.orders.lifecycle import TRANSITIONS, OrderStatus, advance
from models.orders.placement import Acceptance, FollowUp, OrderState, Placement, StepResult
from models.orders.rules import TARGETS, Facts, refusals
from tests.workflows.troubles import Troubles
from workflows.orders.messages import (
    AcknowledgeInput,
    CancelInput,
    EnterIccidInput,
    FollowUpInput,
    ProcessedInput,
)
from workflows.orders.steps import FollowUpSteps, OrderSteps

PACK = 4


@dataclass
class FakeSim:
    id: int
    kind: SimKind
    state: SimState
    line_id: int | None
    iccid: str | None


@dataclass
class FakeOrder:
    placement: Placement
    status: OrderStatus
    in_place: FakeSim
    esim: FakeSim | None = None
    follow_ups: tuple[FollowUp, ...] = ()
    events: list[str] = field(default_factory=list)
    incidents: set[str] = field(default_factory=set)
    actors: list[str] = field(default_factory=list)
    notes: list[int] = field(default_factory=list)
    ends_request: str | None = None
    """The request for the QR code of the SIM in place, which ends when that is discarded."""


async def _nobody(_: str) -> None:
    """There is no workflow to signal."""


def swap(placement: Placement) -> Swap:
    """What an order of this inventory asks for."""
    assert isinstance(placement.what, Swap)
    return placement.what


class FakeInventory(OrderSteps, FollowUpSteps):
    def __init__(self, troubles: Troubles) -> None:
        self.troubles = troubles
        self.sims: dict[int, FakeSim] = {}
        self.orders: dict[str, FakeOrder] = {}
        self.broken: list[str] = []
        self.emails: tuple[str, ...] = ("people",)
        """What an order that has ended sends."""
        self.signal: Callable[[str], Awaitable[None]] = _nobody
        self._ids = itertools.count(1)

    def add_line(self, line_id: int, kind: SimKind = SimKind.PHYSICAL) -> FakeSim:
        sim = FakeSim(next(self._ids), kind, SimState.ACTIVE, line_id, f"8933{line_id:014d}0")
        self.sims[sim.id] = sim
        return sim

    def on_line(self, line_id: int, state: SimState) -> list[FakeSim]:
        return [sim for sim in self.sims.values() if sim.line_id == line_id and sim.state is state]

    # --- the steps --------------------------------------------------------------------------------------

    async def accept_order(self, placement: Placement) -> Acceptance:
        async with self.troubles.around("accept_order"):
            wish = placement
            known = self.orders.get(wish.order_id)
            if known is None:
                active = self.on_line(swap(wish).line_id, SimState.ACTIVE)
                if not active:
                    unknown = Refusal.of("unknown_line")
                    return self._acceptance(wish, OrderStatus.REFUSED, (unknown,))
                found = tuple(refusals(swap(wish).action, self._facts(wish, active[0]), swap(wish).choice))
                if found:
                    return self._acceptance(wish, OrderStatus.REFUSED, found)
                known = FakeOrder(wish, OrderStatus.SUBMITTED, active[0], events=["order.submitted"])
                self.orders[wish.order_id] = known
            return self._acceptance(known.placement, known.status, ())

    async def acknowledge_order(self, call: AcknowledgeInput) -> StepResult:
        async with self.troubles.around("acknowledge_order"):
            order = self.orders[call.order_id]
            if order.status in (OrderStatus.PROVIDER_PROCESSING, OrderStatus.PROCESSED):
                return self._result(order)
            refusal = advance(order.status, OrderStatus.PROVIDER_PROCESSING) or self._taken(order, call.iccid)
            if refusal:
                return self._result(order, refusal)
            line = swap(order.placement).line_id
            order.esim = FakeSim(next(self._ids), SimKind.ESIM, SimState.TEMPORARY, line, call.iccid)
            self.sims[order.esim.id] = order.esim
            return self._moved(order, OrderStatus.PROVIDER_PROCESSING, call.actor)

    async def enter_iccid(self, call: EnterIccidInput) -> StepResult:
        async with self.troubles.around("enter_iccid"):
            order = self.orders[call.order_id]
            refusal = self._taken(order, call.iccid)
            if order.status is not OrderStatus.PROVIDER_PROCESSING:
                refusal = advance(order.status, OrderStatus.PROCESSED)
            if refusal or order.esim is None:
                return self._result(order, refusal)
            order.esim.iccid = call.iccid
            return self._result(order)

    async def complete_order(self, call: ProcessedInput) -> StepResult:
        async with self.troubles.around("complete_order"):
            order = self.orders[call.order_id]
            if order.status is OrderStatus.PROCESSED:
                return self._result(order)
            refusal = advance(order.status, OrderStatus.PROCESSED)
            if order.status is OrderStatus.CANCELLED:
                order.incidents.add(call.request)
            if refusal or order.esim is None:
                return self._result(order, refusal)
            iccid = call.iccid or order.esim.iccid
            if iccid is None:
                return self._result(order, Refusal.of("iccid_unknown"))
            if taken := self._taken(order, iccid):
                return self._result(order, taken)
            order.in_place.state, order.in_place.line_id = SimState.DISCARDED, None
            order.esim.state, order.esim.iccid = SimState.ACTIVE, iccid
            order.follow_ups += (FollowUp(id=7, kind="look_at_request"),) if order.ends_request else ()
            return self._moved(order, OrderStatus.PROCESSED, call.actor)

    async def cancel_order(self, call: CancelInput) -> StepResult:
        async with self.troubles.around("cancel_order"):
            order = self.orders[call.order_id]
            if order.status is OrderStatus.CANCELLED:
                return self._result(order)
            if refusal := advance(order.status, OrderStatus.CANCELLED):
                return self._result(order, refusal)
            order.notes += [call.note_id] if call.note_id else []
            if order.esim is not None:
                del self.sims[order.esim.id]
                order.esim = None
            return self._moved(order, OrderStatus.CANCELLED, call.actor)

    async def follow_up(self, due: FollowUpInput) -> None:
        async with self.troubles.around("follow_up"):
            for order in self.orders.values():
                if due.follow_up_id in {it.id for it in order.follow_ups}:
                    order.follow_ups = ()
                    await self.signal(order.ends_request or "")

    # --- what must hold at every moment -----------------------------------------------------------------

    def _moved(self, order: FakeOrder, to: OrderStatus, actor: str) -> StepResult:
        if to not in TRANSITIONS[order.status]:
            self.broken.append(f"{order.status} to {to}")
        order.status = to
        order.actors.append(actor)
        order.events.append(f"order.{to}")
        self.check()
        return self._result(order)

    def check(self) -> None:
        for line_id in {sim.line_id for sim in self.sims.values() if sim.line_id is not None}:
            if len(self.on_line(line_id, SimState.ACTIVE)) != 1:
                self.broken.append(f"line {line_id} has not exactly one active SIM")
        for order in self.orders.values():
            replaced = order.esim is not None and order.esim.state is SimState.ACTIVE
            if order.in_place.state is SimState.DISCARDED and not replaced:
                self.broken.append(f"{order.in_place} is discarded, and its eSIM is not active")
            if order.status is OrderStatus.CANCELLED and order.esim is not None:
                self.broken.append("a cancelled order has an eSIM")

    def _facts(self, wish: Placement, in_place: FakeSim) -> Facts:
        working = (OrderStatus.SUBMITTED, OrderStatus.PROVIDER_PROCESSING)
        line_id = swap(wish).line_id
        same_line = [it for it in self.orders.values() if swap(it.placement).line_id == line_id]
        return Facts(
            slot=1,
            sim_kind=in_place.kind,
            sim_state=in_place.state,
            enabled_targets=frozenset(TARGETS),
            esim_packs={PACK: "Orange pack"},
            qr_contacts=frozenset(),
            open_order=next((it.placement.order_id for it in same_line if it.status in working), None),
        )

    def _taken(self, order: FakeOrder, iccid: str | None) -> Refusal | None:
        others = [sim.iccid for sim in self.sims.values() if sim is not order.esim]
        if iccid is None or iccid not in others:
            return None
        return Refusal.of("iccid_in_use", iccid=iccid)

    def _acceptance(self, wish: Placement, status: OrderStatus, why: tuple[Refusal, ...]) -> Acceptance:
        emails = self.emails if status in (OrderStatus.PROCESSED, OrderStatus.CANCELLED) else ()
        return Acceptance(order_id=wish.order_id, status=status, what=wish.what, refusals=why, emails=emails)

    def _result(self, order: FakeOrder, refusal: Refusal | None = None) -> StepResult:
        iccid = order.esim.iccid if order.esim else None
        warning = iccid_warning(iccid) if iccid else None
        state = OrderState(
            order_id=order.placement.order_id,
            status=order.status,
            iccid=iccid,
            warnings=(warning,) if warning else (),
        )
        ended = order.status in (OrderStatus.PROCESSED, OrderStatus.CANCELLED)
        return StepResult(
            state=state,
            refusal=refusal,
            follow_ups=order.follow_ups,
            emails=self.emails if ended else (),
        )
