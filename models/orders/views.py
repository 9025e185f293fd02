"""Orders as they are read: common fields, and the details of each kind."""

from datetime import datetime

from pydantic import Field, SerializeAsAny

from models.errors import Refusal
from models.events import EventView
from models.identifiers import named, reference
from models.operations.not_sent import NotSentView
from models.operations.views import HoldView
from models.orders.kinds import What
from models.orders.lifecycle import OrderStatus
from models.people.reminders import AccountReminders
from models.values import View


class OrderDetails(View):
    """The fields that only one kind of order has."""

    slot: int | None = None
    """The slot of the order's line, if the order is about a line."""

    @property
    def title(self) -> str:
        """The order's subject in lists, such as a phone number."""
        return ""

    @property
    def waits_for(self) -> str | None:
        """What an open order waits for besides what all orders wait for."""
        return None

    def facts(self) -> list[tuple[str, str | None]]:
        """The details shown to users, each a name and a value."""
        return []


class SwapDetails(OrderDetails):
    """The line whose SIM is switched or replaced."""

    line_id: int
    msisdn: str
    device: str
    slot: int
    pack: str
    pack_id: int
    sim_in_place_id: int
    """The SIM on the line when the order was placed."""
    iccid_in_place: str | None

    @property
    def title(self) -> str:
        """The phone number."""
        return self.msisdn

    def facts(self) -> list[tuple[str, str | None]]:
        """The line, the pack and the SIM that was in place."""
        return [
            ("line", f"{reference('L', self.line_id)} {self.msisdn}, {self.device}, slot {self.slot}"),
            ("pack", self.pack),
            ("SIM when placed", self.iccid_in_place),
        ]


class OrderView(View):
    """An order as stored in the database, readable while workers are down."""

    id: str
    account_id: int
    kind: str
    """A kind of order; later versions may have more."""
    status: OrderStatus
    subject: str | None
    """The subject, such as `line:42`."""
    provider: str | None
    distributor: str | None
    placed_by: int
    placed_at: datetime
    status_since: datetime
    held_reason: str | None
    held_since: datetime | None
    """Of the oldest hold."""
    esim_id: int | None
    iccid: str | None
    note: str | None = None
    """The user's text when the order was placed."""
    cancel_reason: str | None
    what: What
    """As it was placed."""
    details: SerializeAsAny[OrderDetails] | None = None
    incident: bool = False
    """Whether the provider reported it processed after it was cancelled: two SIMs may be in use."""
    holds: tuple[HoldView, ...] = ()
    """Oldest first."""
    not_sent: tuple[NotSentView, ...] = ()
    """E-mails and calls to the provider that have not been sent yet, oldest first."""
    reminders: AccountReminders | None = Field(default=None, exclude=True)
    """The reminder schedule that it was placed with, where the account had chosen one."""
    refusals: tuple[Refusal, ...] = ()
    """Every reason why it was refused, at the last attempt to place it."""
    events: tuple[EventView, ...] = ()

    @property
    def title(self) -> str:
        """The order's subject in lists."""
        return (self.details.title if self.details else "") or named(self.subject or "")
