"""Which provider serves an order, by its kind: one entry a kind."""

from models.lifecycle import OrderKind

BY_MAIL = "by_mail"
"""The order contacts of the order's distributor, by e-mail."""

PROVIDERS: dict[str, str] = {
    OrderKind.SWITCH_TO_ESIM: BY_MAIL,
    OrderKind.REPLACE_ESIM: BY_MAIL,
}
"""The name of the port; the worker has one port under each name."""
