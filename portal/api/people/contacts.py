"""Distributors and their contacts over HTTP (F42, A16)."""

from typing import Annotated

from fastapi import Query, Response
from pydantic import Field

from models.people.callers import Caller, Permission
from portal.api.caller import At, needs
from portal.api.fields import Body, Id, IdempotencyKey, Name, required
from portal.api.lists import ListOf, Pages
from portal.api.made import say_made
from portal.api.people.resources import ContactResource, DistributorResource
from portal.api.routing import router

routes = router("Distributors")
Viewing = Annotated[Caller, needs(Permission.VIEW_PEOPLE)]
Managing = Annotated[Caller, needs(Permission.MANAGE_CONTACTS)]
_ROLES = "`order`, `esim_qr_code`."


class NewContactBody(Body):
    """A contact of a distributor; roles may be given later."""

    distributor: Name
    name: Name
    email: Name
    roles: list[Name] = Field(default=[], description=_ROLES, max_length=10)
    language: Name | None = None


class ContactBody(Body):
    """What changes of a contact; what is left out stays."""

    name: Name | None = None
    email: Name | None = None
    add_roles: list[Name] = Field(default=[], description=_ROLES, max_length=10)
    remove_roles: list[Name] = Field(default=[], max_length=10)
    language: Name | None = None


@routes.get("/distributors", summary="List distributors")
async def list_distributors(caller: Viewing, desks: At, pages: Pages) -> ListOf[DistributorResource]:
    """The distributors of the account by name."""
    found = await desks.contacts.distributors(caller, limit=pages.limit, after=pages.after)
    return pages.of(found, lambda name: DistributorResource(name=name))


@routes.get("/contacts", summary="List contacts")
async def list_contacts(
    caller: Viewing,
    desks: At,
    pages: Pages,
    distributor: Annotated[Name | None, Query(description="Only contacts of this distributor.")] = None,
    role: Annotated[
        Name | None, Query(description=f"Only contacts with this role: {_ROLES}", examples=["order"])
    ] = None,
) -> ListOf[ContactResource]:
    """The contacts of distributors, with their roles."""
    found = await desks.contacts.contacts(
        caller, None, distributor, role, limit=pages.limit, after=pages.after
    )
    return pages.of(found, ContactResource.of)


@routes.post("/contacts", summary="Add a contact", status_code=201)
async def add_contact(
    caller: Managing,
    desks: At,
    body: NewContactBody,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> ContactResource:
    """Add a contact to a distributor. Its roles decide which e-mails it gets; give them now or later."""
    made = await desks.contacts.add_contact(
        caller,
        None,
        body.distributor,
        body.name,
        body.email,
        body.roles,
        language=body.language,
        key=required(idempotency_key),
    )
    contact = ContactResource.of(made)
    say_made(response, f"/contacts/{contact.id}", replayed=made.replayed)
    return contact


@routes.get("/contacts/{contact}", summary="Show a contact")
async def show_contact(caller: Viewing, desks: At, contact: Id) -> ContactResource:
    """One contact, by address or `C-7`."""
    return ContactResource.of(await desks.contacts.contact(caller, contact))


@routes.patch("/contacts/{contact}", summary="Change a contact")
async def change_contact(caller: Managing, desks: At, contact: Id, body: ContactBody) -> ContactResource:
    """Change a contact and its roles. E-mails that were sent stay as they are."""
    return ContactResource.of(await desks.contacts.edit_contact(caller, None, contact, **body.model_dump()))


@routes.delete("/contacts/{contact}", summary="Remove a contact", status_code=204)
async def remove_contact(caller: Managing, desks: At, contact: Id) -> None:
    """Remove a contact whom no open order or request needs. Its upload links are dead at once."""
    await desks.contacts.remove_contact(caller, contact)
