"""`/sign-in/again`: the password once more, or the OpenID provider, before a sensitive act (pages registered
with `recent=True`).
"""

from typing import Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from portal.auth.next_page import next_page
from portal.auth.signed_in import SignedIn, visit_of
from portal.pages.forms import Asking, FormModel, Sent, read_form, unsent
from portal.pages.routes import form, page


class AgainForm(FormModel):
    """The password, and the page to go on to."""

    password: str = Field(min_length=1)
    next: str = ""


async def show(request: Request, who: SignedIn) -> Response:
    """Ask for the password."""
    asked = next_page(request.app, request.query_params.get("next", ""))
    unsaved = "unsaved" in request.query_params
    return await asked_again(request, who, unsent(next=asked or ""), unsaved=unsaved)


async def confirm(request: Request, who: SignedIn) -> Response:
    """Go on, if it is the password."""
    sent = await read_form(request, AgainForm, who.language)
    with Asking(sent, who.language, {"password_wrong": "password"}) as asking:
        if sent.model is not None:
            password = sent.model.password
            await who.desks.sign_in.confirm(who.caller, who.session_id, password, visit_of(request))
            return who.done(next_page(request.app, sent.model.next) or "/account")
    return await asked_again(request, who, asking.form, asking.status)


async def asked_again(
    request: Request, who: SignedIn, sent: Sent[Any], status: int = 200, *, unsaved: bool = False
) -> Response:
    """The page, with the ways in which this user can confirm who they are."""
    ways = await who.desks.openid.ways(who.caller)
    return who.page(
        request,
        "account/again",
        status,
        form=sent,
        unsaved=unsaved,
        by_password=ways.password or not ways.openid,
        openid=who.desks.openid.name if ways.openid else "",
    )


routes = [
    page("/sign-in/again", show, needs=None),
    form("/sign-in/again", confirm, needs=None),
]
