"""What a caller may do about an order as it is now, and why not: for the API (A9) and for pages (P8)."""

from collections.abc import Mapping
from enum import StrEnum

from models.errors import Refusal
from models.orders.cancelling import may_cancel
from models.orders.kinds import permission_of
from models.orders.lifecycle import OrderStatus, advance
from models.orders.views import OrderView
from models.people.callers import Caller, Permission, not_permitted


class OrderStep(StrEnum):
    """What is reported about an order, or done with it: the last part of its address."""

    ACKNOWLEDGE = "acknowledge"
    ICCID = "iccid"
    PROCESSED = "processed"
    CANCEL = "cancel"
    RETRY = "retry"


_NEEDS: Mapping[OrderStep, Permission] = {
    OrderStep.ACKNOWLEDGE: Permission.ACKNOWLEDGE_ORDERS,
    OrderStep.ICCID: Permission.ENTER_ICCID,
    OrderStep.PROCESSED: Permission.REPORT_PROCESSED,
    OrderStep.CANCEL: Permission.CANCEL_ORDERS,
    OrderStep.RETRY: Permission.RETRY_WORK,
}
_LEADS_TO = {
    OrderStep.ACKNOWLEDGE: OrderStatus.PROVIDER_PROCESSING,
    OrderStep.ICCID: OrderStatus.PROCESSED,
    OrderStep.PROCESSED: OrderStatus.PROCESSED,
    OrderStep.CANCEL: OrderStatus.CANCELLED,
}
"""The status whose transition decides; the ICCID is entered for the order to be processed."""


def why_not(step: OrderStep, order: OrderView, caller: Caller) -> Refusal | None:
    """Why the step would be refused to this caller now, so that nothing is typed in vain; None if it is
    possible.
    """
    if not _permitted(step, order, caller):
        return not_permitted(_NEEDS[step])
    if step is OrderStep.RETRY:
        return None if order.holds else Refusal.of("not_held", workflow=order.id)
    refusal = advance(order.status, _LEADS_TO[step])
    if refusal is None and step is OrderStep.ICCID and order.esim_id is None:
        return Refusal.of("iccid_not_entered")
    return refusal


def next_steps(order: OrderView, caller: Caller) -> list[OrderStep]:
    """The steps that are possible now, for this caller."""
    return [step for step in OrderStep if why_not(step, order, caller) is None]


def _permitted(step: OrderStep, order: OrderView, caller: Caller) -> bool:
    """Before the acknowledgement, who may place an order may cancel it."""
    if step is OrderStep.CANCEL:
        return may_cancel(caller.permissions, order.status, permission_of(order.kind))
    return caller.may(_NEEDS[step])
