"""What each kind of order does to the inventory: one entry a kind."""

from models.lifecycle import OrderKind
from store.effects import Effects
from store.swaps import Swaps

EFFECTS: dict[str, Effects] = {
    OrderKind.SWITCH_TO_ESIM: Swaps(),
    OrderKind.REPLACE_ESIM: Swaps(),
}
