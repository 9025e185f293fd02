"""The pages that people see, in their browser's language.

One layout; the texts are in `wording/pages`. Everything that is put into a page is
escaped, and loses what could break its line or turn its direction: a name is only ever a name.
"""

import re
from functools import cache
from pathlib import Path
from urllib.parse import quote, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse

from models.characters import UNPRINTABLE
from models.codes.activation import ActivationCode
from models.language import Language, spoken_language
from outbox.links import address
from qr import draw
from wording.dates import moment, span
from wording.pages import page_texts

TEMPLATES = Path(__file__).parents[1] / "templates"

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
                t=page_texts(language),
                language=language,
                base=self.base,
                moment=lambda when: moment(when, language),
                span=lambda length: span(length, language),
            )
        )
        return HTMLResponse(html, status, {"Content-Language": language, "Vary": "Accept-Language"})

    def link(self, page: str, token: str) -> str:
        """Where the forms of a link's pages go, from one of them: `UPLOAD_PAGE` or `DOWNLOAD_PAGE`."""
        return address(self.base, page, token)


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


def spoken(accepted: str) -> Language:
    """The best of our languages for an Accept-Language: `fr-CA` is French, an unknown one English."""
    best, best_weight = Language.EN, 0.0
    for accepts in accepted.split(",")[:_MOST_LANGUAGES]:
        name, _, weight = accepts.strip().lower().partition(";q=")
        language = spoken_language(name)
        weighs = float(weight) if re.fullmatch(r"[01](\.\d{0,3})?", weight) else 1.0
        if language and weighs > best_weight:
            best, best_weight = language, weighs
    return best


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
