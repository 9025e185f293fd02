"""What each mail says, in the reader's language.

    content = compose(Template.REQUESTER_PROCESSED, facts, "fr")

One layout serves all (`templates/order.html.jinja` and `.txt.jinja`); the sentences of a language are in
one file, `templates/<language>.toml`. A language is added by adding its file. The facts of an order are
put into the sentences first, as plain text, and escaped where the HTML is made: a name can be written in
any way, and is still only a name.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any, Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from models.characters import CONTROLS, REVERSALS

TEMPLATES = Path(__file__).parent / "templates"
FALLBACK_LANGUAGE = "en"
LONGEST_VALUE = 300
# in a mail, where facts stand side by side, the weak marks of direction mislead too
HARMFUL = re.compile(f"[{CONTROLS}{REVERSALS}\u200e\u200f]")


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


@dataclass(frozen=True)
class Content:
    """A mail without its addresses. Text and HTML say the same."""

    subject: str
    text: str
    html: str


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


def languages() -> frozenset[str]:
    """The languages that mails can be written in, such as `en`."""
    return frozenset(_catalogues())


def compose(template: Template, facts: OrderFacts, language: str) -> Content:
    """Write a mail. `fr-CA` is French; a language we do not have is English."""
    language = _spoken(language)
    catalogue = _catalogues()[language]
    wording = catalogue["templates"][template]
    known = _known(facts) | catalogue["kinds"][facts.kind]
    page: dict[str, Any] = {
        "language": language,
        "subject": " ".join(wording["subject"].format_map(known).split()),
        "title": wording["title"],
        "greeting": _sentences(catalogue["common"]["greetings"], known)[0],
        "colon": catalogue["common"]["colon"],
        "ask_title": wording["ask_title"],
        "ask": _sentences(wording["ask"], known),
        "next_title": catalogue["common"]["next_title"],
        "next": _sentences(wording["next"], known),
        "facts_title": catalogue["common"]["facts_title"],
        "rows": [(catalogue["rows"][row], known[row]) for row in ROWS[template] if known[row] is not None],
        "footer": catalogue["common"]["footer"].format_map(known),
    }
    return Content(
        subject=page["subject"],
        text=_pages().get_template("order.txt.jinja").render(page),
        html=_pages().get_template("order.html.jinja").render(page),
    )


def _spoken(language: str) -> str:
    primary = re.split("[-_]", language.strip().lower())[0]
    return primary if primary in _catalogues() else FALLBACK_LANGUAGE


def _known(facts: OrderFacts) -> dict[str, str | None]:
    """The facts as they are written, each on one line; None for what this order does not have."""
    written = {field.name: _one_line(getattr(facts, field.name)) for field in fields(facts)}
    return written | {"iccid_in_place_after": written["iccid_in_place"]}


def _one_line(fact: str | int | datetime | None) -> str | None:
    """A fact in print, None if there is nothing to print. A moment is given to the minute, in UTC."""
    if fact is None:
        return None
    if isinstance(fact, datetime):
        if fact.tzinfo is None:
            raise ValueError("A moment without a time zone cannot be told to a reader.")
        return fact.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    written = " ".join(HARMFUL.sub(" ", str(fact)).split())
    return written[: LONGEST_VALUE - 1] + "…" if len(written) > LONGEST_VALUE else written or None


def _sentences(wordings: list[str], known: Mapping[str, str | None]) -> list[str]:
    """Fill in the sentences, leaving out those about a fact that this order does not have."""
    return [
        wording.format_map(known)
        for wording in wordings
        if all(known[name] is not None for _, name, _, _ in Formatter().parse(wording) if name is not None)
    ]


@cache
def _catalogues() -> dict[str, dict[str, Any]]:
    return {file.stem: tomllib.loads(file.read_text("utf-8")) for file in TEMPLATES.glob("*.toml")}


@cache
def _pages() -> Environment:
    """Compiled once. Names ending in .html.jinja are escaped; an undefined name is an error."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html.jinja"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
