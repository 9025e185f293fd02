"""What is done to a number besides assigning a licence: user, type, suspension, deletion, lost eSIMs.

Each change is made once per form (`key`). The answer says what changed, and what the provider is asked.
"""

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from models.licences.numbers import ReplaceReason
from models.licences.rules import shown_agent
from models.licences.views import AgentView, Changed, NumberView
from models.paging import LARGEST_PAGE
from models.people.callers import Caller, Permission
from portal.auth.signed_in import SignedIn
from portal.pages.forms import Asking, FormModel, Sent, read_form, unsent
from portal.pages.licences.number import integrations_page, number_of, number_page, path_of
from portal.pages.routes import Page, form, page
from starter.licences.numbers import NumberDesk
from wording.licences.numbers import changed
from wording.pages import page_texts

LONGEST_REASON = 1500
_FIELDS = {
    **dict.fromkeys(("unknown_agent", "agent_deactivated"), "agent"),
    **dict.fromkeys(("reason_needed", "note_invalid", "unknown_stop_reason"), "reason"),
}
STOPS_FOR = tuple(reason for reason in ReplaceReason if reason.stops_at_once)


class KeyForm(FormModel):
    """The confirmation of a page. `key`: the same form is the same change; `agent_shown`: whom it showed."""

    confirmed: str = ""
    key: str = Field(default="", max_length=100)
    agent_shown: str = Field(default="", max_length=30)

    @property
    def as_shown(self) -> dict[str, str | None]:
        """The key, and the agent for whom the change is meant, as the desk takes them."""
        return {"key": self.key or None, "shown": self.agent_shown or None}


class UserForm(KeyForm):
    """Who uses the number from now on: an agent, or by `no_agent` none."""

    agent: str = Field(default="", max_length=254)
    no_agent: str = ""


class ReasonForm(KeyForm):
    """Why the number is suspended, as it is typed; or why its eSIM stops, as it is chosen."""

    reason: str = Field(min_length=1, max_length=LONGEST_REASON)


class ConvertForm(FormModel):
    """What the number becomes, and which tab the button is on."""

    line_type: str = Field(min_length=1, max_length=20)
    back: str = ""


class NoForm(FormModel):
    """A button without fields."""


Make = Callable[[NumberDesk, Caller, str, Any], Awaitable[Changed]]


@dataclass(frozen=True)
class Change:
    """A change with a page of its own, which says what will happen. `confirms`: when it cannot be undone."""

    name: str
    model: type[KeyForm]
    make: Make
    confirms: Callable[[NumberView], bool] = lambda _: False

    async def show(self, request: Request, who: SignedIn) -> Response:
        """Say what will happen, and ask."""
        return await self._page(request, who, unsent(key=uuid.uuid4().hex))

    async def send(self, request: Request, who: SignedIn) -> Response:
        """Do it, or say why not beside what was typed."""
        name = number_of(request)
        number = await who.desks.numbers.number(who.caller, name, history=False)
        sent = await read_form(request, self.model, who.language)
        if sent.model is not None and (wrong := self._wrong(number, sent.model, who)):
            sent = replace(sent, model=None, errors=wrong)
        with Asking(sent, who.language, _FIELDS) as asking:
            if sent.model is not None:
                result = await self.make(who.desks.numbers, who.caller, name, sent.model)
                return done(who, number, "/integrations", result)
        return await self._page(request, who, asking.form, asking.status)

    def _wrong(self, number: NumberView, given: KeyForm, who: SignedIn) -> dict[str, list[str]]:
        """What is not chosen: whether an agent or none is to use the number, or that it is meant."""
        texts, wrong = page_texts(who.language), {}
        if isinstance(given, UserForm) and bool(given.agent.strip()) is (given.no_agent == "yes"):
            wrong["agent"] = [texts["number_change"]["choose_agent"]]
        if self.confirms(number) and given.confirmed != "yes":
            wrong["confirmed"] = [texts["order_step"]["tick"]]
        return wrong

    async def _page(self, request: Request, who: SignedIn, sent: Sent[Any], status: int = 200) -> Response:
        number = await who.desks.numbers.number(who.caller, number_of(request), history=False)
        agents: list[AgentView] = []
        if self.name == "user":
            agents = await who.desks.agents.agents(who.caller, limit=LARGEST_PAGE)
        return who.page(
            request,
            f"licences/{self.name}",
            status,
            number=number,
            path=path_of(number),
            form=sent,
            agent_shown=shown_agent(number.agent_id),
            ends=ends(number),
            confirms=self.confirms(number),
            offers=[agent.email for agent in agents if agent.email and agent.deactivated_at is None],
            reasons=STOPS_FOR,
        )


def done(who: SignedIn, number: NumberView, tab: str, result: Changed) -> Response:
    """What a change has done, in words, on the number's page."""
    said = changed(result, who.language, number.msisdn)
    return who.done(path_of(number, tab), "number_changed", what=said)


def ends(number: NumberView) -> bool:
    """Whether an eSIM or an open order of the number ends when it is deleted or gets another user."""
    return number.sim_id is not None or number.open_order is not None


async def _change_user(desk: NumberDesk, caller: Caller, number: str, sent: UserForm) -> Changed:
    return await desk.change_user(caller, number, sent.agent.strip() or None, **sent.as_shown)


async def _suspend(desk: NumberDesk, caller: Caller, number: str, sent: ReasonForm) -> Changed:
    reason = sent.reason.replace("\r\n", "\n")
    return await desk.suspend(caller, number, reason, **sent.as_shown)


async def _stop(desk: NumberDesk, caller: Caller, number: str, sent: ReasonForm) -> Changed:
    return await desk.stop_esim(caller, number, sent.reason, **sent.as_shown)


async def _delete(desk: NumberDesk, caller: Caller, number: str, sent: KeyForm) -> Changed:
    return await desk.delete(caller, number, **sent.as_shown)


CHANGES = (
    Change("user", UserForm, _change_user, confirms=ends),
    Change("suspend", ReasonForm, _suspend),
    Change("stop", ReasonForm, _stop, confirms=lambda _: True),
    Change("delete", KeyForm, _delete, confirms=lambda _: True),
)


async def convert(request: Request, who: SignedIn) -> Response:
    """Make the number direct, or a shared line (L6, L22)."""
    sent = await read_form(request, ConvertForm, who.language)
    return await _pressed(
        request, who, sent, lambda desk, name: desk.convert(who.caller, name, sent.values["line_type"])
    )


async def resume(request: Request, who: SignedIn) -> Response:
    """Resume a suspended number and its eSIM (L39)."""
    sent = await read_form(request, NoForm, who.language)
    return await _pressed(request, who, sent, lambda desk, name: desk.resume(who.caller, name))


async def recover(request: Request, who: SignedIn) -> Response:
    """Recover a deleted number, without its agent and eSIM (L13)."""
    sent = await read_form(request, NoForm, who.language)
    return await _pressed(request, who, sent, lambda desk, name: desk.recover(who.caller, name))


async def _pressed(
    request: Request,
    who: SignedIn,
    sent: Sent[Any],
    change: Callable[[NumberDesk, str], Awaitable[Changed]],
) -> Response:
    """What a button of the number's page does; it is idempotent by itself."""
    desk, name = who.desks.numbers, number_of(request)
    number = await desk.number(who.caller, name, history=False)
    of_tab = sent.values.get("back") == "integrations"
    with Asking(sent, who.language) as asking:
        if sent.model is not None:
            result = await change(desk, name)
            return done(who, number, "/integrations" if of_tab else "", result)
    shown = integrations_page if of_tab else number_page
    return await shown(request, who, number, asking.form, asking.status)


def _routes(change: Change) -> list[Page]:
    path = f"/numbers/{{number}}/{change.name}"
    return [page(path, change.show, needs=_MANAGE), form(path, change.send, needs=_MANAGE)]


_MANAGE = Permission.MANAGE_NUMBERS
routes = [
    *(route for change in CHANGES for route in _routes(change)),
    form("/numbers/{number}/convert", convert, needs=_MANAGE),
    form("/numbers/{number}/resume", resume, needs=_MANAGE),
    form("/numbers/{number}/recover", recover, needs=_MANAGE),
]
