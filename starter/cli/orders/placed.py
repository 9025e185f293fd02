"""Ask before an order is placed, and say that it is placed: for the commands of all subjects."""

from typing import TYPE_CHECKING

from models.errors import Refused
from starter.cli.language import order_status, worded
from starter.cli.output import print_json, say, warn
from starter.cli.questions import confirmed

if TYPE_CHECKING:
    from starter.orders.drafts import Placed


def ask_to_place(what: str) -> None:
    """Say what would be ordered, and ask. Raises `Refused` (`not_confirmed`)."""
    warn(what)
    if not confirmed(worded("Place the order?")):
        raise Refused.because("not_confirmed")


def print_placed(placed: "Placed", key: str | None, *, json: bool) -> None:
    """The order's id and status, and its key if none was given."""
    if json:
        print_json(placed)
        return
    say(f"{placed.order_id}: {order_status(placed.status).lower()}")
    if key is None:
        say(worded("The key of this order is {key}; the same key never orders twice.", key=placed.key))
