"""`/lines/{line}/edit`, `../iccid`: a SIM's employee and groups (F63), the ICCID of a SIM-Temp (F64)."""

from typing import Any, Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from models.characters import LONGEST_NAME
from models.errors import Refused, Unavailable
from models.people.callers import Permission
from portal.auth.signed_in import SignedIn
from portal.pages.failures import unavailable
from portal.pages.forms import FormModel, Sent, read_form, unsent
from portal.pages.inventory.device import detail_of
from portal.pages.routes import form, page

_MOST_GROUPS = 2_000


class EmployeeForm(FormModel):
    """Who uses the SIM; with a name an employee who is added."""

    employee: str = Field(default="", max_length=LONGEST_NAME)
    new_name: str = Field(default="", max_length=LONGEST_NAME)


class GroupsForm(FormModel):
    """The management groups, separated by semicolons."""

    groups: str = Field(default="", max_length=_MOST_GROUPS)
    create: Literal["", "on"] = ""


class IccidForm(FormModel):
    """The ICCID of the temporary eSIM."""

    iccid: str = Field(min_length=1, max_length=40)


async def show(request: Request, who: SignedIn) -> Response:
    """Both forms."""
    return await _page(request, who, "edit")


async def set_employee(request: Request, who: SignedIn) -> Response:
    """Set or remove the employee."""
    sent = await read_form(request, EmployeeForm, who.language)
    name, model = request.path_params["line"], sent.model
    if model is None:
        return await _page(request, who, "edit", sent)
    line = await who.desks.fleet.line(who.caller, name)
    try:
        employee, called = model.employee.strip() or None, model.new_name.strip() or None
        await who.desks.edits.set_employee(who.caller, [name], employee, name=called)
    except Refused as refused:
        fields = {"name_invalid": "new_name"}
        about = {each.code: fields.get(each.code, "employee") for each in refused.refusals}
        return await _page(request, who, "edit", sent.refused(refused, who.language, about))
    return who.done(await detail_of(who, line), "employee_set")


async def set_groups(request: Request, who: SignedIn) -> Response:
    """Set the groups of the line and its SIM."""
    sent = await read_form(request, GroupsForm, who.language)
    name, model = request.path_params["line"], sent.model
    if model is None:
        return await _page(request, who, "edit", sent)
    line = await who.desks.fleet.line(who.caller, name)
    names = [part.strip() for part in model.groups.split(";") if part.strip()]
    try:
        await who.desks.edits.set_groups(who.caller, [name], names, create=bool(model.create))
    except Refused as refused:
        about = {each.code: "groups" for each in refused.refusals}
        return await _page(request, who, "edit", sent.refused(refused, who.language, about))
    return who.done(await detail_of(who, line), "groups_set")


async def show_iccid(request: Request, who: SignedIn) -> Response:
    """The form."""
    return await _page(request, who, "iccid")


async def enter_iccid(request: Request, who: SignedIn) -> Response:
    """Enter or correct the ICCID."""
    sent = await read_form(request, IccidForm, who.language)
    name, model = request.path_params["line"], sent.model
    if model is None:
        return await _page(request, who, "iccid", sent)
    line = await who.desks.fleet.line(who.caller, name)
    try:
        await who.desks.orders.enter_iccid_of_line(who.caller, name, model.iccid)
    except Refused as refused:
        about = {each.code: "iccid" for each in refused.refusals}
        return await _page(request, who, "iccid", sent.refused(refused, who.language, about))
    except Unavailable as failure:
        return await _page(request, who, "iccid", unavailable(sent, failure, who.language), 503)
    return who.done(await detail_of(who, line), "iccid_entered")


async def _page(
    request: Request,
    who: SignedIn,
    name: str,
    sent: Sent[Any] | None = None,
    status: int = 422,
) -> Response:
    spelled = request.path_params["line"]
    line = await who.desks.fleet.line(who.caller, spelled)
    back, status = await detail_of(who, line), status if sent else 200
    shown = sent or unsent()
    return who.page(request, f"inventory/{name}", status, line=line, name=spelled, form=shown, back=back)


routes = [
    page("/lines/{line}/edit", show, needs=Permission.EDIT_INVENTORY),
    form("/lines/{line}/employee", set_employee, needs=Permission.EDIT_INVENTORY),
    form("/lines/{line}/groups", set_groups, needs=Permission.EDIT_INVENTORY),
    page("/lines/{line}/iccid", show_iccid, needs=Permission.ENTER_ICCID),
    form("/lines/{line}/iccid", enter_iccid, needs=Permission.ENTER_ICCID),
]
