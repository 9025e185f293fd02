"""The search attributes by which operators filter workflows in the Temporal Web UI. All are keywords."""

import json

from temporalio import workflow
from temporalio.common import (
    SearchAttributeKey,
    SearchAttributePair,
    SearchAttributeUpdate,
    TypedSearchAttributes,
)

from models.characters import LONGEST_NAME
from models.codes.requests import RequestStatus
from models.orders.kinds import Shown
from models.orders.lifecycle import OrderStatus
from models.orders.placement import Placement
from models.orders.rules import Action
from workflows.codes.messages import NotificationStatus, NotifyOfQrCode, RequestQrCode

NOTIFY_QR_CODE = "notify_qr_code"
"""The kind of a notification; a request's kind is the action that it answers."""

ORDER_STATUS = SearchAttributeKey.for_keyword("OrderStatus")
ORDER_KIND = SearchAttributeKey.for_keyword("OrderKind")
PROVIDER = SearchAttributeKey.for_keyword("Provider")
DISTRIBUTOR = SearchAttributeKey.for_keyword("Distributor")
ACCOUNT_ID = SearchAttributeKey.for_keyword("AccountId")
HOLD_REASON = SearchAttributeKey.for_keyword("HoldReason")
"""Why it waits for a person, for the longest if for several things; absent when nothing is wrong."""

_MOST_BYTES = 2000
"""Temporal refuses a start with a value over 2,048 bytes, as it is encoded."""

NAMES: tuple[str, ...] = tuple(
    key.name for key in (ORDER_STATUS, ORDER_KIND, PROVIDER, DISTRIBUTOR, ACCOUNT_ID, HOLD_REASON)
)


def labels(order: Placement, shown: Shown) -> TypedSearchAttributes:
    """What an order is found by from its start on."""
    return _attributes(
        {
            ORDER_STATUS: OrderStatus.SUBMITTED.value,
            ORDER_KIND: order.kind,
            PROVIDER: shown.provider,
            DISTRIBUTOR: shown.distributor,
            ACCOUNT_ID: str(order.account_id),
        }
    )


def request_labels(start: RequestQrCode) -> TypedSearchAttributes:
    """What a request for a QR code is found by."""
    return _attributes(
        {
            ORDER_STATUS: RequestStatus.REQUESTED.value,
            ORDER_KIND: Action.GENERATE_QR_CODE.value,
            PROVIDER: start.provider,
            DISTRIBUTOR: start.distributor,
            ACCOUNT_ID: str(start.request.account_id),
        }
    )


def notification_labels(start: NotifyOfQrCode) -> TypedSearchAttributes:
    """What a notification of a QR code is found by."""
    return _attributes(
        {
            ORDER_STATUS: NotificationStatus.WAITING.value,
            ORDER_KIND: NOTIFY_QR_CODE,
            PROVIDER: start.provider,
            ACCOUNT_ID: str(start.account_id),
        }
    )


def label_once(attributes: TypedSearchAttributes) -> None:
    """Set those of a workflow's attributes that its start did not bring."""
    known = workflow.info().typed_search_attributes
    missing = [pair for pair in attributes if known.get(pair.key) is None]
    if missing:
        workflow.upsert_search_attributes([pair.key.value_set(pair.value) for pair in missing])


class StatusLabel:
    """What operators filter orders by: the order's status as the search attribute last said it.

    Each upsert costs the server a write of its own. So the status of an order that is about to close is
    upserted in the workflow task that closes it, or with the hold that keeps it open.
    """

    def __init__(self, status: OrderStatus) -> None:
        self._shown = status

    def show(self, status: OrderStatus) -> None:
        """Upsert the status, unless the search attribute says it already."""
        missing = self.missing(status)
        if missing:
            workflow.upsert_search_attributes(missing)

    def missing(self, status: OrderStatus) -> list[SearchAttributeUpdate[str]]:
        """The same, to be upserted together with something else."""
        if status is self._shown:
            return []
        self._shown = status
        return [ORDER_STATUS.value_set(status.value)]


def _attributes(values: dict[SearchAttributeKey[str], str]) -> TypedSearchAttributes:
    """Without those that are not known, or that this kind does not have."""
    return TypedSearchAttributes(
        [SearchAttributePair(key, _short(value)) for key, value in values.items() if value]
    )


def _short(value: str) -> str:
    """The value as far as Temporal takes it: JSON has up to twelve bytes for a character beyond ASCII."""
    value = value[:LONGEST_NAME]
    while len(json.dumps(value)) > _MOST_BYTES:
        value = value[:-1]
    return value
