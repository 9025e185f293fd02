"""The pages that people see, in their browser's language.

One layout; the words of a language are in `templates/<language>.toml`. Everything that is put into a page is
escaped, and loses what could break its line or turn its direction: a name is only ever a name.
"""

import re
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse

from mail.wording import in_words
from models.characters import UNPRINTABLE
from models.codes.activation import ActivationCode
from qr import draw

TEMPLATES = Path(__file__).parents[1] / "templates"
FALLBACK_LANGUAGE = "en"
Words = Mapping[str, Any]

_INSTALL = "https://esimsetup.{}.com/esim_qrcode_provisioning?carddata={}"
_MOST_LANGUAGES = 20


class Pages:
    """Renders pages. `portal_url` is where people reach them: its path is what addresses begin with."""

    def __init__(self, portal_url: str) -> None:
        self.base = urlsplit(portal_url).path.rstrip("/")

    def render(self, request: Request, page: str, status: int = 200, **facts: object) -> HTMLResponse:
        """A page as an answer."""
        language = spoken(request.headers.get("accept-language", ""))
        html = (
            _templates()
            .get_template(f"{page}.html.jinja")
            .render(
                facts,
                t=words(language),
                language=language,
                base=self.base,
                moment=lambda when: in_words(when, language),
                span=lambda length: span(length, words(language)),
            )
        )
        return HTMLResponse(html, status, {"Content-Language": language, "Vary": "Accept-Language"})

    def link(self, kind: str, token: str) -> str:
        """Where the forms of a link's pages go: `/u/...` to upload, `/q/...` to see the code."""
        return f"{self.base}/{kind}/{quote(token, safe='')}"


async def drawing(code: ActivationCode) -> Markup:
    """The code as an `<svg>`: made of numbers only, so it needs no escaping."""
    return Markup(await run_in_threadpool(draw.svg, code))  # noqa: S704


def install_links(code: ActivationCode) -> dict[str, str]:
    """What installs the code on the phone that follows it: beside the QR code, for not all phones do."""
    data = quote(str(code), safe="")
    return {"ios": _INSTALL.format("apple", data), "android": _INSTALL.format("android", data)}


def masked(code: ActivationCode) -> str:
    """Enough of a matching id to compare it by eye."""
    tail = code.matching_id[-2:] if len(code.matching_id) > 8 else ""
    return f"•••• {tail}".rstrip() if code.matching_id else "…"


def spoken(accepted: str) -> str:
    """The best of our languages for an Accept-Language: `fr-CA` is French, an unknown one English."""
    best, best_weight = FALLBACK_LANGUAGE, 0.0
    for wish in accepted.split(",")[:_MOST_LANGUAGES]:
        name, _, weight = wish.strip().lower().partition(";q=")
        language = re.split("[-_]", name)[0]
        weighs = float(weight) if re.fullmatch(r"[01](\.\d{0,3})?", weight) else 1.0
        if language in languages() and weighs > best_weight:
            best, best_weight = language, weighs
    return best


def span(length: timedelta, language: Words) -> str:
    """How long something takes, in the largest unit that is exact to the minute: `15 minutes`, `2 hours`."""
    minutes = max(1, -(-length // timedelta(minutes=1)))
    sizes = (("days", 24 * 60), ("hours", 60), ("minutes", 1))
    unit, size = next((unit, size) for unit, size in sizes if minutes % size == 0)
    one, many = language["common"][unit]
    written: str = (one if minutes == size else many).format(number=minutes // size)
    return written


def languages() -> frozenset[str]:
    """The languages that pages can be in."""
    return frozenset(_catalogues())


def words(language: str) -> Words:
    """All words of a language."""
    return _catalogues()[language]


@cache
def _catalogues() -> dict[str, dict[str, Any]]:
    return {file.stem: tomllib.loads(file.read_text("utf-8")) for file in TEMPLATES.glob("*.toml")}


def _plain(value: object) -> object:
    """What is printed of a value: on one line, in one direction."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return UNPRINTABLE.sub(" ", value)


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_plain,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
