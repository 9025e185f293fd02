"""What only one kind of order has, as the API answers it: records by their ids, never by row.

A new kind of order is an entry in `DETAILS`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from models.identifiers import reference
from models.licences.order_views import LicenceOrderDetails
from models.orders.views import OrderDetails, SwapDetails
from portal.api.licences.order_details import details_of_licence_order


def details_of_swap(details: SwapDetails) -> dict[str, Any]:
    """The line, the pack, and the SIM that was in place."""
    return {
        "line": reference("L", details.line_id),
        "msisdn": details.msisdn,
        "device": details.device,
        "slot": details.slot,
        "pack": reference("P", details.pack_id),
        "pack_name": details.pack,
        "sim_in_place": reference("S", details.sim_in_place_id),
        "iccid_in_place": details.iccid_in_place,
    }


DETAILS: Mapping[type[OrderDetails], Callable[[Any], dict[str, Any]]] = {
    SwapDetails: details_of_swap,
    LicenceOrderDetails: details_of_licence_order,
}


def details_of(details: OrderDetails | None) -> dict[str, Any] | None:
    """The details of an order of any kind."""
    if details is None:
        return None
    shown = DETAILS.get(type(details))
    return shown(details) if shown else details.model_dump(mode="json")
