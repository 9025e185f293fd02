"""Which provider serves an order, by its kind, and how each provider is reached: one entry a kind or port."""

from collections.abc import Callable

from models.orders.lifecycle import OrderKind
from outbox.sender import Outbox
from providers.by_mail import ProviderByMail
from providers.port import Provider
from store.session import Database

BY_MAIL = "by_mail"
"""The order contacts of the order's distributor, by e-mail."""

PROVIDERS: dict[str, str] = {
    OrderKind.SWITCH_TO_ESIM: BY_MAIL,
    OrderKind.REPLACE_ESIM: BY_MAIL,
}
"""By the kind of order the name of the port."""

PORTS: dict[str, Callable[[Database, Outbox], Provider]] = {BY_MAIL: ProviderByMail}
"""By its name what makes the port; a worker makes each once."""
