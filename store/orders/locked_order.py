"""An order locked for a step, after its subject."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound, Refusal
from models.identifiers import iccid_warning
from models.orders.lifecycle import OrderStatus
from models.orders.placement import OrderState, StepResult
from models.people.callers import By
from store.fleet.tables import SimRow
from store.locks import lock_subject_of
from store.orders import follow_ups
from store.orders.follow_ups import Pending
from store.orders.tables import OrderRow
from store.people import actors

_NOTHING = Pending()


@dataclass(frozen=True)
class LockedOrder:
    """An order as it is until the end of the transaction."""

    id: str
    account_id: int
    kind: str
    subject: str | None
    status: OrderStatus
    distributor_id: int | None
    esim_id: int | None
    iccid: str | None
    """Of the eSIM that the order brought."""
    pending: Pending
    """What earlier steps left to be done that is not done yet."""
    actor: Mapping[str, Any]
    """What decides whether the actor of the step may act on it: `store.people.actors.refusal_of`."""

    @property
    def about(self) -> tuple[str, ...]:
        """What events of this order refer to."""
        return references(self.id, self.subject)

    def result(
        self,
        refusal: Refusal | None = None,
        *,
        status: OrderStatus | None = None,
        iccid: str | None = None,
        pending: Pending = _NOTHING,
    ) -> StepResult:
        """The answer of a step: the state as it is, or as the step has just made it. A repeated call gets the
        same answer, with the same warnings (F49). A cancelled order has no eSIM any more.
        """
        status = status or self.status
        iccid = None if status is OrderStatus.CANCELLED else iccid or self.iccid
        warning = iccid_warning(iccid) if iccid else None
        state = OrderState(
            order_id=self.id, status=status, iccid=iccid, warnings=(warning,) if warning else ()
        )
        return StepResult(state=state, refusal=refusal, follow_ups=pending.follow_ups, emails=pending.emails)


def references(order_id: str, subject: str | None) -> tuple[str, ...]:
    """What events of an order refer to."""
    return (order_id, subject) if subject else (order_id,)


_LOCK_ORDER = (
    select(
        OrderRow.id,
        OrderRow.account_id,
        OrderRow.kind,
        OrderRow.subject,
        OrderRow.status,
        OrderRow.distributor_id,
        OrderRow.esim_id,
        select(SimRow.iccid).where(SimRow.id == OrderRow.esim_id).scalar_subquery().label("iccid"),
        follow_ups.due_of(OrderRow.id).label("pending"),
        actors.facts_of(OrderRow.account_id, OrderRow.distributor_id).label("actor"),
    )
    .where(OrderRow.id == bindparam("order"))
    .with_for_update(of=OrderRow, key_share=True)
)


# A statement of its own: what a statement reads besides the row that it locks is as of its start, not as of
# the moment at which it gets the lock.
_LOCK_ALONE = select(OrderRow.id).where(OrderRow.id == bindparam("order")).with_for_update(key_share=True)


async def lock_order(connection: AsyncConnection, order_id: str, by: By) -> LockedOrder:
    """Lock the subject of the order, then the order, for a step that this actor calls: the steps of an order
    run one after the other. Raises `NotFound`.
    """
    if not await lock_subject_of(connection, order_id):
        await connection.execute(_LOCK_ALONE, {"order": order_id})
    known = {"order": order_id, **actors.asked(by.actor, by.origin_id)}
    row = (await connection.execute(_LOCK_ORDER, known)).one_or_none()
    if row is None:
        raise NotFound.because("unknown_order", order=order_id)
    read = {"status": OrderStatus(row.status), "pending": Pending.read(row.pending)}
    return LockedOrder(**dict(row._mapping) | read)
