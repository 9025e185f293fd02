"""What people read of an order about a travel eSIM, besides what all orders have."""

from datetime import datetime

from models.identifiers import reference
from models.orders.views import OrderDetails
from models.travel.profiles import EsimReason


class TravelOrderDetails(OrderDetails):
    """The eSIM line of a subscriber, who is named by reference only."""

    subscriber_id: int
    esim_line_id: int | None = None
    """None until a line that is added has its eSIM."""
    line_name: str
    plan_id: int | None = None
    """None where the eSIM is replaced."""
    plan: str | None = None
    profile: int
    destinations: tuple[str, ...] = ()
    complimentary: bool = False
    reason: EsimReason | None = None
    """Why the eSIM is replaced."""
    replaced_sim_id: int | None = None
    replaced_iccid: str | None = None
    waiting_since: datetime | None = None
    """Since when it waits for stock; None unless it waits (T17)."""

    @property
    def title(self) -> str:
        """The name of the line, with the subscriber."""
        return f"{self.line_name} ({reference('SB', self.subscriber_id)})"

    @property
    def waits_for(self) -> str | None:
        """Stock, while there is no eSIM of the profile (T17)."""
        return None if self.waiting_since is None else "stock"

    def facts(self) -> list[tuple[str, str | None]]:
        """The subscriber, the line and its plan; of a replacement why and of which eSIM."""
        line = None if self.esim_line_id is None else reference("EL", self.esim_line_id)
        return [
            ("subscriber", reference("SB", self.subscriber_id)),
            ("eSIM line", " ".join(filter(None, (line, self.line_name)))),
            ("plan", None if self.plan_id is None else f"{reference('TP', self.plan_id)} {self.plan}"),
            ("IMSI profile", str(self.profile)),
            ("countries", ", ".join(self.destinations) or None),
            ("complimentary", "yes" if self.complimentary else None),
            ("reason", self.reason and self.reason.value.replace("_", " ")),
            ("eSIM replaced", self.replaced_iccid),
            ("waits for stock", "yes" if self.waiting_since else None),
        ]
