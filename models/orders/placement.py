"""The messages that place an order, and the results of its steps: ids only, as histories store them."""

import hashlib
from datetime import timedelta

from pydantic import Field

from models.errors import Refusal
from models.identifiers import ORDER_ID_PATTERN
from models.orders.kinds import What
from models.orders.lifecycle import OrderStatus
from models.orders.ordered import Ordered, Shown
from models.values import Frozen, RecordId


def mark_of(shown: str) -> str:
    """The mark of a text that a confirmation said: the text itself may hold names, and stays out of Temporal
    (W6).
    """
    return hashlib.sha256(shown.encode()).hexdigest()[:32]


class Placement(Frozen):
    """An order as it is placed: the user, the account and what is ordered, by record ids (W6)."""

    order_id: str = Field(pattern=ORDER_ID_PATTERN)
    account_id: RecordId
    user_id: RecordId
    origin_id: RecordId | None = None
    """The origin of the call: a row of `origins` (surface, session, address), joined by audits."""
    note_id: RecordId | None = None
    """The row of the order's free text, which stays in the database."""
    what: What
    shown: str | None = None
    """A mark of what was shown before it was placed (`models.orders.placement.mark_of`): if the order would
    be something else by now, or for another agent, it is refused (`offer_changed`, `agent_changed`). None: it
    is placed as it is.
    """

    @property
    def kind(self) -> str:
        """The kind of order."""
        return self.what.kind


class FollowUp(Frozen):
    """Work outside the database that a step leaves to be done, such as to signal another workflow.

    It is pending in its row until it is done, so it survives the loss of Temporal's data.
    """

    id: RecordId
    kind: str


class Acceptance(Frozen):
    """Whether the order was accepted, and if not, every reason.

    `what` is from the order with this id, so that an idempotency key used for another order is detected.
    """

    order_id: str
    status: OrderStatus
    what: What
    origin_id: RecordId | None = None
    """The origin of the call that placed it: of calls at once with one key, one has made the order."""
    refusals: tuple[Refusal, ...] = ()
    shown: Shown = Shown()
    """What operators see of the order, for a workflow that was started without it."""
    follow_ups: tuple[FollowUp, ...] = ()
    emails: tuple[str, ...] = ()
    """As in `StepResult`."""

    @classmethod
    def refused(cls, placement: Placement, *reasons: Refusal) -> "Acceptance":
        """The result for an order that is not accepted."""
        return cls(
            order_id=placement.order_id, status=OrderStatus.REFUSED, what=placement.what, refusals=reasons
        )

    @property
    def accepted(self) -> bool:
        """False if the order was refused. Its idempotency key can be used again."""
        return self.status is not OrderStatus.REFUSED

    def same_as(self, what: Ordered) -> bool:
        """Whether this is the same order; an idempotency key identifies one order only."""
        return self.what.same_as(what)


class OrderState(Frozen):
    """The state of the order after a call. The caller shows `warnings` to the user (F49)."""

    order_id: str
    status: OrderStatus
    iccid: str | None = None
    warnings: tuple[str, ...] = ()


class StepResult(Frozen):
    """The result of a step: the order's state and, if the step was refused, why.

    Steps are idempotent: a repeated one returns the same, with the follow-ups that are still pending.
    """

    state: OrderState
    refusal: Refusal | None = None
    follow_ups: tuple[FollowUp, ...] = ()
    emails: tuple[str, ...] = ()
    """The pending e-mails to people, including those of earlier statuses."""


class ProviderAnswer(Frozen):
    """The provider's immediate answer to an order. An e-mail has none; our own stock acknowledges and
    processes at once. The answer enters the same queue as the callers' updates.
    """

    acknowledged: bool = False
    processed: bool = False
    iccid: str | None = None


class Reminded(Frozen):
    """The result of a reminder. `due_in`: it is not due yet by the database's clock; look again then."""

    due_in: timedelta | None = None
