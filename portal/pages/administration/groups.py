"""`/administration/groups`: management groups: create, rename, delete; their lines are in the inventory."""

from typing import Any
from urllib.parse import urlencode

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from models.characters import LONGEST_NAME
from models.identifiers import reference
from models.paging import MOST_COUNTED
from models.people.callers import Permission
from models.people.views import GroupView
from portal.auth.signed_in import SignedIn
from portal.pages.administration.lists import ROWS, Listing
from portal.pages.forms import Asking, FormModel, Sent, read_form, unsent
from portal.pages.routes import form, page

PATH = "/administration/groups"


class NameForm(FormModel):
    """The name of a group."""

    name: str = Field(min_length=1, max_length=LONGEST_NAME)


class NoForm(FormModel):
    """A button without fields."""


async def show(request: Request, who: SignedIn) -> Response:
    """The groups by name, with the number of their lines, and the form of a new one."""
    return await _list(request, who, unsent())


async def create(request: Request, who: SignedIn) -> Response:
    """Create a group; nothing happens if it is there already."""
    sent = await read_form(request, NameForm, who.language)
    with Asking(sent, who.language, others="name") as asking:
        if sent.model is not None:
            made = await who.desks.groups.create_group(who.caller, None, sent.model.name)
            return who.done(PATH, "group_created", name=made.name)
    return await _list(request, who, asking.form, asking.status)


async def ask_rename(request: Request, who: SignedIn) -> Response:
    """The form of another name."""
    return await _rename(request, who, await _group(request, who), unsent())


async def rename(request: Request, who: SignedIn) -> Response:
    """Save the other name."""
    group = await _group(request, who)
    sent = await read_form(request, NameForm, who.language)
    with Asking(sent, who.language, others="name") as asking:
        if sent.model is not None:
            renamed = await who.desks.groups.rename_group(who.caller, _id(group), sent.model.name)
            return who.done(PATH, "group_renamed", name=renamed.name)
    return await _rename(request, who, group, asking.form, asking.status)


async def ask_delete(request: Request, who: SignedIn) -> Response:
    """What a deletion means."""
    return await _delete(request, who, await _group(request, who), unsent())


async def delete(request: Request, who: SignedIn) -> Response:
    """Delete the group; its lines and SIMs stay."""
    group = await _group(request, who)
    sent = await read_form(request, NoForm, who.language)
    with Asking(sent, who.language) as asking:
        if sent.model is not None:
            await who.desks.groups.delete_group(who.caller, _id(group))
            return who.done(PATH, "group_deleted", name=group.name)
    return await _delete(request, who, group, asking.form, asking.status)


async def _list(request: Request, who: SignedIn, sent: Sent[Any], status: int = 200) -> Response:
    listing = Listing.of(request, PATH)
    found = await who.desks.people.groups(who.caller, limit=ROWS, after=listing.after)
    rows = [(_id(each), each, f"/inventory?{urlencode({'group': each.name})}") for each in found]
    facts = {"rows": rows, "most": MOST_COUNTED, **listing.facts(found)}
    return who.page(request, "administration/groups", status, form=sent, **facts)


async def _rename(
    request: Request, who: SignedIn, group: GroupView, sent: Sent[Any], status: int = 200
) -> Response:
    facts = {"group": group, "path": f"{PATH}/{_id(group)}"}
    return who.page(request, "administration/group_rename", status, form=sent, **facts)


async def _delete(
    request: Request, who: SignedIn, group: GroupView, sent: Sent[Any], status: int = 200
) -> Response:
    facts = {"group": group, "path": f"{PATH}/{_id(group)}", "most": MOST_COUNTED}
    return who.page(request, "administration/group_delete", status, form=sent, **facts)


async def _group(request: Request, who: SignedIn) -> GroupView:
    return await who.desks.groups.group(who.caller, request.path_params["group"])


def _id(group: GroupView) -> str:
    return reference("G", group.id)


_EDITS = Permission.EDIT_INVENTORY
routes = [
    page(PATH, show, needs=Permission.VIEW_INVENTORY),
    form(PATH, create, needs=_EDITS),
    page(f"{PATH}/{{group}}/rename", ask_rename, needs=_EDITS),
    form(f"{PATH}/{{group}}/rename", rename, needs=_EDITS),
    page(f"{PATH}/{{group}}/delete", ask_delete, needs=_EDITS),
    form(f"{PATH}/{{group}}/delete", delete, needs=_EDITS),
]
