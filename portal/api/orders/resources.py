"""Orders as the API answers them: status, holds, what an order waits for and until when, and the calls that
are possible now (A9).
"""

from datetime import datetime
from typing import Any

from pydantic import Field

from models.identifiers import named, reference
from models.language import Language
from models.orders.next_steps import next_steps
from models.orders.views import OrderView
from models.people.callers import Caller
from portal.api.events import EventResource, events_of
from portal.api.fields import Resource
from portal.api.orders.details import details_of
from portal.api.problems import RefusalProblem, worded
from portal.api.waiting import HoldResource, holds_of
from settings import Settings
from starter.orders.waits_for import waits_for

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
    language, waits = Language(caller.language), waits_for(order, settings)
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
        waits_for=None if waits is None else WaitsFor(what=waits.what, until=waits.until),
        refusals=worded(order.refusals, language),
        details=details_of(order.details),
        next=[
            NextCall(name=step, method="POST", href=f"/api/v1/orders/{order.id}/{step}")
            for step in next_steps(order, caller)
        ],
        events=events_of(order.events) if events else None,
    )
