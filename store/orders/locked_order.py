"""An order locked for a step, after its subject."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound, Refusal
from models.identifiers import iccid_warning
from models.orders.lifecycle import OrderStatus
from models.orders.placement import OrderState, StepResult
from store.fleet.tables import SimRow
from store.locks import lock_subject_of
from store.orders import follow_ups
from store.orders.follow_ups import Pending
from store.orders.tables import OrderRow

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
        """The answer of a step: the state as it is, or as the step has just made it. The same call again
        is answered alike, with the same warnings (F49). What is cancelled has no eSIM any more.
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
    )
    .where(OrderRow.id == bindparam("order"))
    .with_for_update(of=OrderRow, key_share=True)
)


# Before the statement that reads, for what it reads beside the row is as of its start, not of the lock.
_LOCK_ALONE = select(OrderRow.id).where(OrderRow.id == bindparam("order")).with_for_update(key_share=True)


async def lock_order(connection: AsyncConnection, order_id: str) -> LockedOrder:
    """Lock what the order is about, then the order: its steps queue here. Raises `NotFound`."""
    if not await lock_subject_of(connection, order_id):
        await connection.execute(_LOCK_ALONE, {"order": order_id})
    row = (await connection.execute(_LOCK_ORDER, {"order": order_id})).one_or_none()
    if row is None:
        raise NotFound.because("unknown_order", order=order_id)
    known = {"status": OrderStatus(row.status), "pending": Pending.read(row.pending)}
    return LockedOrder(**dict(row._mapping) | known)
