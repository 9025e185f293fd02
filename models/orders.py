"""What an order asks for and what its steps answer. Ids only: these travel through Temporal histories."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from models.errors import Refusal
from models.identifiers import ORDER_ID_PATTERN
from models.lifecycle import OrderKind, OrderStatus
from models.rules import Action, Choice

RecordId = Annotated[int, Field(ge=1, le=2**63 - 1)]
"""The id of a record. No record has one beyond it, and PostgreSQL cannot even be asked for one."""


class Frozen(BaseModel):
    """A value that travels between processes. Unknown fields are kept out, new ones need a default."""

    model_config = ConfigDict(frozen=True)


class Placement(Frozen):
    """What is ordered, for which line, by whom: the ids of the records, never their contents (W6)."""

    order_id: str = Field(pattern=ORDER_ID_PATTERN)
    kind: OrderKind
    account_id: RecordId
    line_id: RecordId
    user_id: RecordId
    pack_id: RecordId
    quantity: int = Field(default=1, ge=-(2**31), le=2**31 - 1)
    disposal_confirmed: bool = False

    @property
    def action(self) -> Action:
        """The action of the inventory that this order answers."""
        return Action(self.kind.value)

    @property
    def choice(self) -> Choice:
        """What was put into the cart and confirmed."""
        return Choice(
            pack_id=self.pack_id, quantity=self.quantity, disposal_confirmed=self.disposal_confirmed
        )


class Acceptance(Frozen):
    """Whether the order was accepted, and if not, every reason. `line_id`, `pack_id` and `kind` are those
    of the order that has this id, so a key used for something else is noticed."""

    order_id: str
    status: OrderStatus
    kind: OrderKind
    line_id: int
    pack_id: int
    refusals: tuple[Refusal, ...] = ()

    @property
    def accepted(self) -> bool:
        """False when the order ended before it began."""
        return self.status is not OrderStatus.REFUSED

    def same_as(self, placement: Placement) -> bool:
        """Whether this answers the same wish; a key stands for one wish only."""
        return (self.kind, self.line_id, self.pack_id) == (
            placement.kind,
            placement.line_id,
            placement.pack_id,
        )


class OrderState(Frozen):
    """Where the order is after a call. `warnings` are for the caller to show (F49)."""

    order_id: str
    status: OrderStatus
    iccid: str | None = None
    warnings: tuple[str, ...] = ()


class StepResult(Frozen):
    """What a step found or did: the order's state and, where the step was refused, why."""

    state: OrderState
    refusal: Refusal | None = None
    ended_qr_request: str | None = None
    """The request for the discarded SIM's QR code that ended with it, and is to be told so."""
