"""What people read of an order about a number, besides what all orders have."""

from models.identifiers import reference
from models.licences.add_ons import AddOn
from models.licences.numbers import ReplaceReason
from models.orders.views import OrderDetails


class LicenceOrderDetails(OrderDetails):
    """The number that gets an eSIM. The agent is named by reference only: the distributor reads it, too."""

    number_id: int
    msisdn: str
    licence_id: int
    add_on: AddOn
    agent_id: int
    """The agent when the order was placed."""
    reason: ReplaceReason | None = None
    """Why the eSIM is replaced; None where a licence is assigned."""
    replaced_sim_id: int | None = None
    replaced_iccid: str | None = None

    @property
    def title(self) -> str:
        """The phone number."""
        return self.msisdn

    def facts(self) -> list[tuple[str, str | None]]:
        """The number, its licence and agent, and of a replacement why and of which eSIM."""
        return [
            ("number", f"{reference('N', self.number_id)} {self.msisdn}"),
            ("licence", f"{reference('LI', self.licence_id)} {self.add_on.label}"),
            ("agent", reference("AG", self.agent_id)),
            ("reason", self.reason and self.reason.value.replace("_", " ")),
            ("eSIM replaced", self.replaced_iccid),
        ]
