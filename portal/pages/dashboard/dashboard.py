"""`/dashboard`: what waits, what is late, and what was done in the last 30 days (P12)."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from models.operations.dashboard import MOST_ENDED, WaitingWork
from models.operations.views import MOST_HELD
from models.paging import counted_up
from models.people.callers import Permission
from portal.auth.signed_in import SignedIn
from portal.pages.frame import capped
from portal.pages.routes import page
from wording.ages import age
from wording.dates import day

_PROFILES = 8


async def show(request: Request, who: SignedIn) -> Response:
    """Numbers that lead to the lists behind them; only of what the person may look at."""
    found = await who.desks.dashboard.dashboard(who.caller)
    sees_stock, sees_licences = who.may(Permission.VIEW_TRAVEL), who.may(Permission.VIEW_LICENCES)
    stock = await who.desks.stock.profiles(who.caller, limit=_PROFILES) if sees_stock else []
    licences = await who.desks.licences.counts(who.caller) if sees_licences else []

    def waiting(work: WaitingWork) -> dict[str, Any]:
        waited = work.age(found.now)
        return {
            "number": counted_up(work.number),
            "late": counted_up(work.late) if work.late else "",
            "age": age(waited, who.language) if waited and work.number else "",
        }

    return who.page(
        request,
        "dashboard/dashboard",
        found=found,
        most_counted=MOST_ENDED,
        submitted=waiting(found.submitted),
        processing=waiting(found.processing),
        codes=waiting(found.codes),
        late=counted_up(found.submitted.late + found.processing.late),
        held=capped(who.found.held, MOST_HELD) or "0" if who.may(Permission.RETRY_WORK) else "",
        stock=stock,
        licences=licences,
        day=lambda when: day(when, who.language),
    )


routes = [page("/dashboard", show, needs=Permission.VIEW_ORDERS)]
