"""Every macro of the signed-in pages with realistic data, to look at: `python -m tests.browser.gallery`.

The pages are templates in `gallery_pages/`, rendered by the portal's own templates, texts and files, behind
its own middleware. `?lang=fr` is French, `?long=1` has long names, `?errors=1` has errors beside the fields.
"""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from jinja2 import ChoiceLoader, Environment, FileSystemLoader
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from models.codes.activation import parse_activation_code
from models.language import Language
from models.people.callers import Permission
from portal.app import create_app
from portal.links.pages import drawing
from portal.links.templates import TEMPLATES, templates
from portal.pages.frame import PLACES, Flash, Frame
from settings import Settings
from tests.browser.serving import served
from tests.portal.desk import InventedDesk

PAGES = Path(__file__).parent / "gallery_pages"
NAMES = tuple(sorted(page.name.removesuffix(".html.jinja") for page in PAGES.glob("*.html.jinja")))
LONG = (
    "Gesellschaft für grenzüberschreitende Mobilfunkangelegenheiten und Flottenverwaltung Aktiengesellschaft"
)
CODE = parse_activation_code("LPA:1$smdp.operator.example$DEMO-4F2A-0001-9C7B")

_PEOPLE = (
    "Camille Lefèvre",
    "Jonas Weiß",
    "Ana Lopes",
    "Marie-Christine de La Rochefoucauld-Montbel",
    "Ben Okafor",
    "Siân Price",
    "",
    "Zoë Brännström",
)
_PROVIDERS = ("Orange Business", "Vodafone", "Bouygues Telecom Entreprises", "Proximus")
_STATES = ("active", "temporary", "active", "active", "no_sim", "active", "discarded", "active")
_ORDERS = ("", "provider_processing", "", "submitted", "", "held", "processed", "")
_CODES = (
    "qr_none",
    "qr_none",
    "qr_present",
    "qr_requested",
    "qr_none",
    "qr_present",
    "qr_none",
    "qr_present",
)


@dataclass(frozen=True)
class Slot:
    """A row of the inventory."""

    id: str
    number: str
    iccid: str
    kind: str
    provider: str
    employee: str
    group: str
    device: str
    slot: int
    state: str
    order: str
    order_id: str
    code: str


def slots(many: int, long: bool) -> list[Slot]:
    """Rows of each state, person and provider."""
    rows = []
    for at in range(many):
        state = _STATES[at % 8]
        tail = int(hashlib.sha256(str(at).encode()).hexdigest()[:12], 16)
        rows.append(
            Slot(
                id=f"D-{1040 + at}",
                number=f"+33 6 {tail % 90 + 10} {tail % 71 + 20} {tail % 53 + 30} {tail % 37 + 40}",
                iccid="" if state == "no_sim" else f"8933{tail % 10**15:015d}",
                kind="physical" if at % 3 == 0 else "esim",
                provider=LONG if long and at % 4 == 1 else _PROVIDERS[at % 4],
                employee=LONG if long and at % 5 == 0 else _PEOPLE[at % 8],
                group="Ventes Île-de-France" if at % 2 else "Field service",
                device=f"iPhone 15 · {at + 100}",
                slot=at % 3 + 1,
                state=state,
                order=_ORDERS[at % 8],
                order_id=f"A-{4200 + at}",
                code=_CODES[at % 8],
            )
        )
    return rows


def gallery() -> FastAPI:
    """The portal with the gallery's pages."""
    app = create_app(InventedDesk(), Settings())
    for name in NAMES:
        app.router.routes.append(
            Route(f"/gallery/{name}", partial(_answer, name=name), methods=["GET", "POST"])
        )
    app.router.routes.append(Route("/gallery", _index))
    return app


async def _index(request: Request) -> Response:
    links = "".join(
        f'<li><a href="/gallery/{name}">{name}</a> <a href="/gallery/{name}?lang=fr">fr</a></li>'
        for name in NAMES
    )
    return HTMLResponse(f"<ul>{links}</ul>")


async def _answer(request: Request, *, name: str) -> Response:
    asked = request.query_params
    language = Language.FR if asked.get("lang") == "fr" else Language.EN
    long = "long" in asked
    facts: dict[str, Any] = {
        "frame": _frame(language, asked.get("here", ""), long, "flash" in asked),
        "say": lambda english, french: french if language is Language.FR else english,
        "asked": dict(asked),
        "slots": slots(int(asked.get("rows", "50")), long),
        "qr": await drawing(CODE),
        "person": LONG if long else "Camille Lefèvre",
        "here": f"/gallery/{name}",
    }
    html = _pages(language).get_template(f"{name}.html.jinja").render(facts)
    tag = f'"{hashlib.sha256(html.encode()).hexdigest()[:16]}"'
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={"ETag": tag})
    return HTMLResponse(html, 422 if "errors" in asked else 200, {"ETag": tag})


def _frame(language: Language, here: str, long: bool, flash: bool) -> Frame:
    french = language is Language.FR
    said = "Les données sont enregistrées." if french else "The changes are saved."
    return Frame(
        person=LONG if long else "Ana Lopes",
        email="ana.lopes@acme.example",
        account=LONG if long else "Acme Logistics",
        role="Administratrice" if french else "Administrator",
        rights=frozenset(Permission),
        here=here or "inventory",
        held="12",
        flash=Flash(said) if flash else None,
        all_places=tuple(place._replace(built=True) for place in PLACES),
    )


@cache
def _pages(language: Language) -> Environment:
    made = templates(language, "")
    return made.overlay(loader=ChoiceLoader([FileSystemLoader(TEMPLATES), FileSystemLoader(PAGES)]))


@contextmanager
def serving_gallery() -> Iterator[str]:
    """The address of the gallery, on a free port."""
    with served(lambda address: gallery()) as address:
        yield address


if __name__ == "__main__":
    with serving_gallery() as where:
        print(f"{where}/gallery", flush=True)
        threading.Event().wait()
