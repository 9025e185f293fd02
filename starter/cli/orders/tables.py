"""Format orders for a terminal, wide or narrow."""

from collections.abc import Mapping, Sequence

from models.errors import Refusal
from models.events import EventView
from models.identifiers import named, reference
from models.operations.views import HoldView
from models.orders.lifecycle import OrderStatus
from models.orders.views import OrderView
from starter.cli.language import held as hold_sentence
from starter.cli.language import kind_label, not_sent_words, order_status, why_not
from starter.cli.operations import not_sent
from starter.cli.output import column_time, full_time, is_wide, print_facts, print_table, short_time

_WAITS = {OrderStatus.SUBMITTED: "acknowledgement", OrderStatus.PROVIDER_PROCESSING: "processing"}
_INTERNAL = frozenset({"request", "note", "refusals", "what"})
"""Data of events that is not shown."""
_REFERENCES = {
    "sim": "S",
    "sim_in_place": "S",
    "agent": "AG",
    "agent_before": "AG",
    "licence": "LI",
    "contacts": "C",
}
"""Data of events that are ids, and how the record is named."""
FILE_COLUMNS = (
    *("order", "account_id", "kind", "status", "status_since", "placed_at", "placed_by", "about", "provider"),
    *("distributor", "iccid", "purchase_reference", "held_reason", "incident", "note", "cancel_reason"),
)
_INCIDENT = "The provider processed it after the cancel: ask which SIM is in use (docs/operations.md)."


def print_orders(orders: Sequence[OrderView]) -> None:
    """Print one row per order: its subject, such as a phone number, its status, and since when."""
    wide = is_wide()
    rows = []
    for order in orders:
        more = (kind_label(order.kind), order.provider) if wide else ()
        rows.append((order.id, order.title, *more, _status(order), short_time(order.status_since)))
    more = ("kind", "provider") if wide else ()
    whole = ("order", "about", "since")
    print_table(
        "Orders", ("order", "about", *more, "status", "since (UTC)"), rows, whole=(*whole, "since (UTC)")
    )


def file_cells(order: OrderView) -> tuple[str, ...]:
    """The cells of an order in a CSV file, in these columns: codes and numbers, as programs want them."""
    cells = (
        *(order.id, order.account_id, order.kind, order.status.value, order.status_since.isoformat()),
        *(order.placed_at.isoformat(), f"U-{order.placed_by}", order.title, order.provider),
        *(order.distributor, order.iccid, getattr(order.what, "purchase_reference", None)),
        *(order.held_reason, "yes" if order.incident else "", order.note, order.cancel_reason),
    )
    return tuple("" if cell is None else str(cell) for cell in cells)


def print_held(orders: Sequence[OrderView]) -> None:
    """Print one row per hold: since when the order is held, and why."""
    rows = [
        (order.id, order.title, short_time(hold.since), f"{hold.reason}: {hold_sentence(hold.reason)}")
        for order in orders
        for hold in order.holds
    ]
    columns = ("order", "about", "since (UTC)", "held for")
    print_table("Held orders", columns, rows, whole=("order", "about", "since (UTC)"))


def print_order(order: OrderView, people: Mapping[str, str]) -> None:
    """Print an order with its facts and events; `people` has names by reference."""
    by = f", by {order.distributor}" if order.distributor else ""
    facts = [
        ("kind", kind_label(order.kind)),
        ("status", f"{order_status(order.status)} since {full_time(order.status_since)}"),
        (not_sent_words()["waits_for"], _waits(order)),
        *not_sent.rows(order.not_sent, people),
        *(("held", _held(hold)) for hold in order.holds),
        ("incident", _INCIDENT if order.incident else None),
        *(order.details.facts() if order.details else [("about", named(order.subject or "") or None)]),
        ("provider", f"{order.provider}{by}" if order.provider else None),
        ("eSIM", order.iccid),
        ("note", order.note),
        ("cancelled for", order.cancel_reason),
        *(("refused", why_not(refusal)) for refusal in order.refusals),
    ]
    print_facts(order.id, [fact for fact in facts if fact[1]])
    print_events(order.events, people)


def print_events(events: Sequence[EventView], people: Mapping[str, str]) -> None:
    """Print events, oldest first; `people` has names by reference."""
    if is_wide():
        rows = [
            (column_time(event.at), event.type, who(event.actor, people), _about(event, people))
            for event in events
        ]
        print_table(
            "What happened", ("when (UTC)", "what", "who", "about"), rows, whole=("when (UTC)", "what")
        )
        return
    narrow = [(short_time(event.at), event.type, _by(event, people)) for event in events]
    print_table("What happened", ("when (UTC)", "what", "about"), narrow, whole=("when (UTC)", "what"))


def who(actor: str, people: Mapping[str, str]) -> str:
    """The name of an actor (`user:3`) if it is known, else the reference."""
    return people.get(actor, actor).partition(" <")[0]


def _waits(order: OrderView) -> str | None:
    """What the order waits for: to be sent, then for the acknowledgement, then for processing (W11)."""
    unsent = any(each.is_order for each in order.not_sent)
    name = "order" if unsent else _WAITS.get(order.status)
    return not_sent_words()[name] if name else None


def _held(hold: HoldView) -> str:
    return f"{hold.reason} since {full_time(hold.since)}. {hold_sentence(hold.reason)}"


def _by(event: EventView, people: Mapping[str, str]) -> str:
    about = _about(event, people)
    return f"by {who(event.actor, people)}" + (f": {about}" if about else "")


def _about(event: EventView, people: Mapping[str, str]) -> str:
    data = {name: value for name, value in event.data.items() if value is not None and name not in _INTERNAL}
    parts = []
    if "to" in data:
        mail, to = str(data.pop("mail", "")), str(data.pop("to"))
        parts.append(f"{mail.replace('_', ' ')} to {people.get(to, to)}".strip())
    parts += [f"{name.replace('_', ' ')} {_in_words(name, value)}" for name, value in data.items()]
    return ", ".join(parts + _refused(event))


def _refused(event: EventView) -> list[str]:
    """Why the provider's answer was refused, if the order is held because of it."""
    refusals = event.data.get("refusals") if event.type == "order.held" else None
    return [why_not(Refusal(**each)) for each in refusals] if isinstance(refusals, list) else []


def _in_words(name: str, value: object) -> str:
    if isinstance(value, list):
        return ", ".join(_in_words(name, one) for one in value)
    prefix = _REFERENCES.get(name)
    return reference(prefix, value) if prefix and isinstance(value, int) else str(value)


def _status(order: OrderView) -> str:
    held = f" (held: {order.held_reason})" if order.held_reason else ""
    mark = not_sent.mark(order.not_sent)
    return order_status(order.status) + held + mark + (" (incident)" if order.incident else "")
