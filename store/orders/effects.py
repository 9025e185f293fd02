"""How a kind of order changes the inventory, inside the transaction of the order's step.

It never writes `orders`: the steps do, in the same way for every kind (`store.orders.steps`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refusal
from models.orders.ordered import Shown
from models.orders.placement import Placement
from models.orders.views import OrderDetails
from store.events import Happening
from store.orders.locked_order import LockedOrder
from store.row import Row


@dataclass(frozen=True)
class Decision:
    """Whether an order is accepted: every reason why not, else what is written with it."""

    refusals: Sequence[Refusal] = ()
    provider_id: int | None = None
    distributor_id: int | None = None
    shown: Shown = field(default_factory=Shown)
    details: tuple[type[Row], dict[str, Any]] | None = None
    """The row of the kind's own table, but for the ids of the order and the account."""
    happened: dict[str, Any] = field(default_factory=dict)
    """What the event `order.submitted` says."""
    happenings: Sequence[Happening] = ()
    """What the acceptance itself did to the inventory, after `order.submitted`."""
    follow_ups: Sequence[tuple[str, str]] = ()
    """As in `Effect`."""


@dataclass(frozen=True)
class Effect:
    """What a step did to the inventory."""

    happenings: Sequence[Happening] = ()
    iccid: str | None = None
    esim_id: int | None = None
    """The eSIM that the order brings, once there is one."""
    follow_ups: Sequence[tuple[str, str]] = ()
    """What is to be done outside the database: kind and target, as in `activities.follow_ups`."""


class Effects(Protocol):
    """One kind of order. The order and its subject are locked by the step; SIMs are locked here, last."""

    async def decide(self, connection: AsyncConnection, placement: Placement) -> Decision:
        """Whether the order may be placed now; its subject is locked."""

    async def begin(
        self, connection: AsyncConnection, order: LockedOrder, iccid: str | None
    ) -> Effect | Refusal:
        """The provider acknowledged: what happens at "Provider processing in progress"."""

    async def finish(
        self, connection: AsyncConnection, order: LockedOrder, iccid: str | None
    ) -> Effect | Refusal:
        """The provider processed the order."""

    async def undo(self, connection: AsyncConnection, order: LockedOrder) -> Effect:
        """The order is cancelled: undo what `begin` did."""

    async def details(
        self, connection: AsyncConnection, order_ids: Sequence[str]
    ) -> Mapping[str, OrderDetails]:
        """What people read of these orders besides what all orders have."""


@runtime_checkable
class EntersIccid(Protocol):
    """A kind of order whose eSIM's ICCID can be entered while the provider processes it (F15)."""

    async def enter_iccid(
        self, connection: AsyncConnection, order: LockedOrder, iccid: str
    ) -> Effect | Refusal:
        """Write or correct the ICCID."""
