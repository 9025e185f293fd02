"""`/agents`: the people who use the numbers, and need no sign-in (L1)."""

import uuid
from dataclasses import replace
from typing import Any, ClassVar

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from models.identifiers import parse_reference, reference
from models.language import Language
from models.licences.numbers import LineType
from models.licences.offers import phone_known
from models.licences.views import AgentView
from models.paging import LARGEST_PAGE, Page, Position
from models.people.callers import Permission
from portal.auth.signed_in import SignedIn
from portal.pages.forms import Asking, FormModel, Sent, read_form, unsent
from portal.pages.licences.listed import ROWS, Filter, Listed
from portal.pages.routes import form, page
from wording.labels import order_status
from wording.pages import page_texts

_FIELDS = {
    **dict.fromkeys(("email_invalid", "agent_exists"), "email"),
    "name_invalid": "name",
    "eid_invalid": "eid",
    "language_unknown": "language",
}


class AgentFilter(Filter):
    """The filter of the list."""

    at: ClassVar[str] = "/agents"
    find: str = Field(default="", max_length=100)


class AgentForm(FormModel):
    """An agent to add. `key`: the same form is the same agent."""

    name: str = Field(min_length=1, max_length=200)
    email: str = Field(default="", max_length=254)
    language: str = Field(default="", max_length=10)
    eid: str = Field(default="", max_length=80)
    phone: str = ""
    key: str = Field(default="", max_length=100)


class EditForm(AgentForm):
    """An agent to edit. `was_...`: what the form showed first; what equals it is not saved."""

    was_name: str = ""
    was_email: str = ""
    was_language: str = ""
    was_eid: str = ""
    was_phone: str = ""

    def changes(self) -> dict[str, Any]:
        """What was typed otherwise than it was shown; an EID that was emptied is in `remove`."""
        names = ("name", "email", "language", "eid")
        typed = {name: getattr(self, name).strip() for name in names}
        other = {name: value for name, value in typed.items() if value != getattr(self, f"was_{name}")}
        changes: dict[str, Any] = {name: value for name, value in other.items() if value}
        changes["remove"] = ["eid"] if other.get("eid") == "" else []
        if self.phone != self.was_phone:
            changes["phone_confirmed"] = self.phone == "yes"
        return changes


class NoForm(FormModel):
    """A button without fields."""


async def show(request: Request, who: SignedIn) -> Response:
    """The list by name."""

    async def read(chosen: AgentFilter, after: Position | None) -> Page[AgentView]:
        return await who.desks.agents.agents(who.caller, find=chosen.find, limit=ROWS, after=after)

    listed = await Listed[AgentFilter, AgentView].of(request, who, AgentFilter, read)
    return who.page(request, "licences/agents", listed.status, listed=listed, phone_known=phone_known)


async def ask(request: Request, who: SignedIn) -> Response:
    """The form of a new agent."""
    return _new(request, who, unsent(key=uuid.uuid4().hex))


async def create(request: Request, who: SignedIn) -> Response:
    """Add the agent, once per form."""
    sent = await read_form(request, AgentForm, who.language)
    with Asking(sent, who.language, _FIELDS) as asking:
        if (given := sent.model) is not None:
            agent = await who.desks.agents.create_agent(
                who.caller,
                None,
                given.name,
                given.email.strip() or None,
                language=given.language or None,
                eid=given.eid.strip() or None,
                phone_confirmed=given.phone == "yes",
                key=given.key or None,
            )
            return who.done(_path(agent), "agent_created", name=agent.name)
    return _new(request, who, asking.form, asking.status)


def _new(request: Request, who: SignedIn, sent: Sent[Any], status: int = 200) -> Response:
    return who.page(request, "licences/agent_new", status, form=sent, languages=list(Language))


async def one(request: Request, who: SignedIn) -> Response:
    """An agent with their numbers."""
    return await _one(request, who, await _agent(request, who), unsent())


async def _one(
    request: Request, who: SignedIn, agent: AgentView, sent: Sent[Any], status: int = 200
) -> Response:
    found = await who.desks.numbers.numbers(who.caller, agent=reference("AG", agent.id), limit=LARGEST_PAGE)
    return who.page(
        request,
        "licences/agent",
        status,
        agent=agent,
        path=_path(agent),
        numbers=found,
        more=found.following is not None,
        form=sent,
        shared=LineType.SHARED,
        status_of=lambda state: order_status(state, who.language),
    )


async def ask_edit(request: Request, who: SignedIn) -> Response:
    """The form of what can be changed."""
    return await _edit(request, who, unsent())


async def edit(request: Request, who: SignedIn) -> Response:
    """Save what was changed. At a new address what waits for it continues, and e-mails are sent there."""
    sent, before = await read_form(request, EditForm, who.language), await _agent(request, who)
    if sent.model is not None and before.email and not sent.model.email.strip():
        stays = page_texts(who.language)["agents"]["email_stays"]
        sent = replace(sent, model=None, errors={"email": [stays]})
    with Asking(sent, who.language, _FIELDS) as asking:
        if (given := sent.model) is not None:
            agent = await who.desks.agents.edit_agent(
                who.caller, reference("AG", before.id), **given.changes()
            )
            return who.done(_path(agent), "agent_saved", name=agent.name)
    return await _edit(request, who, asking.form, asking.status)


async def _edit(request: Request, who: SignedIn, sent: Sent[Any], status: int = 200) -> Response:
    agent = await _agent(request, who)
    confirmed = agent.phone_confirmed_at is not None
    return who.page(
        request,
        "licences/agent_edit",
        status,
        agent=agent,
        path=_path(agent),
        form=sent,
        languages=list(Language),
        confirmed=confirmed,
    )


async def ask_deactivate(request: Request, who: SignedIn) -> Response:
    """What a deactivation means, and whether it is meant."""
    agent = await _agent(request, who)
    return who.page(request, "licences/agent_deactivate", agent=agent, path=_path(agent))


async def deactivate(request: Request, who: SignedIn) -> Response:
    """The agent leaves all numbers; their eSIMs stop at once (L38)."""
    return await _set_active(request, who, active=False)


async def activate(request: Request, who: SignedIn) -> Response:
    """The agent can use numbers again."""
    return await _set_active(request, who, active=True)


async def _set_active(request: Request, who: SignedIn, *, active: bool) -> Response:
    sent, agent = await read_form(request, NoForm, who.language), await _agent(request, who)
    desk, name = who.desks.agents, reference("AG", agent.id)
    with Asking(sent, who.language) as asking:
        if sent.model is not None:
            change = desk.activate_agent if active else desk.deactivate_agent
            done = await change(who.caller, name)
            said = "agent_activated" if active else "agent_deactivated"
            return who.done(_path(done), said, name=done.name)
    return await _one(request, who, await _agent(request, who), asking.form, asking.status)


async def _agent(request: Request, who: SignedIn) -> AgentView:
    text: str = request.path_params["agent"]
    number = parse_reference("AG", text)
    return await who.desks.agents.agent(who.caller, text if number is None else reference("AG", number))


def _path(agent: AgentView) -> str:
    return f"/agents/{reference('AG', agent.id)}"


_MANAGE = Permission.MANAGE_NUMBERS
routes = [
    page("/agents", show, needs=Permission.VIEW_LICENCES),
    form("/agents", create, needs=_MANAGE),
    page("/agents/new", ask, needs=_MANAGE),
    page("/agents/{agent}", one, needs=Permission.VIEW_LICENCES),
    page("/agents/{agent}/edit", ask_edit, needs=_MANAGE),
    form("/agents/{agent}/edit", edit, needs=_MANAGE),
    page("/agents/{agent}/deactivate", ask_deactivate, needs=_MANAGE),
    form("/agents/{agent}/deactivate", deactivate, needs=_MANAGE),
    form("/agents/{agent}/activate", activate, needs=_MANAGE),
]
