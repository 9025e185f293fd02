"""The words of mails in every language, and how facts are put into them.

The sentences of a language are in `templates/<language>.toml` (orders) and `templates/qr/<language>.toml`
(QR codes), its dates in `templates/dates/<language>.toml`. A language is added by adding its files. Facts are
put into the sentences first, as plain text, and escaped where the HTML is made: a name can be written in any
way, and is still only a name.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from models.characters import CONTROLS, REVERSALS

TEMPLATES = Path(__file__).parent / "templates"
FALLBACK_LANGUAGE = "en"
LONGEST_VALUE = 300
# in a mail, where facts stand side by side, the weak marks of direction mislead too
HARMFUL = re.compile(f"[{CONTROLS}{REVERSALS}\u200e\u200f]")

Known = Mapping[str, str | None]
"""The facts as they are written; None for those that there are none of."""


@dataclass(frozen=True)
class Content:
    """A mail without its addresses. Text and HTML say the same."""

    subject: str
    text: str
    html: str


def languages() -> frozenset[str]:
    """The languages that mails can be written in, such as `en`."""
    return frozenset(_catalogues(TEMPLATES))


def spoken(language: str) -> str:
    """The language that is written for one asked for: `fr-CA` is French, one that we lack is English."""
    primary = re.split("[-_]", language.strip().lower())[0]
    return primary if primary in languages() else FALLBACK_LANGUAGE


def wordings(language: str, about: str = "") -> dict[str, Any]:
    """The sentences of a language that is spoken: of orders, or of what else there is a folder for."""
    return _catalogues(TEMPLATES / about)[language]


def one_line(fact: str | int | None) -> str | None:
    """A fact in print, None if there is nothing to print. For a date or a time: `in_words`."""
    if fact is None:
        return None
    written = " ".join(HARMFUL.sub(" ", str(fact)).split())
    return written[: LONGEST_VALUE - 1] + "…" if len(written) > LONGEST_VALUE else written or None


def in_words(moment: datetime, language: str) -> str:
    """A date and time to the minute, in UTC, as people who speak this language write it.

    `26 November 2026, 14:05 UTC`; `26 novembre 2026 à 14 h 05 UTC`, with non-breaking spaces. E-mails and
    pages have no other way to show a date. Raises `ValueError` where the time zone is missing.
    """
    if moment.tzinfo is None:
        raise ValueError("A moment without a time zone cannot be told to a reader.")
    moment = moment.astimezone(UTC)
    dates = wordings(spoken(language), "dates")
    written: str = dates["moment"].format(
        day=dates["first"] if moment.day == 1 else moment.day,
        month=dates["months"][moment.month - 1],
        year=moment.year,
        hour=dates["hour"].format(moment.hour),
        minute=f"{moment:%M}",
    )
    return written


def filled(wording: str, known: Known) -> str:
    """A wording on one line, with its facts, such as a subject."""
    return " ".join(wording.format_map(known).split())


def sentences(wordings: list[str], known: Known) -> list[str]:
    """Fill in the sentences, leaving out those about a fact that there is none of."""
    return [
        wording.format_map(known)
        for wording in wordings
        if all(known[name] is not None for _, name, _, _ in Formatter().parse(wording) if name is not None)
    ]


def printed(layout: str, subject: str, page: Mapping[str, Any]) -> Content:
    """The mail in both its forms, laid out by `templates/<layout>.txt.jinja` and `.html.jinja`."""
    page = {**page, "subject": subject}
    return Content(
        subject=subject,
        text=_pages().get_template(f"{layout}.txt.jinja").render(page),
        html=_pages().get_template(f"{layout}.html.jinja").render(page),
    )


@cache
def _catalogues(folder: Path) -> dict[str, dict[str, Any]]:
    return {file.stem: tomllib.loads(file.read_text("utf-8")) for file in folder.glob("*.toml")}


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
