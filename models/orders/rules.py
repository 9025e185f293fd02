"""When an action is offered and when an order is accepted: one pure function for both.

Pages hide what is refused here, the API refuses it, and the accepting transaction checks again with current
facts. Source: requirements F1 to F10, F45, F46, F52, F53, F55.
"""

from collections.abc import Mapping
from enum import StrEnum
from itertools import product

from pydantic import BaseModel, ConfigDict

from models.errors import Refusal
from models.fleet.inventory import SimKind, SimState
from models.identifiers import reference
from models.orders.lifecycle import OrderKind


class Action(StrEnum):
    """The three management actions on a line or its SIM (F1)."""

    SWITCH_TO_ESIM = "switch_to_esim"
    REPLACE_ESIM = "replace_esim"
    GENERATE_QR_CODE = "generate_qr_code"

    @property
    def label(self) -> str:
        """The action's name as it is shown to users."""
        return _LABELS[self]

    @property
    def orders(self) -> OrderKind | None:
        """The kind of order the action places; None for the QR code, which is a request."""
        return None if self is Action.GENERATE_QR_CODE else OrderKind(self.value)


_LABELS = {
    Action.SWITCH_TO_ESIM: "Switch to eSIM",
    Action.REPLACE_ESIM: "Replace the eSIM",
    Action.GENERATE_QR_CODE: "Generate an eSIM QR code",
}

_MOST_NAMED = 3
"""Packs that a refusal names; of more it says how many."""
SLOTS = (1, 2, 3)


def target(action: Action, slot: int) -> str:
    """The target of a profile: an action on a slot, such as `switch_to_esim:2`."""
    return f"{action}:{slot}"


TARGETS: tuple[str, ...] = tuple(target(action, slot) for action, slot in product(Action, SLOTS))
"""The nine targets of an authorised actions profile: an action on a slot's line or SIM (F3)."""

DISCARD_WARNING = (
    "The SIM in place will be discarded automatically and irreversibly "
    "once the provider has processed the order."
)


class Facts(BaseModel):
    """The facts that the rules check, read in one transaction."""

    model_config = ConfigDict(frozen=True)

    slot: int | None
    """None for a discarded SIM, which has left its slot."""
    sim_kind: SimKind | None
    sim_state: SimState | None
    enabled_targets: frozenset[str]
    esim_packs: Mapping[int, str]
    """The available packs of the account's catalogue with an eSIM of the line's provider: names by id."""
    qr_contacts: frozenset[int]
    """Contacts of the SIM's distributor with the role eSIM QR Code."""
    open_order: str | None
    open_qr_request: str | None = None


class Choice(BaseModel):
    """The pack and quantity that the user orders, and the confirmation."""

    model_config = ConfigDict(frozen=True)

    pack_id: int
    quantity: int = 1
    discard_confirmed: bool = False


class Recipients(BaseModel):
    """The recipients of a request for a QR code: ids of contacts. `again` sends the open request again."""

    model_config = ConfigDict(frozen=True)

    contacts: frozenset[int]
    again: bool = False


def request_refusals(facts: Facts, recipients: Recipients) -> list[Refusal]:
    """Every reason why a QR code cannot be requested from these contacts (F2, F25, F26, F28, F56)."""
    found = refusals(Action.GENERATE_QR_CODE, facts)
    if facts.qr_contacts and not recipients.contacts:
        found.append(Refusal.of("no_recipient"))
    elif facts.qr_contacts and not recipients.contacts <= facts.qr_contacts:
        found.append(Refusal.of("recipient_lacks_role"))
    if facts.open_qr_request and not recipients.again:
        found.append(Refusal.of("open_qr_request", request=facts.open_qr_request))
    return found


def import_refusals(facts: Facts) -> list[Refusal]:
    """Every reason why a user may not import or show the QR code of a SIM (F2, F25, F35, F45, F55)."""
    action = Action.GENERATE_QR_CODE
    return [*_profile(action, facts), *_sim_in_place(action, facts)]


def refusals(action: Action, facts: Facts, choice: Choice | None = None) -> list[Refusal]:
    """Every reason why the action is not offered on this line, or with a choice, cannot be ordered."""
    found = [*_profile(action, facts), *_sim_in_place(action, facts)]
    if action is Action.GENERATE_QR_CODE:
        found += _qr_contact(facts) if facts.sim_kind is not None else []  # whose distributor, without a SIM?
    else:
        found += _catalogue(facts)
        found += _open_order(facts)
        if choice is not None:
            found += _choice(facts, choice)
    return found


def _profile(action: Action, facts: Facts) -> list[Refusal]:
    if facts.slot is None or target(action, facts.slot) in facts.enabled_targets:
        return []
    return [Refusal.of("not_enabled", action=action)]


def _sim_in_place(action: Action, facts: Facts) -> list[Refusal]:
    if facts.sim_kind is None:
        return [Refusal.of("slot_empty")]
    if facts.sim_state is SimState.DISCARDED:
        return [Refusal.of("sim_discarded")]
    if facts.sim_state is SimState.SUSPENDED:
        return [Refusal.of("sim_suspended")]
    if facts.sim_state is not SimState.ACTIVE:
        return [Refusal.of("sim_temporary")]
    if action is Action.SWITCH_TO_ESIM and facts.sim_kind is SimKind.ESIM:
        return [Refusal.of("already_esim")]
    if action is Action.REPLACE_ESIM and facts.sim_kind is SimKind.PHYSICAL:
        return [Refusal.of("not_an_esim")]
    if action is Action.GENERATE_QR_CODE and facts.sim_kind is SimKind.PHYSICAL:
        return [Refusal.of("esim_needed")]
    return []


def _catalogue(facts: Facts) -> list[Refusal]:
    if facts.esim_packs:
        return []
    return [Refusal.of("no_esim_pack")]


def _qr_contact(facts: Facts) -> list[Refusal]:
    if facts.qr_contacts:
        return []
    return [Refusal.of("no_qr_contact")]


def _open_order(facts: Facts) -> list[Refusal]:
    if facts.open_order is None:
        return []
    return [Refusal.of("open_order", order=facts.open_order)]


def not_eligible(packs: Mapping[int, str]) -> Refusal:
    """Why a pack is refused that is not among those of the line's provider, with the first of these."""
    by_name = sorted(packs.items(), key=lambda pack: (pack[1], pack[0]))
    listed = ", ".join(f"{reference('P', pack)} {name}" for pack, name in by_name[:_MOST_NAMED])
    return Refusal.of("pack_not_eligible", packs=listed, more=max(0, len(packs) - _MOST_NAMED))


def _choice(facts: Facts, choice: Choice) -> list[Refusal]:
    found = []
    if facts.esim_packs and choice.pack_id not in facts.esim_packs:
        found.append(not_eligible(facts.esim_packs))
    if choice.quantity != 1:
        found.append(Refusal.of("quantity_locked"))
    if not choice.discard_confirmed:
        found.append(Refusal.of("discard_not_confirmed"))
    return found
