"""All pages of signed-in people, by subject.

A new subject is a folder with modules that have `routes` (`portal.pages.routes`), and an entry in `PAGES`. A
route without a permission is refused when the application is made, unless it is among `OWN`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from models.errors import EsimError, Refused
from models.identifiers import storable
from models.people.callers import Permission, not_permitted
from portal.auth.signed_in import Door, SignedIn
from portal.http.middleware import OWN_REFERRER, REFERRER, log_crash
from portal.http.packed import packed
from portal.http.page_route import PageRoute
from portal.pages.account import again, own
from portal.pages.administration import (
    account,
    api_keys,
    audit,
    billing,
    catalogue,
    contact_steps,
    contacts,
    employees,
    event_types,
    groups,
    index,
    mails,
    profiles,
    service_users,
    webhook,
    webhooks,
)
from portal.pages.codes import imports, notifications, requests, section
from portal.pages.dashboard import dashboard
from portal.pages.desk import file, queue
from portal.pages.imports import files, jobs
from portal.pages.inventory import bulk, device, edits, grid, search, views, why
from portal.pages.licences import agents, assign, buy, charges, licence, number, numbers, plan
from portal.pages.licences import changes as number_changes
from portal.pages.licences import requests as licence_requests
from portal.pages.orders import held, links, listing, order, shop, steps
from portal.pages.people import person, users
from portal.pages.routes import Page
from portal.pages.travel import changes, lines, plan_edits, plans, stock, subscriber_edits, subscribers
from portal.pages.travel import orders as travel_orders

PAGES: Mapping[str, Sequence[Page]] = {
    "account": [*own.routes, *again.routes],
    "inventory": [
        *grid.routes,
        *device.routes,
        *edits.routes,
        *why.routes,
        *views.routes,
        *search.routes,
        *bulk.routes,
    ],
    "people": [*users.routes, *person.routes],
    "administration": [
        *index.routes,
        *profiles.routes,
        *contacts.routes,
        *contact_steps.routes,
        *contacts.of_one,
        *employees.routes,
        *groups.routes,
        *service_users.routes,
        *account.routes,
        *billing.routes,
    ],
    "imports": [*files.routes, *jobs.routes],
    "orders": [*listing.routes, *order.routes, *steps.routes, *shop.routes, *held.routes, *links.routes],
    "travel": [
        *subscribers.routes,
        *subscriber_edits.routes,
        *lines.routes,
        *changes.routes,
        *travel_orders.routes,
        *stock.routes,
        *plans.routes,
        *plan_edits.routes,
    ],
    "systems": [
        *api_keys.routes,
        *event_types.routes,
        *webhooks.routes,
        *webhook.routes,
    ],
    "records": [*catalogue.routes, *audit.routes, *mails.routes],
    "licences": [
        *numbers.routes,
        *number.routes,
        *number_changes.routes,
        *assign.routes,
        *agents.routes,
        *plan.routes,
        *buy.routes,
        *charges.routes,
        *licence_requests.routes,
        *licence.routes,
    ],
    "dashboard": [*dashboard.routes],
    "desk": [*queue.routes, *file.routes],
    "codes": [*section.routes, *imports.routes, *requests.routes, *notifications.routes],
}
"""The routes by subject."""
OWN = frozenset(
    {
        "/account",
        "/account/language",
        "/account/password",
        "/account/sessions/end-others",
        "/account/sessions/{session}/end",
        "/sign-in/again",
        "/sign-out",
    }
)
"""The paths that need no permission: they show and change what is the signed-in user's own."""
_STARTS: Sequence[tuple[str, Permission]] = (
    ("/desk", Permission.ACKNOWLEDGE_ORDERS),
    ("/dashboard", Permission.RETRY_WORK),
    ("/inventory", Permission.VIEW_INVENTORY),
    ("/orders", Permission.VIEW_ORDERS),
)
START = "/account"


def pages() -> Iterator[Page]:
    """Every page. Raises `ValueError` for one that names no permission."""
    for routes in PAGES.values():
        for each in routes:
            if (each.needs is None) is not (each.path in OWN):
                raise ValueError(f"{each.name} names no permission, or is among OWN although it names one.")
            yield each


def start(who: SignedIn) -> str:
    """The path of the page that a person comes to first: the work of their role."""
    there = {each.path for each in pages()}
    return next((path for path, needs in _STARTS if path in there and who.may(needs)), START)


def routes(door: Door) -> list[PageRoute]:
    """The routes over these desks. A form's address that no page has says so, when a browser asks for it."""
    declared = list(pages())
    shown = {each.path for each in declared if each.method == "GET"}
    forms = {each.path: each for each in declared if each.path not in shown}
    answered = [*declared, *(replace(each, method="GET", view=_form_only) for each in forms.values())]
    return [_routed(door, each) for each in answered]


def _routed(door: Door, each: Page) -> PageRoute:
    route = PageRoute(each.path, _Answer(door, each).answer, methods=[each.method])
    route.shown = each.view is not _form_only
    return route


def answered_in_frame(request: Request, response: Response) -> Response:
    """A page of a signed-in person, as it is sent."""
    response.headers[REFERRER] = OWN_REFERRER
    return packed(request, response)


async def _form_only(_: Request, __: SignedIn) -> Response:
    raise HTTPException(405, headers={"Allow": "POST"})


class _Answer:
    """Answers a route: who asks, whether they may, then the view."""

    def __init__(self, door: Door, page: Page) -> None:
        self._door = door
        self._page = page

    async def answer(self, request: Request) -> Response:
        who = await self._door.signed_in(request)
        if who is None:
            return await self._door.to_sign_in(request)
        try:
            response = await self._viewed(request, await who.recorded(request))
        except (EsimError, HTTPException) as failure:
            response = who.refused(request, failure)
        except Exception as bug:  # noqa: BLE001  the menu stays, so that the person can go elsewhere
            log_crash(bug)
            response = who.refused(request, bug)
        return answered_in_frame(request, response)

    async def _viewed(self, request: Request, who: SignedIn) -> Response:
        page = self._page
        if not all(storable(value) for value in request.path_params.values()):
            raise HTTPException(404)  # no record has such an id
        if page.needs is not None and not who.may(page.needs):
            raise Refused(not_permitted(page.needs))
        if page.recent and not who.recent:
            return await self._door.to_sign_in(request, "/sign-in/again", who.language)
        return await page.view(request, who)
