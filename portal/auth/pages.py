"""`/` and `/sign-in`: what visitors see before they are signed in, and where a person comes to."""

from typing import Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from models.errors import Refused
from portal.auth.next_page import next_page
from portal.auth.signed_in import Door, visit_of
from portal.http.middleware import OWN_REFERRER, REFERRER
from portal.http.page_route import PageRoute
from portal.links.pages import spoken
from portal.pages.app import start
from portal.pages.forms import FormModel, Sent, read_form, unsent


class SignInForm(FormModel):
    """Who wants to sign in, and the page to go on to."""

    email: str = Field(min_length=1)
    password: str = Field(min_length=1)
    next: str = ""


class SignInPages:
    """The routes of visitors who sign in."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def routes(self) -> list[PageRoute]:
        """Public routes: no user is signed in yet."""
        return [
            PageRoute("/", self.home, methods=["GET"]),
            PageRoute("/sign-in", self.show, methods=["GET"]),
            PageRoute("/sign-in", self.sign_in, methods=["POST"]),
        ]

    async def home(self, request: Request) -> Response:
        """The page that a person comes to; for visitors, what this site is."""
        who = await self._door.signed_in(request)
        if who is None:
            return self._door.pages.render(request, "home", sign_in=True)
        return self._door.redirect(start(who))

    async def show(self, request: Request) -> Response:
        """The form."""
        asked = next_page(request.app, request.query_params.get("next", "")) or ""
        if await self._door.signed_in(request):
            return self._door.redirect(asked or "/")
        return self.form(request, unsent(next=asked), why=self._why(request))

    async def sign_in(self, request: Request) -> Response:
        """Begin a session, with a new id, and go on. The session before it in this browser ends."""
        language = spoken(request.headers.get("accept-language", ""))
        sent = await read_form(request, SignInForm, language)
        if sent.model is None:
            return self.form(request, sent, 422)
        desk, model = self._door.desks.sign_in, sent.model
        try:
            begun = await desk.sign_in(
                visit_of(request), model.email, model.password, instead_of=self._door.cookies.token(request)
            )
        except Refused as refused:
            return self.form(request, sent.refused(refused, language), refused.refusals[0].status)
        answer = self._door.redirect(next_page(request.app, model.next) or "/")
        self._door.cookies.begin(answer, begun.token)
        return answer

    def _why(self, request: Request) -> str:
        """Why a person is asked who was signed in before: the name of a text, "" for other visitors."""
        if "unsaved" in request.query_params:
            return "unsaved"
        return "" if self._door.cookies.token(request) is None else "ended"

    def form(self, request: Request, sent: Sent[Any], status: int = 200, why: str = "") -> Response:
        """The page with the form, as it was sent."""
        name = self._door.desks.openid.name
        answer = self._door.pages.render(request, "auth/sign_in", status, form=sent, why=why, openid=name)
        answer.headers[REFERRER] = OWN_REFERRER
        if sent.wait:
            answer.headers["Retry-After"] = str(sent.wait)
        return answer
