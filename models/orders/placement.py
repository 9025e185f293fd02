"""What an order is placed with, and what its steps answer: ids only, for Temporal keeps them in histories."""

from datetime import timedelta

from pydantic import Field

from models.errors import Refusal
from models.identifiers import ORDER_ID_PATTERN
from models.orders.kinds import Ordered, Shown, What
from models.orders.lifecycle import OrderStatus
from models.values import Frozen, RecordId


class Placement(Frozen):
    """An order as it is placed: by whom, for which account, and what, by the ids of the records (W6)."""

    order_id: str = Field(pattern=ORDER_ID_PATTERN)
    account_id: RecordId
    user_id: RecordId
    origin_id: RecordId | None = None
    """From where it was placed: a row that the surface wrote (who, session, address), joined by audits."""
    note_id: RecordId | None = None
    """Free text that came with the order; it stays in the database."""
    what: What

    @property
    def kind(self) -> str:
        """The kind of order."""
        return self.what.kind


class FollowUp(Frozen):
    """Something that a step left to be done outside the database, such as to signal another workflow.

    Its row says that it is due until it is done, so it survives the loss of Temporal's data.
    """

    id: RecordId
    kind: str


class Acceptance(Frozen):
    """Whether the order was accepted, and if not, every reason.

    `what` is what the order that has this id asks for, so a key used for something else is noticed.
    """

    order_id: str
    status: OrderStatus
    what: What
    refusals: tuple[Refusal, ...] = ()
    shown: Shown = Shown()
    """What operators read of the order, for a workflow that was started without."""
    follow_ups: tuple[FollowUp, ...] = ()
    emails: tuple[str, ...] = ()
    """As in `StepResult`."""

    @classmethod
    def refused(cls, placement: Placement, *reasons: Refusal) -> "Acceptance":
        """The answer to an order that is not accepted."""
        return cls(
            order_id=placement.order_id, status=OrderStatus.REFUSED, what=placement.what, refusals=reasons
        )

    @property
    def accepted(self) -> bool:
        """False when the order ended before it began. Its key is free again."""
        return self.status is not OrderStatus.REFUSED

    def same_as(self, what: Ordered) -> bool:
        """Whether this answers the same order; a key stands for one order only."""
        return self.what.same_as(what)


class OrderState(Frozen):
    """Where the order is after a call. `warnings` are for the caller to show (F49)."""

    order_id: str
    status: OrderStatus
    iccid: str | None = None
    warnings: tuple[str, ...] = ()


class StepResult(Frozen):
    """What a step found or did: the order's state and, where the step was refused, why.

    A step that is repeated answers alike, with the follow-ups that are still due.
    """

    state: OrderState
    refusal: Refusal | None = None
    follow_ups: tuple[FollowUp, ...] = ()
    emails: tuple[str, ...] = ()
    """The e-mails to people that are still due, also those of earlier statuses."""


class ProviderAnswer(Frozen):
    """What the provider says at once when it is handed an order. An e-mail answers nothing; our own stock
    acknowledges and processes at once. It enters the same queue as the callers' updates.
    """

    acknowledged: bool = False
    processed: bool = False
    iccid: str | None = None


class Reminded(Frozen):
    """What became of a reminder. `due_in`: it was too early by the database's clock; look again then."""

    due_in: timedelta | None = None
