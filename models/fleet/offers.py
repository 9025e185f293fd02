"""The actions offered to a user for a line or SIM, and the shop in which an order begins."""

from collections.abc import Collection

from models.catalogue.views import PackView
from models.errors import Refusal
from models.fleet.inventory import SimKind
from models.orders.rules import Action, Facts, refusals
from models.people.callers import Permission, not_permitted
from models.values import View


class ActionOffer(View):
    """An action, and every reason why it is not offered; no reason if it is."""

    action: Action
    label: str
    refusals: tuple[Refusal, ...] = ()
    offered: bool


class Shop(View):
    """What may be ordered for a line.

    `action` is the one order that fits the SIM in place; `chosen` is the pack if only one is eligible (F10).
    If nothing may be ordered, `packs` is empty and `refusals` has the reasons.
    """

    line_id: int
    action: Action
    packs: tuple[PackView, ...] = ()
    chosen: PackView | None = None
    refusals: tuple[Refusal, ...] = ()


def offers(facts: Facts, permissions: Collection[Permission]) -> list[ActionOffer]:
    """The three actions (F1), offered or not to a user whose role has these permissions (F2)."""
    found = []
    for action in Action:
        needed = Permission.REQUEST_QR_CODES if action.orders is None else Permission.PLACE_ORDERS
        why_not = tuple(refusals(action, facts))
        if needed not in permissions:
            why_not = (not_permitted(needed), *why_not)
        found.append(ActionOffer(action=action, label=action.label, refusals=why_not, offered=not why_not))
    return found


def fitting(facts: Facts) -> Action:
    """The one order that fits the SIM in place."""
    return Action.REPLACE_ESIM if facts.sim_kind is SimKind.ESIM else Action.SWITCH_TO_ESIM


def shop(line_id: int, facts: Facts, eligible: list[PackView], wanted: Action | None = None) -> Shop:
    """The shop of a line, filtered to the packs that the one fitting action may order (F7, F8, F10).

    `wanted`: the action that was chosen; one that does not fit the SIM in place is refused with the reason.
    """
    action = wanted or fitting(facts)
    why_not = refusals(action, facts)
    if why_not:
        return Shop(line_id=line_id, action=action, refusals=tuple(why_not))
    chosen = eligible[0] if len(eligible) == 1 else None
    return Shop(line_id=line_id, action=action, packs=tuple(eligible), chosen=chosen)
