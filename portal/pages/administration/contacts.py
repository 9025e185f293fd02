"""`/administration/distributors`, `../contacts`: distributors and their contacts (F42)."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from models.identifiers import reference
from models.people.callers import Permission
from models.people.views import ContactDetails, ContactRole
from portal.auth.signed_in import SignedIn
from portal.pages.administration.lists import ROWS, Listing
from portal.pages.forms import Asking, FormModel, read_form
from portal.pages.routes import form, page

DISTRIBUTORS, PATH = "/administration/distributors", "/administration/contacts"


class NoForm(FormModel):
    """A button without fields."""


async def distributors(request: Request, who: SignedIn) -> Response:
    """The distributors, with how many contacts receive what."""
    listing = Listing.of(request, DISTRIBUTORS)
    found = await who.desks.contacts.overview(who.caller, limit=ROWS, after=listing.after)
    links = Listing(PATH, {}, None)
    rows = [
        (f"distributor-{place}", each, links.address(distributor=each.name))
        for place, each in enumerate(found)
    ]
    return who.page(request, "administration/distributors", rows=rows, **listing.facts(found))


async def show(request: Request, who: SignedIn) -> Response:
    """The contacts by distributor and name; the address is the filter."""
    listing = Listing.of(request, PATH, "distributor", "role")
    chosen = listing.filters
    found = await who.desks.contacts.contacts(
        who.caller, None, chosen.get("distributor"), chosen.get("role"), limit=ROWS, after=listing.after
    )
    return who.page(
        request,
        "administration/contacts",
        rows=[(reference("C", each.id), each) for each in found],
        chosen=chosen,
        without={name: listing.address(**{name: ""}) for name in ("distributor", "role")},
        roles=list(ContactRole),
        new=Listing(f"{PATH}/new", {}, None).address(distributor=chosen.get("distributor", "")),
        **listing.facts(found),
    )


async def one(request: Request, who: SignedIn) -> Response:
    """A contact: the address, the roles, and how many links of open requests and orders there are."""
    contact = await contact_of(request, who)
    links = await who.desks.contacts.open_links(who.caller, contact_id(contact))
    facts: dict[str, Any] = {"contact": contact, "path": path_of(contact), "links": links}
    return who.page(request, "administration/contact", roles=list(ContactRole), **facts)


async def ask_remove(request: Request, who: SignedIn) -> Response:
    """What a removal means."""
    return await _remove(request, who, await contact_of(request, who))


async def remove(request: Request, who: SignedIn) -> Response:
    """Remove the contact; the links are dead at once (S4)."""
    contact = await contact_of(request, who)
    sent = await read_form(request, NoForm, who.language)
    with Asking(sent, who.language) as asking:
        if sent.model is not None:
            await who.desks.contacts.remove_contact(who.caller, contact_id(contact))
            there = Listing(PATH, {}, None).address(distributor=contact.distributor)
            return who.done(there, "contact_removed", name=contact.name)
    return await _remove(request, who, contact, asking.status, asking.form.summary)


async def _remove(
    request: Request, who: SignedIn, contact: ContactDetails, status: int = 200, errors: Any = ()
) -> Response:
    links = await who.desks.contacts.open_links(who.caller, contact_id(contact))
    facts: dict[str, Any] = {
        "contact": contact,
        "path": path_of(contact),
        "links": links,
        "errors": errors,
    }
    return who.page(request, "administration/contact_remove", status, **facts)


async def contact_of(request: Request, who: SignedIn) -> ContactDetails:
    """The contact that the address names."""
    return await who.desks.contacts.contact(who.caller, request.path_params["contact"])


def contact_id(contact: ContactDetails) -> str:
    """`C-7`."""
    return reference("C", contact.id)


def path_of(contact: ContactDetails) -> str:
    """The page of a contact."""
    return f"{PATH}/{contact_id(contact)}"


_SEES, _MANAGES = Permission.VIEW_PEOPLE, Permission.MANAGE_CONTACTS
routes = [
    page(DISTRIBUTORS, distributors, needs=_SEES),
    page(PATH, show, needs=_SEES),
]
of_one = [
    page(f"{PATH}/{{contact}}", one, needs=_SEES),
    page(f"{PATH}/{{contact}}/remove", ask_remove, needs=_MANAGES, recent=True),
    form(f"{PATH}/{{contact}}/remove", remove, needs=_MANAGES, recent=True),
]
"""Besides the list: after `../new`, which would be taken for the name of a contact."""
