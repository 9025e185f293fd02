"""What the order workflow is started, updated and signalled with, and what its steps are given."""

from datetime import timedelta

from models.orders.lifecycle import OrderStatus
from models.orders.ordered import Shown
from models.orders.placement import Placement
from models.values import Duration, Frozen, Name, RecordId, Reminders, Retries, Slot
from workflows.messages import FromCaller

PROVIDER = "provider"
"""The actor of what a provider answers at once; callers cannot name it."""


class Timeouts(Frozen):
    """How long an order waits for the distributor before it reminds, and how often before it is held."""

    acknowledgement_reminder_after: Duration = timedelta(days=2)
    processing_reminder_after: Duration = timedelta(days=3)
    reminders: Reminders = 2
    notification_given_up_after: Duration = timedelta(days=7)
    """How long an ended order stays open for an e-mail to people that cannot be sent."""


class PlaceOrder(Frozen):
    """Starts the workflow `EsimOrder` under the id `order.order_id`.

    `slot`, `provider` and `distributor` are only shown to operators; where they are left out, the acceptance
    provides them. What is ordered depends on the ids alone.
    """

    order: Placement
    slot: Slot | None = None
    provider: Name = ""
    distributor: Name = ""
    timeouts: Timeouts = Timeouts()
    retries: Retries = 0
    """How often an operator retried before: above 0 only where an order is started again."""

    @property
    def shown(self) -> Shown:
        """The names that operators read besides the ids."""
        return Shown(slot=self.slot, provider=self.provider, distributor=self.distributor)

    @property
    def summary(self) -> str:
        """The order in one line without personal data, as the list of workflows shows it."""
        return self.order.what.summary(self.shown)

    @property
    def details(self) -> str:
        """Which records the order is about, for the Web UI: `esim-orders` shows them by these ids."""
        order = self.order
        parts = (
            order.what.records(self.shown),
            f"Placed by `U-{order.user_id}` of account {order.account_id}.",
            f"All of it: `esim-orders order show {order.order_id}`",
        )
        return " ".join(part for part in parts if part)


class Acknowledge(FromCaller):
    """The provider has received the order; it may know the eSIM's ICCID already."""

    iccid: str | None = None


class EnterIccid(FromCaller):
    """The ICCID of the temporary eSIM, for the first time or corrected."""

    iccid: str


class Processed(FromCaller):
    """The provider has processed the order: the eSIM is live. May carry the ICCID."""

    iccid: str | None = None


class Cancel(FromCaller):
    """The order is cancelled. The reason, being free text, is a note in the database."""

    note_id: RecordId | None = None


class OrderStep(Frozen):
    """Part of the input of every step: which order, of which kind."""

    order_id: str
    kind: str


class OrderCall(OrderStep):
    """Part of the input of every step that a caller asked for: who, and from where."""

    actor: str
    origin_id: int | None = None


class AcknowledgeInput(OrderCall):
    """Input of the step `acknowledge_order`."""

    iccid: str | None = None


class EnterIccidInput(OrderCall):
    """Input of the step `enter_iccid`."""

    iccid: str


class ProcessedInput(OrderCall):
    """Input of the step `complete_order`. `request` is the call's update id: a repeat records no second
    incident.
    """

    request: str
    iccid: str | None = None


class CancelInput(OrderCall):
    """Input of the step `cancel_order`."""

    note_id: int | None = None


class FollowUpInput(Frozen):
    """Input of the step `follow_up`: which follow-up."""

    follow_up_id: int


class ProviderInput(OrderStep):
    """Input of the steps that call or mail the provider. `retries` counts an operator's retries: each allows
    one more attempt for an e-mail of which it is unknown whether it arrived.
    """

    retries: int = 0


class RemindInput(ProviderInput):
    """Input of the step `remind_provider`: which reminder in which status, and how long the provider must not
    have answered by the database's clock (`silent_for`). Without a number nothing is sent.
    """

    waiting_in: OrderStatus
    number: int | None
    silent_for: timedelta


class EmailInput(OrderStep):
    """Input of the step `send_email`: one of the e-mails that this kind of order sends."""

    email: str
    retries: int = 0
