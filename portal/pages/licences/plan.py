"""`/licences`: the tab Plan with the add-on panel, and what administrators have requested (L2, L3, L37)."""

from starlette.requests import Request
from starlette.responses import Response

from models.people.callers import Permission
from portal.auth.signed_in import SignedIn
from portal.pages.licences.words import said
from portal.pages.routes import page

REQUESTS = 5
"""Open requests that the tab shows; the tab Requests has them all."""


async def show(request: Request, who: SignedIn) -> Response:
    """Each add-on with its price, and how many licences are bought, in use and free."""
    plan = await who.desks.licence_plan.plan(who.caller)
    asked = await who.desks.licence_requests.requests(who.caller, open_only=True, limit=REQUESTS)
    return who.page(
        request,
        "licences/plan",
        plan=plan,
        requests=asked,
        any_bought=any(each.bought for each in plan.add_ons),
        **said(who, plan.currency),
    )


routes = [page("/licences", show, needs=Permission.VIEW_LICENCES)]
