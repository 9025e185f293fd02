"""`/views`: views of the inventory, one's own and shared ones: save, rename, share, default, delete (P2)."""

from typing import Any, Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from models.errors import NotFound, Refused
from models.people.callers import Permission, not_permitted
from portal.auth.signed_in import SignedIn
from portal.pages.forms import Asking, FormModel, Sent, read_form, unsent
from portal.pages.inventory.listed import LIST, Listed
from portal.pages.routes import form, page

_NAME = Field(min_length=1, max_length=100)


class ViewForm(FormModel):
    """A view to save."""

    name: str = _NAME
    list: str = Field(default="", max_length=3_000)
    default: Literal["", "on"] = ""


class RenameForm(FormModel):
    """Another name."""

    name: str = _NAME


async def show(request: Request, who: SignedIn) -> Response:
    """The views, and the form that saves the list one came from."""
    return await _page(request, who, unsent(list=request.query_params.get(LIST, "")))


async def save(request: Request, who: SignedIn) -> Response:
    """Save a view, or replace the one of this name."""
    sent = await read_form(request, ViewForm, who.language)
    with Asking(sent, who.language, others="name") as asking:
        if sent.model is not None:
            query = Listed.came_from({LIST: sent.model.list}).query
            view = await who.desks.saved_views.save(who.caller, sent.model.name, query)
            if sent.model.default:
                await who.desks.saved_views.make_default(who.caller, view.view_id)
            return who.done(Listed(query).address, "view_saved")
    return await _page(request, who, asking.form, asking.status)


async def rename(request: Request, who: SignedIn) -> Response:
    """Rename a view."""
    sent, view = await read_form(request, RenameForm, who.language), request.path_params["view"]
    with Asking(sent, who.language, others="name") as asking:
        if sent.model is not None:
            await who.desks.saved_views.rename(who.caller, view, sent.model.name)
            return who.done("/views", "view_renamed")
    return await _page(request, who, asking.form, asking.status, about=view)


async def make_default(request: Request, who: SignedIn) -> Response:
    """Open the inventory with this view."""
    await who.desks.saved_views.make_default(who.caller, request.path_params["view"])
    return who.done("/views", "view_default")


async def share(request: Request, who: SignedIn) -> Response:
    """Give it to all users of the account."""
    await who.desks.saved_views.share(who.caller, request.path_params["view"])
    return who.done("/views", "view_shared")


async def unshare(request: Request, who: SignedIn) -> Response:
    """Leave it to who saved it."""
    await who.desks.saved_views.unshare(who.caller, request.path_params["view"])
    return who.done("/views", "view_unshared")


async def no_default(_: Request, who: SignedIn) -> Response:
    """Open the inventory with all rows."""
    await who.desks.saved_views.make_default(who.caller, None)
    return who.done("/views", "view_default")


async def ask_delete(request: Request, who: SignedIn) -> Response:
    """The question before it is deleted."""
    view = request.path_params["view"]
    saved = await who.desks.saved_views.views(who.caller)
    found = next((each for each in saved if each.view_id == view), None)
    if found is None:
        raise NotFound.because("unknown_view")
    if not found.own and not who.may(Permission.MANAGE_USERS):
        raise Refused(not_permitted(Permission.MANAGE_USERS))
    return who.page(request, "inventory/delete_view", view=found)


async def delete(request: Request, who: SignedIn) -> Response:
    """Delete it."""
    await who.desks.saved_views.delete(who.caller, request.path_params["view"])
    return who.done("/views", "view_deleted")


async def _page(
    request: Request,
    who: SignedIn,
    sent: Sent[Any],
    status: int = 200,
    about: str = "",
) -> Response:
    saved = await who.desks.saved_views.views(who.caller)
    if about and about not in {view.view_id for view in saved}:
        raise NotFound.because("unknown_view")
    listed = Listed.came_from({LIST: str(sent.values.get(LIST, ""))})
    return who.page(request, "inventory/views", status, form=sent, saved=saved, listed=listed, about=about)


routes = [
    page("/views", show, needs=Permission.VIEW_INVENTORY),
    form("/views", save, needs=Permission.VIEW_INVENTORY),
    form("/views/no-default", no_default, needs=Permission.VIEW_INVENTORY),
    form("/views/{view}/rename", rename, needs=Permission.VIEW_INVENTORY),
    form("/views/{view}/default", make_default, needs=Permission.VIEW_INVENTORY),
    form("/views/{view}/share", share, needs=Permission.EDIT_INVENTORY),
    form("/views/{view}/unshare", unshare, needs=Permission.VIEW_INVENTORY),
    page("/views/{view}/delete", ask_delete, needs=Permission.VIEW_INVENTORY),
    form("/views/{view}/delete", delete, needs=Permission.VIEW_INVENTORY),
]
