"""`/account`: the signed-in user's own name, language, password and sessions."""

from typing import Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from models.errors import Refused
from models.language import Language
from portal.auth.signed_in import SignedIn, visit_of
from portal.pages.forms import Asking, FormModel, Sent, read_form, unsent
from portal.pages.routes import form, page
from wording.browsers import browser_name

_FIELDS = {"password_wrong": "old", "passwords_differ": "again", "sign_in_too_often": ""}


class LanguageForm(FormModel):
    """The language of pages and e-mails."""

    language: Language


class PasswordForm(FormModel):
    """Another password."""

    old: str = Field(min_length=1)
    new: str = Field(min_length=1)
    again: str = Field(min_length=1)


async def show(request: Request, who: SignedIn) -> Response:
    """The page."""
    return await _page(request, who, unsent())


async def set_language(request: Request, who: SignedIn) -> Response:
    """Change the language."""
    sent = await read_form(request, LanguageForm, who.language)
    if sent.model is None:
        return await _page(request, who, sent, 422)
    await who.desks.sign_in.set_language(who.caller, sent.model.language)
    return who.done("/account", "language_changed")


async def change_password(request: Request, who: SignedIn) -> Response:
    """Change the password, which ends all other sessions."""
    sent = await read_form(request, PasswordForm, who.language)
    desk = who.desks.sign_in
    with Asking(sent, who.language, _FIELDS, others="new") as asking:
        if (model := sent.model) is not None:
            if model.new != model.again:
                raise Refused.because("passwords_differ")
            await desk.change_password(who.caller, who.session_id, model.old, model.new, visit_of(request))
            return who.done("/account", "password_changed")
    return await _page(request, who, asking.form, asking.status)


async def end_session(request: Request, who: SignedIn) -> Response:
    """End one session of one's own."""
    await who.desks.sign_in.end_session(who.caller, request.path_params["session"])
    return who.done("/account", "session_ended")


async def end_others(_: Request, who: SignedIn) -> Response:
    """End all sessions but this one."""
    await who.desks.sign_in.end_others(who.caller, who.session_id)
    return who.done("/account", "sessions_ended")


async def sign_out(_: Request, who: SignedIn) -> Response:
    """End this session."""
    await who.desks.sign_in.sign_out(who.caller, who.session_id)
    answer = who.door.redirect("/sign-in")
    who.door.cookies.end(answer)
    return answer


async def _page(request: Request, who: SignedIn, sent: Sent[Any], status: int = 200) -> Response:
    desk = who.desks.openid
    openid = desk.name if desk.name and (await desk.ways(who.caller)).openid else ""
    sessions = await who.desks.sign_in.sessions(who.caller)
    shown: dict[str, Any] = {"sessions": sessions, "openid": openid, "browser": browser_name}
    return who.page(request, "account/account", status, form=sent, **shown)


routes = [
    page("/account", show, needs=None),
    form("/account/language", set_language, needs=None),
    form("/account/password", change_password, needs=None),
    form("/account/sessions/end-others", end_others, needs=None),
    form("/account/sessions/{session}/end", end_session, needs=None),
    form("/sign-out", sign_out, needs=None),
]
