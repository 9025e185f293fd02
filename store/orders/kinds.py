"""What each kind of order does to the inventory: one entry a kind."""

from models.orders.lifecycle import OrderKind
from store.licences.orders import Assignments, Replacements
from store.orders.effects import Effects
from store.orders.swaps import Swaps

EFFECTS: dict[str, Effects] = {
    OrderKind.SWITCH_TO_ESIM: Swaps(),
    OrderKind.REPLACE_ESIM: Swaps(),
    OrderKind.ASSIGN_LICENCE: Assignments(),
    OrderKind.REPLACE_LICENCE_ESIM: Replacements(),
}
