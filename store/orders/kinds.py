"""What each kind of order does to the inventory: one entry a kind."""

from models.orders.lifecycle import OrderKind
from store.licences.orders import Assignments, Replacements
from store.orders.effects import Effects
from store.orders.swaps import Swaps
from store.travel.orders import AddedLines, AddedPlans, ReplacedEsims

EFFECTS: dict[str, Effects] = {
    OrderKind.SWITCH_TO_ESIM: Swaps(),
    OrderKind.REPLACE_ESIM: Swaps(),
    OrderKind.ASSIGN_LICENCE: Assignments(),
    OrderKind.REPLACE_LICENCE_ESIM: Replacements(),
    OrderKind.ADD_LINE: AddedLines(),
    OrderKind.ADD_PLAN: AddedPlans(),
    OrderKind.REPLACE_LINE_ESIM: ReplacedEsims(),
}
