"""`/forgot`, and the pages behind the links in e-mails to users: `/invitation/{token}`, `/reset/{token}`.

Opening a link changes nothing: mail scanners open links, too.
"""

from typing import Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from models.errors import Refused
from models.language import Language
from models.people.sign_in import TokenBearer, TokenPurpose
from portal.auth.signed_in import Door, visit_of
from portal.http.middleware import OWN_REFERRER, REFERRER
from portal.http.page_route import PageRoute
from portal.links.pages import spoken
from portal.pages.forms import Asking, FormModel, Sent, read_form, unsent

_OVER = "mailed_link_over"
_FIELDS = {"passwords_differ": "again", "sign_in_too_often": "", _OVER: ""}


class ForgotForm(FormModel):
    """Who wants another password."""

    email: str = Field(min_length=1)


class ChooseForm(FormModel):
    """The password that is chosen."""

    password: str = Field(min_length=1)
    again: str = Field(min_length=1)


class MailedPages:
    """The routes of visitors who choose a password."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def routes(self) -> list[PageRoute]:
        """Public routes: the token in the path is what allows it."""
        found = [
            PageRoute("/forgot", self.forgot, methods=["GET"]),
            PageRoute("/forgot", self.ask, methods=["POST"]),
        ]
        for purpose in TokenPurpose:
            choose = _Choose(self._door, purpose)
            path = f"/{purpose.value}/{{token}}"
            found += [
                PageRoute(path, choose.show, methods=["GET"]),
                PageRoute(path, choose.accept, methods=["POST"]),
            ]
        return found

    async def forgot(self, request: Request) -> Response:
        """Ask for the address."""
        return self._page(request, unsent())

    async def ask(self, request: Request) -> Response:
        """Send a link; the answer is the same whether there is such a user."""
        language = _language(request)
        sent = await read_form(request, ForgotForm, language)
        with Asking(sent, language) as asking:
            if sent.model is not None:
                await self._door.desks.mailed.forgot(visit_of(request), sent.model.email)
                return self._page(request, sent, asked=True)
        return self._page(request, asking.form, _status(asking))

    def _page(
        self,
        request: Request,
        sent: Sent[Any],
        status: int = 200,
        *,
        asked: bool = False,
    ) -> Response:
        answer = _own(self._door.pages.render(request, "auth/forgot", status, form=sent, asked=asked))
        if sent.wait:
            answer.headers["Retry-After"] = str(sent.wait)
        return answer


class _Choose:
    """Choose a password by the link of one purpose."""

    def __init__(self, door: Door, purpose: TokenPurpose) -> None:
        self._door = door
        self._purpose = purpose

    async def show(self, request: Request) -> Response:
        """Ask for the password."""
        return await self._page(request, unsent())

    async def accept(self, request: Request) -> Response:
        """Take the password, and begin a session."""
        language = _language(request)
        sent = await read_form(request, ChooseForm, language)
        with Asking(sent, language, _FIELDS, others="password") as asking:
            if (model := sent.model) is not None:
                if model.password != model.again:
                    raise Refused.because("passwords_differ")
                begun = await self._door.desks.mailed.accept(
                    self._bearer(request), model.password, instead_of=self._door.cookies.token(request)
                )
                answer = self._door.redirect("/")
                self._door.cookies.begin(answer, begun.token)
                return answer
        return await self._page(request, asking.form, _status(asking))

    def _bearer(self, request: Request) -> TokenBearer:
        return TokenBearer(visit_of(request), self._purpose, request.path_params["token"])

    async def _page(self, request: Request, sent: Sent[Any], status: int = 200) -> Response:
        try:
            user = await self._door.desks.mailed.look(self._bearer(request))
        except Refused as over:
            status, user = over.refusals[0].status, None
        return _own(
            self._door.pages.render(
                request,
                "auth/choose",
                status,
                said=user.language if user else None,
                form=sent,
                user=user,
                purpose=self._purpose.value,
                action=request.url.path,
            )
        )


def _status(asking: Asking[Any]) -> int:
    """That of the first refusal: of a link that is over, of too many tries."""
    return asking.refused.refusals[0].status if asking.refused else asking.status


def _language(request: Request) -> Language:
    return spoken(request.headers.get("accept-language", ""))


def _own(answer: Response) -> Response:
    answer.headers[REFERRER] = OWN_REFERRER
    return answer
