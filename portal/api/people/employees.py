"""Employees and management groups over HTTP (A16)."""

from typing import Annotated

from fastapi import Query, Response
from pydantic import Field

from models.people.callers import Caller, Permission
from portal.api.caller import At, needs
from portal.api.fields import Body, Id, Name
from portal.api.lists import ListOf, Pages
from portal.api.made import say_made
from portal.api.people.resources import EmployeeResource, GroupResource
from portal.api.routing import router

routes = router("Employees and groups")
Looking = Annotated[Caller, needs(Permission.VIEW_INVENTORY)]
Editing = Annotated[Caller, needs(Permission.EDIT_INVENTORY)]


class NewEmployeeBody(Body):
    """An employee to add."""

    name: Name
    email: Name | None = None
    language: Name | None = Field(default=None, description="`en` or `fr`; the account's if left out.")


class EmployeeEdit(Body):
    """What changes of an employee; what is left out stays, an empty address removes it."""

    name: Name | None = None
    email: str | None = Field(default=None, max_length=254)
    language: Name | None = None


class GroupBody(Body):
    """The name of a group."""

    name: Name = Field(examples=["Sales"])


@routes.get("/employees", summary="List employees")
async def list_employees(
    caller: Looking,
    desks: At,
    pages: Pages,
    find: Annotated[
        Name | None, Query(description="The beginning of a name or an address.", examples=["gin"])
    ] = None,
) -> ListOf[EmployeeResource]:
    """Who uses SIMs of the account, by name."""
    found = await desks.people.employees(caller, find=find, limit=pages.limit, after=pages.after)
    return pages.of(found, EmployeeResource.of)


@routes.post("/employees", summary="Add an employee", status_code=201)
async def add_employee(
    caller: Editing,
    desks: At,
    body: NewEmployeeBody,
    response: Response,
) -> EmployeeResource:
    """One of the same name and address is the answer. SIMs are given by `/lines/employee`. Idempotent."""
    made = await desks.employees.add_employee(caller, None, body.name, body.email, language=body.language)
    employee = EmployeeResource.of(made)
    say_made(response, f"/employees/{employee.id}", replayed=False)
    return employee


@routes.get("/employees/{employee}", summary="Show an employee")
async def show_employee(caller: Looking, desks: At, employee: Id) -> EmployeeResource:
    """One employee, by `E-3`."""
    return EmployeeResource.of(await desks.employees.employee(caller, employee))


@routes.patch("/employees/{employee}", summary="Change an employee")
async def change_employee(caller: Editing, desks: At, employee: Id, body: EmployeeEdit) -> EmployeeResource:
    """Change name, address or language. E-mails that were sent stay as they are."""
    return EmployeeResource.of(await desks.employees.edit_employee(caller, employee, **body.model_dump()))


@routes.delete("/employees/{employee}", summary="Remove an employee", status_code=204)
async def remove_employee(caller: Editing, desks: At, employee: Id) -> None:
    """Remove an employee who uses no SIM."""
    await desks.employees.remove_employee(caller, employee)


@routes.get("/groups", summary="List groups")
async def list_groups(caller: Looking, desks: At, pages: Pages) -> ListOf[GroupResource]:
    """The management groups of the account, by name."""
    found = await desks.people.groups(caller, limit=pages.limit, after=pages.after)
    return pages.of(found, GroupResource.of)


@routes.post("/groups", summary="Create a group", status_code=201)
async def create_group(caller: Editing, desks: At, body: GroupBody, response: Response) -> GroupResource:
    """One of this name is the answer if it is there already. Idempotent."""
    group = GroupResource.of(await desks.groups.create_group(caller, None, body.name))
    say_made(response, f"/groups/{group.id}", replayed=False)
    return group


@routes.get("/groups/{group}", summary="Show a group")
async def show_group(caller: Looking, desks: At, group: Id) -> GroupResource:
    """One group, by name or `G-2`."""
    return GroupResource.of(await desks.groups.group(caller, group))


@routes.patch("/groups/{group}", summary="Rename a group")
async def rename_group(caller: Editing, desks: At, group: Id, body: GroupBody) -> GroupResource:
    """Files that are imported must use the new name from now on. Idempotent."""
    return GroupResource.of(await desks.groups.rename_group(caller, group, body.name))


@routes.delete("/groups/{group}", summary="Delete a group", status_code=204)
async def delete_group(caller: Editing, desks: At, group: Id) -> None:
    """Its lines and SIMs stay, and are in it no more."""
    await desks.groups.delete_group(caller, group)
