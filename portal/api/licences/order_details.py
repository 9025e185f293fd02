"""What only orders about numbers have, as the API answers it."""

from typing import Any

from models.identifiers import reference
from models.licences.order_views import LicenceOrderDetails


def details_of_licence_order(details: LicenceOrderDetails) -> dict[str, Any]:
    """The number, its licence and agent, and of a replacement why and of which eSIM."""
    replaced = details.replaced_sim_id
    return {
        "number": reference("N", details.number_id),
        "msisdn": details.msisdn,
        "licence": reference("LI", details.licence_id),
        "add_on": details.add_on.value,
        "agent": reference("AG", details.agent_id),
        "reason": details.reason and details.reason.value,
        "replaced_esim": None if replaced is None else reference("S", replaced),
        "replaced_iccid": details.replaced_iccid,
    }
