"""The search attributes by which operators filter workflows in the Temporal Web UI. All are keywords."""

from temporalio import workflow
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

from models.lifecycle import OrderStatus
from models.qr import RequestStatus
from models.rules import Action
from workflows.messages import NotificationStatus, NotifyOfQrCode, PlaceOrder, RequestQrCode

NOTIFY_QR_CODE = "notify_qr_code"
"""The kind of a notification; a request's kind is the action that it answers."""

ORDER_STATUS = SearchAttributeKey.for_keyword("OrderStatus")
ORDER_KIND = SearchAttributeKey.for_keyword("OrderKind")
PROVIDER = SearchAttributeKey.for_keyword("Provider")
DISTRIBUTOR = SearchAttributeKey.for_keyword("Distributor")
ACCOUNT_ID = SearchAttributeKey.for_keyword("AccountId")
HOLD_REASON = SearchAttributeKey.for_keyword("HoldReason")
"""Why a workflow waits for a person: its oldest hold's reason. Absent when nothing is held."""

NAMES: tuple[str, ...] = tuple(
    key.name for key in (ORDER_STATUS, ORDER_KIND, PROVIDER, DISTRIBUTOR, ACCOUNT_ID, HOLD_REASON)
)


def labels(start: PlaceOrder) -> TypedSearchAttributes:
    """What an order is found by from its start on."""
    return _attributes(
        {
            ORDER_STATUS: OrderStatus.SUBMITTED.value,
            ORDER_KIND: start.order.kind.value,
            PROVIDER: start.provider,
            DISTRIBUTOR: start.distributor,
            ACCOUNT_ID: str(start.order.account_id),
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
            ACCOUNT_ID: str(start.wish.account_id),
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
    """Set a workflow's attributes, where whoever started it did not."""
    if workflow.info().typed_search_attributes.get(ORDER_STATUS) is None:
        workflow.upsert_search_attributes([pair.key.value_set(pair.value) for pair in attributes])


def _attributes(values: dict[SearchAttributeKey[str], str]) -> TypedSearchAttributes:
    return TypedSearchAttributes([SearchAttributePair(key, value) for key, value in values.items()])
