"""The kinds of order, and what each asks for. The contract grows by a class here, not by optional fields.

A kind is a class below and an entry in `KINDS`. Its effect on the inventory is an entry in
`store.orders.kinds`, its provider one in `providers.registry`, its e-mails one in `outbox.orders`. Nothing
else depends on the kind.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, GetJsonSchemaHandler, SerializeAsAny, Strict, WrapValidator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import PydanticCustomError

from models.licences.kinds import AssignLicence, ReplaceLicenceEsim
from models.markdown import inert
from models.orders.lifecycle import OrderKind
from models.orders.ordered import Ordered, Shown
from models.orders.rules import Action, Choice
from models.people.callers import Permission
from models.travel.kinds import AddLine, AddPlan, ReplaceLineEsim
from models.values import Flag, RecordId


class Swap(Ordered):
    """Switch a line from its physical SIM to an eSIM, or replace its eSIM. The SIM in place is discarded when
    the provider has processed the order (F1 to F24).
    """

    kind: Literal["switch_to_esim", "replace_esim"]
    line_id: RecordId
    pack_id: RecordId
    quantity: Annotated[int, Strict()] = Field(default=1, ge=-(2**31), le=2**31 - 1)
    """Locked at 1; any other number is refused (F9)."""
    discard_confirmed: Flag = False
    """The user was warned that the SIM in place is discarded irreversibly, and confirmed (F11)."""

    @property
    def subject(self) -> str:
        """The line."""
        return f"line:{self.line_id}"

    @property
    def action(self) -> Action:
        """The management action that places this order."""
        return Action(self.kind)

    @property
    def choice(self) -> Choice:
        """The content of the cart, and the confirmation."""
        return Choice(pack_id=self.pack_id, quantity=self.quantity, discard_confirmed=self.discard_confirmed)

    def summary(self, shown: Shown) -> str:
        """Such as `Switch line L-42, slot 1, to eSIM (Orange)`."""
        line = f"line L-{self.line_id}" + (f", slot {shown.slot}" if shown.slot else "")
        provider = f" ({inert(shown.provider)})" if shown.provider else ""
        if self.action is Action.SWITCH_TO_ESIM:
            return f"Switch {line}, to eSIM{provider}"
        return f"Replace the eSIM of {line}{provider}"

    def records(self, shown: Shown) -> str:
        """The line and the order pack."""
        slot = f", slot {shown.slot}" if shown.slot else ""
        by = f", of {inert(shown.distributor)}" if shown.distributor else ""
        return f"Line `L-{self.line_id}`{slot}. Order pack `P-{self.pack_id}`{by}."

    def same_as(self, other: Ordered) -> bool:
        """The same change of the same line with the same pack; the confirmation is not compared."""
        return isinstance(other, Swap) and (self.kind, self.line_id, self.pack_id) == (
            other.kind,
            other.line_id,
            other.pack_id,
        )


@dataclass(frozen=True)
class Kind:
    """A kind of order in the contract."""

    label: str
    """The kind's name as it is shown to users."""
    what: type[Ordered]
    permission: Permission = Permission.PLACE_ORDERS
    """What a user needs to place an order of this kind, and to cancel it before the acknowledgement."""
    view: Permission = Permission.VIEW_ORDERS
    """What a user needs to see that there is such an order."""


KINDS: dict[str, Kind] = {
    OrderKind.SWITCH_TO_ESIM: Kind(Action.SWITCH_TO_ESIM.label, Swap),
    OrderKind.REPLACE_ESIM: Kind(Action.REPLACE_ESIM.label, Swap),
    OrderKind.ASSIGN_LICENCE: Kind("Assign an eSIM licence", AssignLicence, Permission.ASSIGN_LICENCES),
    OrderKind.REPLACE_LICENCE_ESIM: Kind(
        "Replace the eSIM of a number", ReplaceLicenceEsim, Permission.ASSIGN_LICENCES
    ),
    OrderKind.ADD_LINE: Kind(
        "Add an eSIM line", AddLine, Permission.SELL_TRAVEL, view=Permission.VIEW_TRAVEL
    ),
    OrderKind.ADD_PLAN: Kind(
        "Add a plan to an eSIM line", AddPlan, Permission.SELL_TRAVEL, view=Permission.VIEW_TRAVEL
    ),
    OrderKind.REPLACE_LINE_ESIM: Kind(
        "Replace the eSIM of an eSIM line",
        ReplaceLineEsim,
        Permission.SELL_TRAVEL,
        view=Permission.VIEW_TRAVEL,
    ),
}


def kind_label(kind: str) -> str:
    """The kind's name as it is shown to users."""
    return KINDS[kind].label if kind in KINDS else kind


def permission_of(kind: str) -> Permission:
    """What a user needs to place an order of this kind."""
    return KINDS[kind].permission


def parse_what(value: Any) -> Ordered:
    """Parse what is ordered from JSON. Raises `ValueError` (pydantic's `ValidationError` is one)."""
    if isinstance(value, Ordered):
        return value
    kind = value.get("kind") if isinstance(value, Mapping) else None
    if not isinstance(kind, str) or kind not in KINDS:
        raise PydanticCustomError(
            "kind_unknown", "kind: one of {kinds} is needed.", {"kinds": ", ".join(KINDS)}
        )
    return KINDS[kind].what.model_validate(value)


class _OneOfKinds:
    """The JSON Schema of `What`: one schema per kind, with `kind` as the discriminator."""

    def __get_pydantic_json_schema__(self, _: Any, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        classes = dict.fromkeys(kind.what for kind in KINDS.values())
        one_of = [handler(what.__pydantic_core_schema__) for what in classes]
        return {"oneOf": one_of, "discriminator": {"propertyName": "kind"}}


What = Annotated[SerializeAsAny[Ordered], WrapValidator(lambda value, _: parse_what(value)), _OneOfKinds()]
"""What is ordered, with `kind` as the discriminator."""
