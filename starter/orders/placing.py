"""Place orders: the part of the order desk that starts their workflows.

Every call is idempotent: the same key is the same order. Raises `Refused` with every reason, or `Unavailable`
if a component does not answer (see `models.errors`).
"""

from functools import partial
from typing import cast

from temporalio.client import Client
from temporalio.common import WorkflowIDReusePolicy

from models import identifiers
from models.errors import Refused, Unavailable
from models.orders.kinds import permission_of
from models.orders.lifecycle import OPEN
from models.orders.notes import note_of
from models.orders.ordered import Ordered
from models.orders.placement import Acceptance, Placement, mark_of
from models.people.callers import Caller
from settings import Settings
from starter.connected import ConnectedDesk
from starter.keys import checked_key
from starter.operations.restart_kinds import order_timeouts
from starter.orders.drafts import OrderDraft, Placed, read_draft
from store.orders import acceptance as order_acceptance
from store.orders import notes, views
from store.people import reminder_schedules
from store.session import Database
from workflows.orders.messages import PlaceOrder
from workflows.orders.order import EsimOrder
from workflows.search_attributes import labels


class PlacingDesk(ConnectedDesk):
    """Places orders of every kind."""

    def __init__(self, client: Client, database: Database, settings: Settings) -> None:
        super().__init__(client, database, settings)
        self._timeouts = partial(order_timeouts, settings)

    async def place(self, caller: Caller, draft: OrderDraft) -> Placed:
        """Place an order for a line and learn in one round trip whether it is accepted (F5 to F11, F46, F52).

        After `Unavailable` the order may exist all the same: call again with the same key.
        """
        key = checked_key(draft.key)
        start = await self._read(caller, draft, key)
        note = note_of(draft.purchase_reference, draft.comment)
        placed = await self._place(start, key, repeated=draft.key is not None, note=(note, caller.actor))
        # the key's order was accepted before: with the only valid quantity, and confirmed
        if draft.quantity != 1:
            raise Refused.because("quantity_locked")
        if not draft.discard_confirmed:
            raise Refused.because("discard_not_confirmed")
        return placed

    async def place_order(
        self, caller: Caller, what: Ordered, key: str | None = None, *, shown: str | None = None
    ) -> Placed:
        """Place an order of any kind, given by ids; otherwise as `place`.

        `shown`: what a preview said of it (`LinePreview.shown`, `shown_agent`). If it would be something else
        now, or for another agent, nothing is ordered (`offer_changed`, `agent_changed`), nor is anything
        started.
        """
        checked = checked_key(key)
        order = _placement(caller, what, checked)
        if shown is not None:
            order = order.model_copy(update={"shown": mark_of(shown)})
            await self._check(order)
        async with self._database.reading() as connection:
            chosen = await reminder_schedules.read(connection, order.account_id)
        start = PlaceOrder(order=order, timeouts=self._timeouts(chosen))
        return await self._place(start, checked, repeated=key is not None)

    async def check(self, caller: Caller, draft: OrderDraft) -> None:
        """Raise `Refused` if placing this draft would be refused now. Nothing is started or stored."""
        start = await self._read(caller, draft, checked_key(draft.key))
        await self._check(start.order)
        if draft.quantity != 1:
            raise Refused.because("quantity_locked")

    async def check_order(self, caller: Caller, what: Ordered, key: str | None = None) -> None:
        """As `check`, for an order of any kind, given by ids."""
        await self._check(_placement(caller, what, checked_key(key)))

    async def _check(self, order: Placement) -> None:
        async with self._database.dry_run() as connection:
            acceptance = await order_acceptance.accept(connection, order)
        _answer(acceptance, order.what)

    async def _read(self, caller: Caller, draft: OrderDraft, key: str) -> PlaceOrder:
        async with self._database.reading() as connection:
            return await read_draft(connection, caller, draft, key, self._timeouts)

    async def _place(
        self, start: PlaceOrder, key: str, *, repeated: bool, note: tuple[str, str] = ("", "")
    ) -> Placed:
        """Start the order's workflow, or return the answer that its key had before.

        `repeated`: the key may have been used before, and its order may have ended since. No workflow is
        started if the key belongs to a different order. `note`: its text, and who wrote it.
        """
        known = await self._known(start.order, note[0]) if repeated else None
        if known is not None:
            _answer(known, start.order.what)
        if known is None or known.status in OPEN:
            if known is None and note[0]:
                start = await self._noted(start, *note)
            try:
                acceptance = await self._start(start)
            except Unavailable as unavailable:
                raise Unavailable(
                    unavailable.component, f"{unavailable} Ask again with the key {key}."
                ) from None
        else:
            acceptance = known
        _answer(acceptance, start.order.what)
        at_once = known is None and acceptance.origin_id not in {None, start.order.origin_id}
        if at_once:  # another call with this key has made the order
            await self._known(start.order, note[0])
        status = known.status if known else acceptance.status
        return Placed(order_id=acceptance.order_id, key=key, status=status, replayed=bool(known) or at_once)

    async def _noted(self, start: PlaceOrder, text: str, written_by: str) -> PlaceOrder:
        """Write the note before the order: the order refers to it, and no text crosses Temporal (W6)."""
        order = start.order
        async with self._database.transaction() as connection:
            note = await notes.write_note(connection, order.account_id, order.order_id, text, written_by)
        return start.model_copy(update={"order": order.model_copy(update={"note_id": note})})

    async def _known(self, order: Placement, note: str) -> Acceptance | None:
        async with self._database.reading() as connection:
            known = await views.acceptance(connection, order.account_id, order.order_id)
            if known is not None and known.same_as(order.what):
                await notes.check_of_order(connection, order.order_id, note)
            return known

    async def _start(self, start: PlaceOrder) -> Acceptance:
        """Start the order's workflow, or use the running one.

        A workflow that has ended under this id was refused, which leaves the key free, or was terminated:
        then the new one finds the recorded results of its steps.
        """
        answer = await self._calls.start_and_ask(
            EsimOrder.run,
            EsimOrder.place,
            start,
            start.order.order_id,
            labels(start.order, start.shown),
            WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        )
        return cast("Acceptance", answer)


def _placement(caller: Caller, what: Ordered, key: str) -> Placement:
    caller.require(permission_of(what.kind))
    return Placement(
        order_id=identifiers.order_id(caller.account, key),
        account_id=caller.account,
        user_id=caller.user,
        origin_id=caller.origin_id,
        what=what,
    )


def _answer(acceptance: Acceptance, what: Ordered) -> None:
    """Raise `Refused` if the order was not accepted, or its key belongs to another one (`key_used`)."""
    if not acceptance.same_as(what):
        raise Refused.because("key_used", order=acceptance.order_id)
    if not acceptance.accepted:
        raise Refused(*acceptance.refusals)
