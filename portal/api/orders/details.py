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


LETTERS = {
    "line_id": "L",
    "pack_id": "P",
    "sim_in_place_id": "S",
    "number_id": "N",
    "licence_id": "LI",
    "agent_id": "AG",
    "replaced_sim_id": "S",
    "subscriber_id": "SB",
    "esim_line_id": "EL",
    "plan_id": "TP",
}
"""The letters of the ids in the details of orders, by field."""


def details_of(details: OrderDetails | None) -> dict[str, Any] | None:
    """The details of an order of any kind."""
    if details is None:
        return None
    shown = DETAILS.get(type(details))
    if shown is not None:
        return shown(details)
    return dict(map(_named, details.model_dump(mode="json").items()))


def _named(field: tuple[str, Any]) -> tuple[str, Any]:
    """A field; one that is the id of a record is called after the record, and has its reference."""
    name, value = field
    if name not in LETTERS:
        return name, value
    return name.removesuffix("_id"), None if value is None else reference(LETTERS[name], value)
