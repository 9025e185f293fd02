"""What each mail of an order says, in the reader's language.

    content = compose(Template.REQUESTER_PROCESSED, facts, "fr")

One layout serves all: `templates/order.html.jinja` and `.txt.jinja`. See `mail.wording` for the sentences.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from mail.wording import Content, filled, in_words, one_line, printed, sentences, spoken, wordings


class Template(StrEnum):
    """The mails of an order, each for one reader and one moment."""

    PROVIDER_ORDER = "provider_order"
    PROVIDER_REMINDER_ACKNOWLEDGE = "provider_reminder_acknowledge"
    PROVIDER_REMINDER_PROCESS = "provider_reminder_process"
    PROVIDER_CANCELLED = "provider_cancelled"
    REQUESTER_PROCESSED = "requester_processed"
    REQUESTER_CANCELLED = "requester_cancelled"
    EMPLOYEE_PROCESSED = "employee_processed"


@dataclass(frozen=True)
class OrderFacts:
    """What the mails of an order may tell. `msisdn` is E.164, `slot` 1 to 3, `waiting_since` has a zone."""

    order_id: str
    kind: Literal["switch_to_esim", "replace_esim"]
    account: str
    provider: str
    distributor: str
    pack: str
    item: str
    quantity: int
    msisdn: str
    device: str
    slot: int
    iccid_in_place: str | None
    iccid: str | None
    requester_name: str
    employee_name: str | None
    recipient_name: str
    cancel_reason: str | None = None
    reminder_number: int = 0
    waiting_since: datetime | None = None


_ORDERED = ("order_id", "action", "account", "provider", "pack", "item", "quantity")
_LINE = ("msisdn", "device", "slot")
_ORDERED_LINE = (*_ORDERED, *_LINE, "iccid_in_place")
_REQUESTED = ("order_id", "action", "provider", "distributor", *_LINE, "employee_name")

ROWS: Mapping[Template, tuple[str, ...]] = {
    Template.PROVIDER_ORDER: (*_ORDERED_LINE, "requester_name"),
    Template.PROVIDER_REMINDER_ACKNOWLEDGE: _ORDERED_LINE,
    Template.PROVIDER_REMINDER_PROCESS: _ORDERED_LINE,
    Template.PROVIDER_CANCELLED: _ORDERED_LINE,
    Template.REQUESTER_PROCESSED: (*_REQUESTED, "iccid", "iccid_in_place_after"),
    Template.REQUESTER_CANCELLED: (*_REQUESTED, "iccid_in_place"),
    Template.EMPLOYEE_PROCESSED: ("order_id", *_LINE, "provider", "iccid"),
}
"""The facts that each reader is shown. A distributor does not learn who uses the line."""


def compose(template: Template, facts: OrderFacts, language: str) -> Content:
    """Write a mail. `fr-CA` is French; a language we do not have is English."""
    language = spoken(language)
    catalogue = wordings(language)
    wording = catalogue["templates"][template]
    known = _known(facts, language) | catalogue["kinds"][facts.kind]
    page: dict[str, Any] = {
        "language": language,
        "title": wording["title"],
        "greeting": sentences(catalogue["common"]["greetings"], known)[0],
        "colon": catalogue["common"]["colon"],
        "ask_title": wording["ask_title"],
        "ask": sentences(wording["ask"], known),
        "next_title": catalogue["common"]["next_title"],
        "next": sentences(wording["next"], known),
        "facts_title": catalogue["common"]["facts_title"],
        "rows": [(catalogue["rows"][row], known[row]) for row in ROWS[template] if known[row] is not None],
        "footer": catalogue["common"]["footer"].format_map(known),
    }
    return printed("order", filled(wording["subject"], known), page)


def _known(facts: OrderFacts, language: str) -> dict[str, str | None]:
    """The facts as they are written, each on one line; None for what this order does not have."""
    values = {field.name: getattr(facts, field.name) for field in fields(facts)}
    written = {
        name: in_words(value, language) if isinstance(value, datetime) else one_line(value)
        for name, value in values.items()
    }
    return written | {"iccid_in_place_after": written["iccid_in_place"]}
