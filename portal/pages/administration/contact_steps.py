"""`/administration/contacts/new`, `../{contact}/edit`, `../roles`: a contact in two steps (F42).

First the person is created, then the roles are given. A contact who loses a role or has another address loses
the links that were mailed, to upload QR codes or to orders (S4): the form asks whether that is meant.
"""

import uuid
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from models.characters import LONGEST_NAME
from models.language import Language
from models.paging import LARGEST_PAGE
from models.people.callers import Permission
from models.people.views import ContactDetails, ContactRole
from portal.auth.signed_in import SignedIn
from portal.pages.administration.contacts import PATH, contact_id, contact_of, path_of
from portal.pages.forms import Asking, FormModel, Sent, read_form, unsent
from portal.pages.routes import form, page
from wording.pages import page_texts

_FIELDS = {
    "name_invalid": "name",
    **dict.fromkeys(("email_invalid", "contact_exists"), "email"),
    "unknown_distributor": "distributor",
}
_NAME = Field(min_length=1, max_length=LONGEST_NAME)
_EMAIL = Field(min_length=1, max_length=254)


class NewForm(FormModel):
    """The first step: the person. `key`: the same form with the same address is the same contact."""

    distributor: str = _NAME
    name: str = _NAME
    email: str = _EMAIL
    language: Language
    key: str = Field(default="", max_length=100)

    @property
    def once(self) -> str | None:
        """The idempotency key."""
        return f"{self.key} {self.email} {self.distributor}" if self.key else None


class EditForm(FormModel):
    """What changes of the person. `was_...`: what the form showed first; what equals it is not saved."""

    name: str = _NAME
    email: str = _EMAIL
    language: Language
    was_name: str = Field(default="", max_length=LONGEST_NAME)
    was_email: str = Field(default="", max_length=254)
    was_language: str = Field(default="", max_length=10)
    confirmed: Literal["", "yes"] = ""

    def changes(self) -> dict[str, str]:
        """What was typed otherwise than it was shown."""
        given = {"name": self.name, "email": self.email, "language": self.language.value}
        was = {"name": self.was_name, "email": self.was_email, "language": self.was_language}
        return {name: value for name, value in given.items() if value.strip() != was[name]}


class RolesForm(FormModel):
    """The second step: the roles. `was`: those that the form showed first."""

    roles: tuple[ContactRole, ...] = ()
    was: str = Field(default="", max_length=200)
    confirmed: Literal["", "yes"] = ""

    @property
    def given(self) -> list[str]:
        """The roles that are new."""
        return sorted(set(self.roles) - set(self.was.split()))

    @property
    def taken(self) -> list[str]:
        """The roles that are no longer chosen."""
        return sorted(set(self.was.split()) & set(ContactRole) - set(self.roles))


async def ask_new(request: Request, who: SignedIn) -> Response:
    """The form of the first step."""
    language = (await who.desks.accounts.account(who.caller)).language
    shown = {"distributor": request.query_params.get("distributor", ""), "language": language.value}
    return await _new(request, who, unsent(**shown, key=uuid.uuid4().hex))


async def create(request: Request, who: SignedIn) -> Response:
    """Create the contact without a role, and go on to the second step."""
    sent = await read_form(request, NewForm, who.language)
    with Asking(sent, who.language, _FIELDS) as asking:
        if (given := sent.model) is not None:
            made = await who.desks.contacts.add_contact(
                who.caller,
                None,
                given.distributor,
                given.name,
                given.email,
                language=given.language,
                key=given.once,
            )
            return who.done(f"{path_of(made)}/roles?step=2", "contact_created", name=made.name)
    return await _new(request, who, asking.form, asking.status)


async def ask_edit(request: Request, who: SignedIn) -> Response:
    """The form of the person."""
    return await _form(request, who, "edit", unsent())


async def edit(request: Request, who: SignedIn) -> Response:
    """Save what was changed of the person."""
    contact = await contact_of(request, who)
    sent = await read_form(request, EditForm, who.language)
    if (given := sent.model) is not None and "email" in given.changes():
        sent = await _meant(who, contact, sent, ContactRole, confirmed=given.confirmed)
    with Asking(sent, who.language, _FIELDS) as asking:
        if sent.model is not None:
            changes = sent.model.changes()
            saved = await who.desks.contacts.edit_contact(who.caller, None, contact_id(contact), **changes)
            return who.done(path_of(contact), "contact_saved", name=saved.name)
    return await _form(request, who, "edit", asking.form, asking.status)


async def ask_roles(request: Request, who: SignedIn) -> Response:
    """The form of the second step."""
    return await _form(request, who, "roles", unsent())


async def save_roles(request: Request, who: SignedIn) -> Response:
    """Give and take the roles."""
    contact = await contact_of(request, who)
    sent = await read_form(request, RolesForm, who.language)
    if (given := sent.model) is not None and given.taken:
        sent = await _meant(who, contact, sent, given.taken, confirmed=given.confirmed)
    with Asking(sent, who.language) as asking:
        if (given := sent.model) is not None:
            await who.desks.contacts.edit_contact(
                who.caller, None, contact_id(contact), add_roles=given.given, remove_roles=given.taken
            )
            return who.done(path_of(contact), "contact_saved", name=contact.name)
    return await _form(request, who, "roles", asking.form, asking.status)


async def _meant(
    who: SignedIn, contact: ContactDetails, sent: Sent[Any], roles: Iterable[str], *, confirmed: str
) -> Sent[Any]:
    """The form, with an error where links of these roles would end and that is not confirmed."""
    links = await who.desks.contacts.open_links(who.caller, contact_id(contact))
    if confirmed or not links.ends(list(roles)):
        return sent
    said = page_texts(who.language)["contacts"]["confirm_first"]
    return replace(sent, model=None, errors={**sent.errors, "confirmed": [said]})


async def _new(request: Request, who: SignedIn, sent: Sent[Any], status: int = 200) -> Response:
    names = await who.desks.contacts.distributors(who.caller, limit=LARGEST_PAGE)
    offered = [(name, name) for name in names]
    return who.page(request, "administration/contact_new", status, form=sent, distributors=offered)


async def _form(request: Request, who: SignedIn, name: str, sent: Sent[Any], status: int = 200) -> Response:
    contact = await contact_of(request, who)
    return who.page(
        request,
        f"administration/contact_{name}",
        status,
        form=sent,
        contact=contact,
        path=path_of(contact),
        links=await who.desks.contacts.open_links(who.caller, contact_id(contact)),
        roles=[(role.value, role) for role in ContactRole],
        second=request.query_params.get("step") == "2",
    )


_MANAGES = Permission.MANAGE_CONTACTS
routes = [
    page(f"{PATH}/new", ask_new, needs=_MANAGES, recent=True),
    form(PATH, create, needs=_MANAGES, recent=True),
    page(f"{PATH}/{{contact}}/edit", ask_edit, needs=_MANAGES, recent=True),
    form(f"{PATH}/{{contact}}/edit", edit, needs=_MANAGES, recent=True),
    page(f"{PATH}/{{contact}}/roles", ask_roles, needs=_MANAGES, recent=True),
    form(f"{PATH}/{{contact}}/roles", save_roles, needs=_MANAGES, recent=True),
]
