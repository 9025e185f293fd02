"""`/licences/requests`: administrators ask for licences, a purchase of the owner answers (L37)."""

import uuid
from typing import Any, ClassVar, Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from models.licences.add_ons import AddOn
from models.licences.entered import MOST_LICENCES
from models.licences.licence_views import LicenceRequestView
from models.paging import Page, Position
from models.people.callers import Permission
from portal.auth.signed_in import SignedIn
from portal.pages.forms import Asking, FormModel, Sent, read_form
from portal.pages.licences.listed import ROWS, Filter, Listed
from portal.pages.routes import form, page
from wording.labels import hold_sentence, not_sent_reason

LONGEST_NOTE = 1500
_FIELDS = {
    "unknown_add_on": "add_on",
    "licences_invalid": "quantity",
    "note_invalid": "note",
}


class RequestFilter(Filter):
    """Only those that no purchase has answered, unless all are asked for."""

    at: ClassVar[str] = "/licences/requests"
    view: Literal["", "all"] = ""


class RequestForm(FormModel):
    """What is requested. `key`: the same form is the same request."""

    add_on: AddOn
    quantity: int = Field(ge=1, le=MOST_LICENCES)
    note: str = Field(default="", max_length=LONGEST_NOTE)
    key: str = Field(default="", max_length=100)


async def show(request: Request, who: SignedIn) -> Response:
    """The requests, the oldest first."""

    async def read(chosen: RequestFilter, after: Position | None) -> Page[LicenceRequestView]:
        return await who.desks.licence_requests.requests(
            who.caller, open_only=not chosen.view, limit=ROWS, after=after
        )

    listed = await Listed[RequestFilter, LicenceRequestView].of(request, who, RequestFilter, read)
    return who.page(
        request,
        "licences/requests",
        listed.status,
        listed=listed,
        hold_of=lambda reason: hold_sentence(reason, who.language),
        unsent_of=lambda reason: not_sent_reason(reason, who.language),
    )


async def ask(request: Request, who: SignedIn) -> Response:
    """The form of a request."""
    known = {name: request.query_params.get(name, "") for name in ("add_on", "quantity")}
    given = {name: value for name, value in known.items() if value}
    return _form(request, who, Sent({"key": uuid.uuid4().hex, **given}))


async def send(request: Request, who: SignedIn) -> Response:
    """Record the request, and have every owner notified once."""
    sent = await read_form(request, RequestForm, who.language)
    with Asking(sent, who.language, _FIELDS) as asking:
        if (given := sent.model) is not None:
            note = given.note.replace("\r\n", "\n")
            desk, key = who.desks.licence_requests, given.key or uuid.uuid4().hex
            await desk.request(who.caller, None, given.add_on, given.quantity, note, key=key)
            return who.done("/licences/requests", "licences_requested")
    return _form(request, who, asking.form, asking.status)


def _form(request: Request, who: SignedIn, sent: Sent[Any], status: int = 200) -> Response:
    add_ons = [(each.value, each.label) for each in AddOn]
    return who.page(request, "licences/request", status, form=sent, add_ons=add_ons)


routes = [
    page("/licences/requests", show, needs=Permission.VIEW_LICENCES),
    form("/licences/requests", send, needs=Permission.ASSIGN_LICENCES),
    page("/licences/requests/new", ask, needs=Permission.ASSIGN_LICENCES),
]
