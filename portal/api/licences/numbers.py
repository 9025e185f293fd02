"""Numbers over HTTP: list and show them, with who uses them and what they have (L8)."""

from typing import Annotated, Literal

from fastapi import Query

from models.people.callers import Caller, Permission
from portal.api.caller import At, needs
from portal.api.fields import Id
from portal.api.licences.number_resources import NumberResource, number_resource
from portal.api.lists import ListOf, Pages
from portal.api.routing import router

routes = router("Numbers")
Viewing = Annotated[Caller, needs(Permission.VIEW_LICENCES)]
Expand = Annotated[
    list[Literal["events", "people"]], Query(description="What to include: `events`, `people`.")
]


@routes.get("/numbers", summary="List numbers")
async def list_numbers(
    caller: Viewing,
    desks: At,
    pages: Pages,
    agent: Annotated[Id | None, Query(description="Who uses them: an address, or `AG-4`.")] = None,
    assigned: Annotated[
        bool | None, Query(description="Only those that use a licence, or that use none.")
    ] = None,
    held: Annotated[bool, Query(description="Only those whose order or change is held.")] = False,
) -> ListOf[NumberResource]:
    """The numbers of the account by phone number, also deleted ones, without their events."""
    found = await desks.numbers.numbers(
        caller, agent=agent, assigned=assigned, held=held, limit=pages.limit, after=pages.after
    )
    return pages.of(found, lambda number: number_resource(number, caller))


@routes.get("/numbers/{number}", summary="Show a number")
async def show_number(caller: Viewing, desks: At, number: Id, expand: Expand = []) -> NumberResource:  # noqa: B006
    """One number as it is now, also a deleted one: by its phone number or its id (`N-7`)."""
    found = await desks.numbers.number(caller, number, history=bool(expand))
    people = await desks.numbers.people(caller, found) if "people" in expand else None
    return number_resource(found, caller, events="events" in expand, people=people)
