"""`/travel/lines/{line}`: an eSIM line with its plans, what can be done, and what happened to it."""

from starlette.requests import Request
from starlette.responses import Response

from models.fleet.inventory import IN_PLACE, SimState
from models.identifiers import reference
from models.people.callers import Permission
from models.travel.line_views import EsimLineDetails
from models.travel.rules import line_refusals, replace_refusals
from models.travel.subscriber_views import SubscriberProfile
from portal.auth.signed_in import SignedIn
from portal.http.cursors import closed, opened
from portal.pages.routes import page
from portal.pages.travel.words import Said
from wording.refusals import sentence

MOMENTS = 30


def path_of(line: EsimLineDetails) -> str:
    """The address of a line's page."""
    return f"/travel/lines/{reference('EL', line.id)}"


async def line_of(request: Request, who: SignedIn) -> EsimLineDetails:
    """The line in the path: its id, or the ICCID of its eSIM. Raises `NotFound`."""
    return await who.desks.line_book.line(who.caller, request.path_params["line"], reported=False)


async def subscriber_of(who: SignedIn, line: EsimLineDetails) -> SubscriberProfile:
    """The subscriber of a line."""
    return await who.desks.subscribers.subscriber(who.caller, reference("SB", line.subscriber_id))


async def show(request: Request, who: SignedIn) -> Response:
    """The line; actions that are not offered are absent, and the page says why."""
    line = await line_of(request, who)
    subscriber = await subscriber_of(who, line)
    facts = line.facts(has_address=subscriber.email is not None)
    no_plan, no_replacement = line_refusals(facts), replace_refusals(facts)
    before = request.query_params.get("before")
    happened = await who.desks.line_book.history(
        who.caller,
        reference("EL", line.id),
        limit=MOMENTS,
        after=opened(before, path_of(line)) if before else None,
    )
    say, names = Said(who.language), {plan.id: plan.plan for plan in line.plans}
    sells = who.may(Permission.SELL_TRAVEL)
    return who.page(
        request,
        "travel/line",
        line=line,
        subscriber=subscriber,
        path=path_of(line),
        say=say,
        may_add=sells and not no_plan,
        may_replace=sells and not no_replacement,
        may_suspend=sells and line.sim_state is SimState.ACTIVE,
        may_resume=sells and line.sim_state is SimState.SUSPENDED,
        may_resend=sells and line.sim_state in IN_PLACE and subscriber.email is not None,
        why_not=[sentence(each, who.language) for each in no_plan] if sells else [],
        moments=[say.happened(each, names) for each in happened],
        older=closed(happened.following, path_of(line)) if happened.following else "",
        later=before is not None,
    )


routes = [page("/travel/lines/{line}", show, needs=Permission.VIEW_TRAVEL)]
