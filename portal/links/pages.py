"""Renders the portal's pages in the browser's language.

One layout; the texts are in `wording/pages`. All values are HTML-escaped, and line breaks, control characters
and bidirectional characters are removed from them, so a name cannot change how a page reads.
"""

import re
from urllib.parse import urlsplit

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse

from models.codes.activation import ActivationCode
from models.language import Language, spoken_language
from outbox.links import address
from portal.links.templates import templates
from qr import draw

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
