"""`/travel`: subscribers, found by phone number, e-mail address or name (T41), with their eSIMs (T13)."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from models.people.callers import Permission
from models.travel.profiles import UNLIMITED_ALL
from portal.auth.signed_in import SignedIn
from portal.http.cursors import closed, opened
from portal.pages.routes import page
from portal.pages.travel.words import Said
from wording.refusals import sentence

ROWS = 50
_LONGEST = 100


async def show_all(request: Request, who: SignedIn) -> Response:
    """The subscribers by name, or those who are searched for."""
    wanted = request.query_params.get("q", "").strip()[:_LONGEST]
    cursor, of = request.query_params.get("cursor"), f"subscribers {wanted}"
    found = await who.desks.subscribers.subscribers(
        who.caller,
        find=wanted or None,
        limit=ROWS,
        after=opened(cursor, of) if cursor else None,
    )
    query = {"q": wanted} if wanted else {}
    following = found.following and {**query, "cursor": closed(found.following, of)}
    return who.page(
        request,
        "travel/subscribers",
        people=found,
        wanted=wanted,
        here=f"/travel?{urlencode(query)}" if query else "/travel",
        first=cursor is None,
        following=f"/travel?{urlencode(following)}" if following else "",
        unlimited=UNLIMITED_ALL,
    )


async def show(request: Request, who: SignedIn) -> Response:
    """A subscriber with their eSIM lines, and how many complimentary eSIMs they may have (T2, T19)."""
    found = await who.desks.subscribers.subscriber(who.caller, request.path_params["subscriber"])
    return who.page(
        request,
        "travel/subscriber",
        subscriber=found,
        say=Said(who.language),
        unlimited=UNLIMITED_ALL,
        no_complimentary=[sentence(each, who.language) for each in found.no_complimentary],
    )


routes = [
    page("/travel", show_all, needs=Permission.VIEW_TRAVEL),
    page("/travel/subscribers/{subscriber}", show, needs=Permission.VIEW_TRAVEL),
]
