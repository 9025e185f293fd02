"""Which port serves which kind of order, and how each port is made: one entry for each kind or port."""

from collections.abc import Callable

from models.orders.lifecycle import OrderKind
from outbox.links import Links
from outbox.sender import Outbox
from providers.by_mail import ProviderByMail
from providers.from_stock import FromStock
from providers.port import Provider
from store.session import Database

BY_MAIL = "by_mail"
"""The order contacts of the order's distributor, by e-mail."""
STOCK = "stock"
"""The account's own stock of travel eSIMs."""

PROVIDERS: dict[str, str] = {
    OrderKind.SWITCH_TO_ESIM: BY_MAIL,
    OrderKind.REPLACE_ESIM: BY_MAIL,
    OrderKind.ASSIGN_LICENCE: BY_MAIL,
    OrderKind.REPLACE_LICENCE_ESIM: BY_MAIL,
    OrderKind.ADD_LINE: STOCK,
    OrderKind.ADD_PLAN: STOCK,
    OrderKind.REPLACE_LINE_ESIM: STOCK,
}
"""The name of the port by the kind of order."""

PORTS: dict[str, Callable[[Database, Outbox, Links], Provider]] = {BY_MAIL: ProviderByMail, STOCK: FromStock}
"""The factory of each port by its name; a worker makes each port once."""
