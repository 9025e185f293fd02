"""Agents over HTTP: the people who use the numbers of the account, and need no sign-in (L1)."""

from datetime import datetime
from typing import Annotated

from fastapi import Response
from pydantic import Field

from models.identifiers import reference
from models.language import Language
from models.licences.views import AgentView
from models.people.callers import Caller, Permission
from models.values import Flag
from portal.api.caller import At, needs
from portal.api.fields import Body, Id, IdempotencyKey, Name, Resource, one_of, required
from portal.api.lists import ListOf, Pages
from portal.api.made import say_made
from portal.api.routing import router
from starter.licences.agents import REMOVABLE

routes = router("Agents")
Viewing = Annotated[Caller, needs(Permission.VIEW_LICENCES)]
Managing = Annotated[Caller, needs(Permission.MANAGE_NUMBERS)]


class AgentResource(Resource):
    """A person who uses numbers of the account."""

    id: str = Field(examples=["AG-4"])
    name: str
    email: str | None = Field(description="Without an address the agent gets no eSIM.")
    language: str = Field(description=f"Of e-mails to the agent. {one_of(Language)}")
    eid: str | None = Field(description="The EID of the phone, which shows that it supports eSIM.")
    phone_confirmed_at: datetime | None = Field(
        description="When it was confirmed that the phone supports eSIM."
    )
    deactivated_at: datetime | None
    numbers: list[str] = Field(description="The numbers that the agent uses.", examples=[["N-7"]])

    @classmethod
    def of(cls, view: AgentView) -> "AgentResource":
        """The agent as it is answered."""
        shown = {"name", "email", "language", "eid", "phone_confirmed_at", "deactivated_at"}
        return cls(
            **view.model_dump(include=shown),
            id=reference("AG", view.id),
            numbers=[reference("N", number_id) for number_id in view.number_ids],
        )


class NewAgentBody(Body):
    """An agent to create."""

    name: Name
    email: Name | None = Field(default=None, description="Where the agent's eSIMs are sent.")
    language: Name | None = Field(default=None, description=f"The account's if left out. {one_of(Language)}")
    eid: Name | None = Field(default=None, description="32 digits.")
    phone_confirmed: Flag = Field(default=False, description="The phone was found to support eSIM.")


class AgentBody(Body):
    """What changes of an agent. What is left out stays; `language` and `eid` are removed by null."""

    name: Name = Field(default_factory=str)
    email: Name = Field(default_factory=str, description="A new address; it cannot be removed.")
    language: Name | None = None
    eid: Name | None = None
    phone_confirmed: Flag = Field(default_factory=bool)


@routes.get("/agents", summary="List agents")
async def list_agents(caller: Viewing, desks: At, pages: Pages) -> ListOf[AgentResource]:
    """The agents of the account by name, with the numbers that they use; deactivated ones too."""
    return pages.of(await desks.agents.agents(caller, limit=pages.limit, after=pages.after), AgentResource.of)


@routes.post("/agents", summary="Create an agent", status_code=201)
async def create_agent(
    caller: Managing,
    desks: At,
    body: NewAgentBody,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> AgentResource:
    """Create an agent. Give them a number with `POST /numbers/{number}/change-user`."""
    key = required(idempotency_key)
    made = await desks.agents.create_agent(caller, None, **body.model_dump(), key=key)
    say_made(response, f"/agents/{reference('AG', made.id)}", replayed=made.replayed)
    return AgentResource.of(made)


@routes.get("/agents/{agent}", summary="Show an agent")
async def show_agent(caller: Viewing, desks: At, agent: Id) -> AgentResource:
    """One agent, by the address or the id (`AG-4`); also one who is deactivated."""
    return AgentResource.of(await desks.agents.agent(caller, agent))


@routes.patch("/agents/{agent}", summary="Edit an agent")
async def edit_agent(caller: Managing, desks: At, agent: Id, body: AgentBody) -> AgentResource:
    """Orders that are held for the agent's address continue with one. At a new address the links of e-mails
    to the one before end, and they are sent again.
    """
    given = body.model_dump(exclude_unset=True)
    changes = {name: value for name, value in given.items() if value is not None}
    removed = [name for name in REMOVABLE if name in given and given[name] is None]
    return AgentResource.of(await desks.agents.edit_agent(caller, agent, **changes, remove=removed))


@routes.post("/agents/{agent}/deactivate", summary="Deactivate an agent")
async def deactivate_agent(caller: Managing, desks: At, agent: Id) -> AgentResource:
    """The agent leaves all numbers, and their eSIMs stop at once. Idempotent."""
    return AgentResource.of(await desks.agents.deactivate_agent(caller, agent))


@routes.post("/agents/{agent}/activate", summary="Activate an agent")
async def activate_agent(caller: Managing, desks: At, agent: Id) -> AgentResource:
    """Activate a deactivated agent, who uses no number then. Idempotent."""
    return AgentResource.of(await desks.agents.activate_agent(caller, agent))
