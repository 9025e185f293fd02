"""`/sign-in/openid`: to the OpenID provider, and back; only where one is configured.

The way there is a link, not a form: our policy lets no form lead to another site. The way back is a GET, as
the specification has it, and begins a session as the sign-in by password does.
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from models.errors import Refused
from models.people.sign_in import OpenIdAnswer, OpenIdBegun
from portal.auth.next_page import next_page
from portal.auth.openid_cookie import PATH, OpenIdCookie
from portal.auth.pages import SignInPages
from portal.auth.signed_in import Door, SignedIn, visit_of
from portal.http.middleware import OWN_REFERRER, REFERRER
from portal.http.page_route import PageRoute
from portal.links.pages import spoken
from portal.pages.account.again import asked_again
from portal.pages.app import answered_in_frame
from portal.pages.forms import Asking, unsent
from starter import callers

_LONGEST = 2_000
"""Characters of what the provider sends."""


class OpenIdPages:
    """The routes of visitors who sign in at the provider, and of users who confirm who they are there."""

    def __init__(self, door: Door, sign_in: SignInPages) -> None:
        settings = door.desks.settings
        self._door = door
        self._sign_in = sign_in
        self._desk = door.desks.openid
        self._cookie = OpenIdCookie(settings.portal_url, settings.openid_client_secret)

    def routes(self) -> list[PageRoute]:
        """Public routes: no user is signed in yet. None where no provider is configured."""
        if not self._desk.name:
            return []
        return [
            PageRoute(PATH, self.begin, methods=["GET"]),
            PageRoute(f"{PATH}/callback", self.come_back, methods=["GET"]),
        ]

    async def begin(self, request: Request) -> Response:
        """Send the browser to the provider. `again`: a signed-in user confirms who they are."""
        asked = next_page(request.app, request.query_params.get("next", "")) or ""
        again = "again" in request.query_params
        who = await self._door.signed_in(request)
        if again and who is None:
            return await self._door.to_sign_in(request)
        if who is not None and not again:
            return self._door.redirect(asked or "/")
        with Asking(unsent(next=asked), spoken(request.headers.get("accept-language", ""))) as asking:
            address, begun = await self._desk.begin(
                visit_of(request), again=again, other="other" in request.query_params
            )
            answer = RedirectResponse(address, 303)
            answer.headers[REFERRER] = OWN_REFERRER
            self._cookie.keep(answer, begun, asked)
            return answer
        return await self._failed(request, who, asking)

    async def come_back(self, request: Request) -> Response:
        """Begin the session, or note that the user is who they are, and go on."""
        if request.method != "GET":
            return self._door.redirect("/sign-in")  # HEAD uses no code up
        kept = self._cookie.kept(request)
        next_ = (kept and next_page(request.app, kept[1])) or ""
        language = spoken(request.headers.get("accept-language", ""))
        who = await self._door.signed_in(request) if kept and kept[0].again else None
        with Asking(unsent(next=next_), who.language if who else language) as asking:
            if kept is None:
                raise Refused.because("openid_refused")
            answer = await self._done(request, who, kept[0], next_)
            self._cookie.forget(answer)
            return answer
        failed = await self._failed(request, who, asking)
        self._cookie.forget(failed)
        return failed

    async def _done(self, request: Request, who: SignedIn | None, begun: OpenIdBegun, next_: str) -> Response:
        visit, said = visit_of(request), _answer_of(request)
        if begun.again and who is not None:
            recorded = await callers.recorded(self._door.desks.database, who.found, visit)
            await self._desk.confirm(recorded.caller, who.session_id, begun, said, visit)
            return self._door.redirect(next_ or "/account")
        before = self._door.cookies.token(request)
        session = await self._desk.sign_in(visit, begun, said, instead_of=before)
        answer = self._door.redirect(next_ or "/")
        self._door.cookies.begin(answer, session.token)
        return answer

    async def _failed(self, request: Request, who: SignedIn | None, asking: Asking[Any]) -> Response:
        """The form again, with the sentence."""
        if who is not None:
            return answered_in_frame(request, await asked_again(request, who, asking.form, asking.status))
        return self._sign_in.form(request, asking.form, asking.status)


def _answer_of(request: Request) -> OpenIdAnswer:
    """What the provider sent. Of an error, such as that the person has cancelled, there is no code."""
    query = request.query_params
    if "error" in query:
        return OpenIdAnswer(state=query.get("state", "")[:_LONGEST])
    state, code, issuer = (query.get(name, "")[:_LONGEST] for name in ("state", "code", "iss"))
    return OpenIdAnswer(state, code, issuer)
