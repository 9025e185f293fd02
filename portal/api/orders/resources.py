"""Orders as the API answers them: status, holds, what an order waits for and until when, and the calls that
are possible now (A9).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from pydantic import Field

from models.identifiers import named, reference
from models.language import Language
from models.orders.kinds import permission_of
from models.orders.lifecycle import OPEN, OrderStatus
from models.orders.views import OrderView
from models.people.callers import Caller, Permission, may_cancel
from portal.api.events import EventResource, events_of
from portal.api.fields import Resource
from portal.api.orders.details import details_of
from portal.api.problems import RefusalProblem, worded
from portal.api.waiting import HoldResource, holds_of
from settings import Settings

_STATUSES = (
    "More values may be added: `submitted`, `provider_processing`, `processed`, `cancelled`, `refused`."
)


class WaitsFor(Resource):
    """What an order waits for."""

    what: str = Field(
        description="More values may be added: `sending`, `acknowledgement`, `processing`, `stock`.",
        examples=["acknowledgement"],
    )
    until: datetime | None = Field(
        description="When the order is held for a person if nothing comes; null if it is held already, and "
        "while it waits for stock."
    )


class NextCall(Resource):
    """A call that is possible now, for this caller."""

    name: str = Field(examples=["cancel"])
    method: str = Field(examples=["POST"])
    href: str = Field(examples=["/api/v1/orders/order-abcdefghijklmnop/cancel"])


class OrderResource(Resource):
    """An order as it is now."""

    id: str = Field(examples=["order-abcdefghijklmnop"])
    kind: str = Field(examples=["switch_to_esim"])
    status: str = Field(description=_STATUSES, examples=["submitted"])
    status_since: datetime
    placed_at: datetime
    placed_by: str = Field(examples=["U-3"])
    subject: str | None = Field(description="What it is about, such as `L-42`.", examples=["L-42"])
    title: str = Field(description="The subject in words, such as a phone number.", examples=["+33639980000"])
    provider: str | None
    distributor: str | None
    esim: str | None = Field(description="The eSIM that it created: `S-12`.")
    iccid: str | None
    note: str | None
    cancel_reason: str | None = Field(examples=[None])
    incident: bool = Field(description="The provider processed it after it was cancelled.")
    held: bool
    holds: list[HoldResource] = Field(examples=[[]])
    waits_for: WaitsFor | None = Field(
        description="Null if it is over, and for an order from stock that waits for nothing."
    )
    refusals: list[RefusalProblem] = Field(examples=[[]])
    details: dict[str, Any] | None = Field(description="What only orders of this kind have.")
    next: list[NextCall]
    events: list[EventResource] | None = Field(default=None, description="With `expand=events`.")


def order_resource(
    order: OrderView, caller: Caller, settings: Settings, *, events: bool = False
) -> OrderResource:
    """An order as this caller sees it."""
    language = Language(caller.language)
    return OrderResource(
        **order.model_dump(
            include={
                *("id", "kind", "status", "status_since", "placed_at", "title", "provider"),
                *("distributor", "iccid", "note", "cancel_reason", "incident"),
            }
        ),
        subject=None if order.subject is None else named(order.subject),
        title=order.title,
        placed_by=reference("U", order.placed_by),
        esim=None if order.esim_id is None else reference("S", order.esim_id),
        held=bool(order.holds),
        holds=holds_of(order.holds, language),
        waits_for=_waits_for(order, settings),
        refusals=worded(order.refusals, language),
        details=details_of(order.details),
        next=list(_next_calls(order, caller)),
        events=events_of(order.events) if events else None,
    )


def _waits_for(order: OrderView, settings: Settings) -> WaitsFor | None:
    if order.status not in OPEN:
        return None
    if order.details and order.details.waits_for:
        return WaitsFor(what=order.details.waits_for, until=None)
    if any(each.is_order for each in order.not_sent):
        return WaitsFor(what="sending", until=None)
    if order.distributor is None:  # served from stock: no acknowledgement is expected
        return None
    what, after = {
        OrderStatus.SUBMITTED: ("acknowledgement", settings.acknowledgement_reminder_after),
        OrderStatus.PROVIDER_PROCESSING: ("processing", settings.processing_reminder_after),
    }[order.status]
    return WaitsFor(what=what, until=None if order.holds else _end(order.status_since, after, settings))


def _end(since: datetime, after: timedelta, settings: Settings) -> datetime:
    return since + after * (settings.reminders + 1)


def _next_calls(order: OrderView, caller: Caller) -> Iterable[NextCall]:
    for name, possible in (
        ("acknowledge", order.status is OrderStatus.SUBMITTED and caller.may(Permission.ACKNOWLEDGE_ORDERS)),
        (
            "iccid",
            order.status is OrderStatus.PROVIDER_PROCESSING
            and order.esim_id is not None
            and caller.may(Permission.ENTER_ICCID),
        ),
        (
            "processed",
            order.status is OrderStatus.PROVIDER_PROCESSING and caller.may(Permission.REPORT_PROCESSED),
        ),
        (
            "cancel",
            order.status in OPEN and may_cancel(caller.permissions, order.status, permission_of(order.kind)),
        ),
        ("retry", bool(order.holds) and caller.may(Permission.RETRY_WORK)),
    ):
        if possible:
            yield NextCall(name=name, method="POST", href=f"/api/v1/orders/{order.id}/{name}")
