"""Renders the portal's pages in the browser's language.

One layout; the texts are in `wording/pages`. All values are HTML-escaped, and line breaks, control characters
and bidirectional characters are removed from them, so a name cannot change how a page reads.
"""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse

from models.characters import UNPRINTABLE
from models.codes.activation import ActivationCode
from models.language import Language, spoken_language
from outbox.links import address
from portal.http.static import PREFIX, StaticFiles
from qr import draw
from wording.dates import moment, span
from wording.numbers import number
from wording.pages import page_texts

TEMPLATES = Path(__file__).parents[1] / "templates"

_MOST_LANGUAGES = 20


class Pages:
    """Renders pages. The path of `portal_url` is the prefix of all addresses; `api`: whether it is served."""

    def __init__(self, portal_url: str, *, api: bool = False) -> None:
        self.base = urlsplit(portal_url).path.rstrip("/")
        self._api = api

    def render(
        self, request: Request, page: str, status: int = 200, *, said: Language | None = None, **facts: object
    ) -> HTMLResponse:
        """Render a page as a response, in the browser's language, or in this one (`said`)."""
        language = said or spoken(request.headers.get("accept-language", ""))
        html = templates(language, self.base).get_template(f"{page}.html.jinja").render(facts, api=self._api)
        varies = "Cookie" if said else "Accept-Language"
        return HTMLResponse(html, status, {"Content-Language": language, "Vary": varies})

    def link(self, page: str, token: str) -> str:
        """The address of a link's page, `UPLOAD_PAGE` or `DOWNLOAD_PAGE`, for forms and redirects."""
        return address(self.base, page, token)


async def drawing(code: ActivationCode) -> Markup:
    """The QR code as an `<svg>` element; it consists of numbers, so it needs no escaping."""
    return Markup(await run_in_threadpool(draw.svg, code))  # noqa: S704


def masked(code: ActivationCode) -> str:
    """The masked matching id: its last two characters, to compare it by eye."""
    tail = code.matching_id[-2:] if len(code.matching_id) > 8 else ""
    return f"•••• {tail}".rstrip() if code.matching_id else "…"


def spoken(accepted: str) -> Language:
    """The supported language that fits an Accept-Language header best: `fr-CA` is French, an unknown one
    English.
    """
    best, best_weight = Language.EN, 0.0
    for accepts in accepted.split(",")[:_MOST_LANGUAGES]:
        name, _, weight = accepts.strip().lower().partition(";q=")
        language = spoken_language(name)
        weighs = float(weight) if re.fullmatch(r"[01](\.\d{0,3})?", weight) else 1.0
        if language and weighs > best_weight:
            best, best_weight = language, weighs
    return best


def plain(value: object) -> object:
    """Replace line breaks, control characters and bidirectional characters in a value by blanks."""
    if isinstance(value, Markup) or not isinstance(value, str) or value.isprintable():
        return value
    return UNPRINTABLE.sub(" ", value)


def _said(macro: Callable[..., Markup], *words: str) -> Markup:
    """What a macro makes of these words of ours, which are few: lists ask for the same again in each row."""
    return macro(*words)


@cache
def templates(language: Language, base: str) -> Environment:
    """The templates of one language. The texts `t` and the words for dates are globals, so that macros have
    them without being given them; `static("app.css")` is the address of a file that a page loads;
    `once(badge, "active", words)` calls a macro once for the same words.
    """
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=plain,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters["pre"] = lambda text: Markup("%s") % (text,)  # an example of ours: its line breaks stay
    files = StaticFiles.of()
    made.globals.update(
        t=page_texts(language),
        language=language,
        base=base,
        once=cache(_said),
        moment=lambda when: moment(when, language),
        span=lambda length: span(length, language),
        digits=lambda value: number(value, language),
        static=lambda name: f"{base}{PREFIX}{files.name(name)}",
    )
    return made
