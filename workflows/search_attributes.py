"""The search attributes by which operators filter orders in the Temporal Web UI. All are keywords."""

from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

from models.lifecycle import OrderStatus
from workflows.messages import PlaceOrder

ORDER_STATUS = SearchAttributeKey.for_keyword("OrderStatus")
ORDER_KIND = SearchAttributeKey.for_keyword("OrderKind")
PROVIDER = SearchAttributeKey.for_keyword("Provider")
DISTRIBUTOR = SearchAttributeKey.for_keyword("Distributor")
ACCOUNT_ID = SearchAttributeKey.for_keyword("AccountId")
ATTENTION = SearchAttributeKey.for_keyword("Attention")
"""Why an order waits for a person (a `HoldReason`); absent when nothing is wrong."""

NAMES: tuple[str, ...] = tuple(
    key.name for key in (ORDER_STATUS, ORDER_KIND, PROVIDER, DISTRIBUTOR, ACCOUNT_ID, ATTENTION)
)


def labels(start: PlaceOrder) -> TypedSearchAttributes:
    """What an order is found by from its start on."""
    values = {
        ORDER_STATUS: OrderStatus.SUBMITTED.value,
        ORDER_KIND: start.order.kind.value,
        PROVIDER: start.provider,
        DISTRIBUTOR: start.distributor,
        ACCOUNT_ID: str(start.order.account_id),
    }
    return TypedSearchAttributes([SearchAttributePair(key, value) for key, value in values.items()])
