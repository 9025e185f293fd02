"""Orders over HTTP: place, follow and steer (A3, A4, A9)."""

from dataclasses import replace
from typing import Annotated, Literal

from fastapi import Query, Response
from pydantic import Field

from models.orders.lifecycle import OrderStatus
from models.orders.placement import OrderState
from models.people.callers import Caller, Permission
from portal.api.caller import At, needs
from portal.api.fields import Accepted, Body, DryRun, Iccid, Id, IdempotencyKey, Resource, Text, required
from portal.api.lists import ListOf, Pages
from portal.api.made import say_made, say_replayed
from portal.api.orders.bodies import Checked, Ordering
from portal.api.orders.resources import OrderResource, order_resource
from portal.api.routing import router

routes = router("Orders")
Viewing = Annotated[Caller, needs(Permission.VIEW_ORDERS)]
Placing = Annotated[Caller, needs(Permission.PLACE_ORDERS)]
Expand = Annotated[list[Literal["events"]], Query(description="What to include: `events`.")]


class StateResource(Resource):
    """The state of an order after a call."""

    id: str = Field(examples=["order-abcdefghijklmnop"])
    status: str = Field(examples=["provider_processing"])
    warnings: list[str] = Field(description="To be shown to the user.", examples=[[]])

    @classmethod
    def of(cls, state: OrderState) -> "StateResource":
        """The state as it is answered."""
        return cls(id=state.order_id, status=state.status, warnings=list(state.warnings))


class IccidBody(Body):
    """The eSIM, if it is known."""

    iccid: Iccid | None = None


NO_ICCID = IccidBody()


class EnteredIccid(Body):
    """The eSIM's ICCID."""

    iccid: Iccid


class CancelBody(Body):
    """Why the order is cancelled."""

    reason: Text = ""


NO_REASON = CancelBody()


@routes.post(
    "/orders",
    summary="Place an order",
    status_code=201,
    responses={200: {"model": OrderResource | Checked, "description": "A repeat, or a dry run."}},
)
async def place_order(
    caller: Placing,
    desks: At,
    body: Ordering,
    response: Response,
    idempotency_key: IdempotencyKey = None,
    dry_run: DryRun = False,
) -> OrderResource | Checked:
    """Place an order of any kind: 201 when it is accepted, 422 with every reason when it is refused; then its
    key is free.

    A repeat with the same key answers the same order as it is now, with `Idempotent-Replayed: true`.
    """
    if dry_run:
        shown = await body.check(desks, caller)
        response.status_code = 200
        return shown or Accepted()
    placed = await body.place(desks, caller, required(idempotency_key))
    say_made(response, f"/orders/{placed.order_id}", replayed=placed.replayed)
    reader = _reader(caller)
    if placed.replayed:
        found = await desks.orders.order(reader, placed.order_id, history=False)
    else:
        found = await desks.orders.placed(reader, placed.order_id, body.kind)
    return order_resource(found, caller, desks.settings)


@routes.get("/orders", summary="List orders")
async def list_orders(
    caller: Viewing,
    desks: At,
    pages: Pages,
    status: Annotated[OrderStatus | None, Query(description="Only orders with this status.")] = None,
    open_only: Annotated[
        bool, Query(alias="open", description="Only orders that are neither processed nor over.")
    ] = False,
    held: Annotated[bool, Query(description="Only orders that wait for a person.")] = False,
    incidents: Annotated[
        bool, Query(description="Only orders that were processed after they were cancelled.")
    ] = False,
    line: Annotated[Id | None, Query(description="A phone number, or `L-42`.")] = None,
    purchase_reference: Annotated[
        Text | None, Query(description="How the purchase reference begins, in any case.")
    ] = None,
) -> ListOf[OrderResource]:
    """The orders of the account, newest first, without their events. Refused ones with `status=refused`."""
    found = await desks.orders.orders(
        caller,
        status=status,
        open_only=open_only,
        held=held,
        incidents=incidents,
        line=line,
        purchase_reference=purchase_reference,
        limit=pages.limit,
        after=pages.after,
    )
    return pages.of(found, lambda order: order_resource(order, caller, desks.settings))


@routes.get("/orders/{order}", summary="Show an order")
async def show_order(caller: Viewing, desks: At, order: Id, expand: Expand = []) -> OrderResource:  # noqa: B006
    """One order as it is now, also one that was refused."""
    found = await desks.orders.order(caller, order, history="events" in expand)
    return order_resource(found, caller, desks.settings, events="events" in expand)


@routes.post("/orders/{order}/acknowledge", summary="Acknowledge an order")
async def acknowledge_order(
    caller: Annotated[Caller, needs(Permission.ACKNOWLEDGE_ORDERS)],
    desks: At,
    order: Id,
    body: IccidBody = NO_ICCID,
) -> StateResource:
    """The provider has acknowledged: the temporary eSIM is created. Idempotent."""
    return StateResource.of(await desks.orders.acknowledge(caller, order, iccid=body.iccid))


@routes.post("/orders/{order}/iccid", summary="Enter the ICCID of the temporary eSIM")
async def enter_iccid(
    caller: Annotated[Caller, needs(Permission.ENTER_ICCID)], desks: At, order: Id, body: EnteredIccid
) -> StateResource:
    """Enter or correct it, until the order is processed."""
    return StateResource.of(await desks.orders.enter_iccid(caller, order, body.iccid))


@routes.post("/orders/{order}/processed", summary="Report an order processed")
async def report_processed(
    caller: Annotated[Caller, needs(Permission.REPORT_PROCESSED)],
    desks: At,
    order: Id,
    body: IccidBody = NO_ICCID,
) -> StateResource:
    """The eSIM takes the line, the SIM in place is discarded for ever. Idempotent."""
    return StateResource.of(await desks.orders.processed(caller, order, iccid=body.iccid))


@routes.post("/orders/{order}/cancel", summary="Cancel an order")
async def cancel_order(
    caller: Annotated[Caller, needs(Permission.CANCEL_ORDERS)],
    desks: At,
    order: Id,
    body: CancelBody = NO_REASON,
) -> StateResource:
    """The temporary eSIM is deleted, the SIM in place stays. Idempotent.

    Before the acknowledgement a caller who may place such an order may cancel it.
    """
    return StateResource.of(await desks.orders.cancel(caller, order, reason=body.reason))


@routes.post("/orders/{order}/retry", summary="Retry a held order", status_code=202)
async def retry_order(
    caller: Annotated[Caller, needs(Permission.RETRY_WORK)], desks: At, order: Id
) -> OrderResource:
    """Resume the order at the step that it is held for. Refused (`not_held`) if it is not held."""
    await desks.orders.retry(caller, order)
    found = await desks.orders.order(_reader(caller), order, history=False)
    return order_resource(found, caller, desks.settings)


@routes.post("/orders/{order}/mail-again", summary="E-mail an order again", status_code=202)
async def mail_order_again(
    caller: Annotated[Caller, needs(Permission.MANAGE_CONTACTS)],
    desks: At,
    order: Id,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> OrderResource:
    """The distributor's order contacts get the e-mail of an open order once more, with new links; the earlier
    ones stay valid. The wait for an answer begins again. At most once a minute (`order_mailed_just_now`).
    """
    mailed = await desks.order_links.mail_again(caller, order, required(idempotency_key))
    say_replayed(response, replayed=mailed.replayed)
    found = await desks.orders.order(_reader(caller), mailed.order_id, history=False)
    return order_resource(found, caller, desks.settings)


def _reader(caller: Caller) -> Caller:
    """The caller, as it reads the answer to its change: also if it may not look at orders otherwise."""
    return replace(caller, permissions=caller.permissions | {Permission.VIEW_ORDERS})
