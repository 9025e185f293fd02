"""Who is signed in: what a view of a signed-in person's page is given.

async def show(request: Request, who: SignedIn) -> Response:
    orders = await who.desks.orders.orders(who.caller)
    return who.page(request, "orders/list", orders=orders)
"""

from dataclasses import dataclass, field, replace
from functools import cached_property
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from models.language import Language
from models.operations.views import MOST_HELD
from models.people.callers import Caller, Permission
from models.people.sign_in import Visit
from models.people.views import UserView
from portal.auth.cookies import Cookies, Message
from portal.auth.csrf import SAFE_METHODS
from portal.auth.kept import kept_form
from portal.auth.next_page import page_of_form
from portal.http.answers import TRY_AGAIN_SECONDS, logged, problem_of
from portal.http.attempts import network_of
from portal.http.middleware import OWN_REFERRER, REFERRER
from portal.http.request_ids import request_id
from portal.links.pages import Pages
from portal.pages.forms import Sent
from portal.pages.frame import FLASH_KINDS, Flash, Frame, capped, place_of
from starter import callers
from starter.callers import InSession
from starter.desks import Desks
from wording.pages import page_texts


def visit_of(request: Request) -> Visit:
    """From where the browser calls."""
    return Visit(
        address=request.client.host if request.client else None,
        network=network_of(request),
        browser=request.headers.get("user-agent"),
        request_id=request_id(request.scope),
    )


@dataclass(frozen=True)
class Door:
    """What authentication in a browser needs, once for the process."""

    desks: Desks
    pages: Pages
    cookies: Cookies

    async def signed_in(self, request: Request) -> "SignedIn | None":
        """Who sends the request; None for a visitor. Records nothing: see `SignedIn.recorded`."""
        token = self.cookies.token(request)
        if token is None:
            return None
        found = await callers.of_session(self.desks.database, token)
        return None if found is None else SignedIn(self, found, token)

    def redirect(self, path: str) -> Response:
        """Answer with 303 to a path of ours."""
        answer = RedirectResponse(self.pages.base + path, 303)
        answer.headers[REFERRER] = OWN_REFERRER
        return answer

    async def to_sign_in(
        self, request: Request, page: str = "/sign-in", language: Language | None = None
    ) -> Response:
        """Have the browser sign in first, and come back: to the page that was asked for. What was typed into
        a form is kept to be sent again; where it cannot be, its page is opened again, and `unsaved` has the
        sign-in say so.
        """
        if request.method not in SAFE_METHODS:
            if kept := await kept_form(request, self.pages, page, language):
                return kept
            asked = page_of_form(request, self.pages.base)
            return self.redirect(f"{page}?{urlencode({'next': asked, 'unsaved': 'yes'}, safe='/')}")
        asked = request.url.path.removeprefix(self.pages.base)
        asked += f"?{request.url.query}" if request.url.query else ""
        return self.redirect(f"{page}?next={quote(asked, safe='/')}")


@dataclass(frozen=True)
class SignedIn:
    """The person who is signed in, with the desks to ask and the pages to answer with."""

    door: Door = field(repr=False)
    found: InSession
    token: str = field(repr=False)

    @property
    def caller(self) -> Caller:
        """Who asks a desk."""
        return self.found.caller

    @property
    def session_id(self) -> int:
        """The session that the call came in."""
        return self.found.session_id

    @property
    def user(self) -> UserView:
        """The user, with name, address, role and account."""
        return self.found.user

    @property
    def recent(self) -> bool:
        """Whether the password was entered within the last half hour."""
        return self.found.recent

    @property
    def language(self) -> Language:
        """The language of their pages."""
        return self.user.language

    @property
    def desks(self) -> Desks:
        """All desks of the process."""
        return self.door.desks

    async def recorded(self, request: Request) -> "SignedIn":
        """The same person, with the origin of a request that may change something recorded for the audit."""
        if request.method in SAFE_METHODS:
            return self
        found = await callers.recorded(self.desks.database, self.found, visit_of(request))
        return replace(self, found=found)

    @cached_property
    def rights(self) -> frozenset[str]:
        """The names of what the user may do: `{% if "place_orders" in who.rights %}`."""
        return frozenset(permission.value for permission in self.caller.permissions)

    def may(self, permission: Permission) -> bool:
        """Whether the user has this permission."""
        return self.caller.may(permission)

    def page(self, request: Request, page: str, status: int = 200, **facts: object) -> Response:
        """Render `templates/pages/<page>.html.jinja`, with the message that a form has left."""
        cookies = self.door.cookies
        message = cookies.left(request, self.token)
        flash = Flash(self._sentence(message), FLASH_KINDS.get(message.code, "good")) if message else None
        answer = self.door.pages.render(
            request,
            f"pages/{page}",
            status,
            said=self.language,
            who=self,
            frame=self._frame(request, flash, str(facts.get("sought", ""))),
            **facts,
        )
        if message:
            cookies.taken(answer)
        if status == 429 and isinstance(sent := facts.get("form"), Sent) and sent.wait:
            answer.headers["Retry-After"] = str(sent.wait)
        return answer

    def done(self, path: str, said: str | None = None, **parameters: str) -> Response:
        """Answer a form that succeeded: 303 to a path of ours, which shows the text `flash.<said>` once."""
        answer = self.door.redirect(path)
        if said is not None:
            self.door.cookies.leave(answer, self.token, Message(said, parameters))
        return answer

    def refused(self, request: Request, failure: Exception) -> Response:
        """The page of a call that failed, in the frame: 403 names the permission, 404 says nothing of it."""
        problem = problem_of(failure, self.language, "page_problems")
        logged(problem, failure)
        answer = self.page(request, "problem", problem.status, problem=problem)
        answer.headers.update(problem.headers)
        if problem.status in TRY_AGAIN_SECONDS:
            answer.headers.setdefault("Retry-After", TRY_AGAIN_SECONDS[problem.status])
        return answer

    def _frame(self, request: Request, flash: Flash | None, sought: str) -> Frame:
        path = request.url.path.removeprefix(self.door.pages.base)
        return Frame(
            person=self.user.name,
            email=self.user.email,
            account=self.user.account,
            role=page_texts(self.language)["roles"][self.user.role],
            rights=self.caller.permissions,
            here=place_of(path),
            held=capped(self.found.held, MOST_HELD),
            sought=sought,
            flash=flash if flash and flash.words else None,
        )

    def _sentence(self, message: Message) -> str:
        text: str = page_texts(self.language)["flash"].get(message.code, "")
        return text.format_map(message.parameters)
