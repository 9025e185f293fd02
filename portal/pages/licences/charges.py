"""`/licences/charges`: what licences cost in a month, and the same as a CSV file (L3, L34, L35, L40)."""

from datetime import date, timedelta

from starlette.requests import Request
from starlette.responses import Response

from models.errors import Refused
from models.licences.charges_file import charges_csv
from models.licences.licence_views import ChargesView
from models.people.callers import Permission
from portal.auth.signed_in import SignedIn
from portal.pages.licences.words import said
from portal.pages.routes import page
from wording.dates import month as month_words
from wording.labels import charge_reason
from wording.refusals import sentences


async def show(request: Request, who: SignedIn) -> Response:
    """The charges of a month by day, with their sum."""
    asked, status, wrong = request.query_params.get("month") or None, 200, list[str]()
    try:
        found = await who.desks.licence_plan.charge_lines(who.caller, None, asked)
    except Refused as refused:
        wrong, status = sentences(refused, who.language), 422
        found = await who.desks.licence_plan.charge_lines(who.caller)
    first = date.fromisoformat(f"{found.month}-01")
    return who.page(
        request,
        "licences/charges",
        status,
        wrong_month=wrong,
        charges=found,
        month_words=month_words(first, who.language),
        before=_month(first, -1),
        after=_month(first, 31),
        reason_of=lambda reason: charge_reason(reason, who.language),
        **said(who, found.currency),
    )


def _month(first: date, days: int) -> str:
    """The month that is so many days from the first of one; "" beyond the calendar."""
    try:
        return f"{first + timedelta(days=days):%Y-%m}"
    except OverflowError:
        return ""


async def download(request: Request, who: SignedIn) -> Response:
    """A row for each charge of the month; the amounts add up to what the page shows."""
    found: ChargesView = await who.desks.licences.charges(
        who.caller, None, request.query_params.get("month") or None
    )
    named = {"Content-Disposition": f'attachment; filename="licence-charges-{found.month}.csv"'}
    return Response(charges_csv(found), media_type="text/csv", headers=named)


routes = [
    page("/licences/charges", show, needs=Permission.VIEW_LICENCES),
    page("/licences/charges.csv", download, needs=Permission.VIEW_LICENCES),
]
