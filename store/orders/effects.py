"""How a kind of order changes the inventory, inside the transaction of the order's step.

It never writes `orders`: the steps do, in the same way for every kind (`store.orders.steps`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from sqlalchemy import ARRAY, ColumnElement, Select, String, bindparam, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refusal
from models.orders.ordered import Shown
from models.orders.placement import Placement
from models.orders.views import OrderDetails
from store.events import Happening
from store.orders.locked_order import LockedOrder
from store.orders.tables import OrderRow
from store.paging import among
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


class Details:
    """What people read of the orders of a kind besides what all orders have."""

    def __init__(self, rows: Select[*tuple[Any, ...]], view: type[OrderDetails]) -> None:
        """`rows`: one an order, with its `order_id` and the fields of the `view`."""
        self._rows, self._view = rows, view
        self._id = rows.selected_columns.order_id
        self._some = rows.where(among(self._id, bindparam("orders", type_=ARRAY(String)), String))

    async def of(self, connection: AsyncConnection, order_ids: Sequence[str]) -> Mapping[str, OrderDetails]:
        """Those of these orders, by the order's id."""
        rows = await connection.execute(self._some, {"orders": list(order_ids)})
        return {row.order_id: self._view(**row._mapping) for row in rows}

    def column(self) -> ColumnElement[Any]:
        """Those of an order in a statement that selects orders, for `read`."""
        row = self._rows.where(self._id == OrderRow.id).correlate(OrderRow).subquery("row")
        found = select(func.to_jsonb(row.table_valued(), type_=JSONB))
        return found.correlate(OrderRow).scalar_subquery().label("details")

    def read(self, found: dict[str, Any]) -> OrderDetails:
        """What a `column` had."""
        return self._view(**found)


class Effects(Protocol):
    """One kind of order. The order and its subject are locked by the step; SIMs are locked here, last."""

    @property
    def details(self) -> Details | None:
        """None for a kind whose orders have no more than all have."""

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


@runtime_checkable
class EntersIccid(Protocol):
    """A kind of order whose eSIM's ICCID can be entered while the provider processes it (F15)."""

    async def enter_iccid(
        self, connection: AsyncConnection, order: LockedOrder, iccid: str
    ) -> Effect | Refusal:
        """Write or correct the ICCID."""
