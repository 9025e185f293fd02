"""`/lines/{line}/why`: an administrator asks why an action is offered, or not (P5)."""

from starlette.requests import Request
from starlette.responses import Response

from models.errors import NotFound
from models.orders.rules import Action
from models.people.callers import Permission
from portal.auth.signed_in import SignedIn
from portal.pages.forms import unsent
from portal.pages.inventory.device import detail_of
from portal.pages.routes import page
from wording import labels
from wording.refusals import sentence


async def show(request: Request, who: SignedIn) -> Response:
    """What a user is offered on a line; at first what one is offered oneself."""
    name = request.path_params["line"]
    line = await who.desks.fleet.line(who.caller, name)
    user = request.query_params.get("user", "").strip() or who.user.email
    sent, found, status = unsent(user=user), None, 200
    try:
        found = await who.desks.inventory.why_not(who.caller, name, user)
    except NotFound as unknown:
        sent, status = sent.refused(unknown, who.language, {"unknown_user": "user"}), 422
    return who.page(
        request,
        "inventory/why",
        status,
        line=line,
        name=name,
        form=sent,
        found=found,
        back=await detail_of(who, line),
        sentence=lambda refusal: sentence(refusal, who.language),
        action_label=lambda action: labels.action_label(Action(action), who.language),
    )


routes = [page("/lines/{line}/why", show, needs=Permission.MANAGE_PROFILES)]
