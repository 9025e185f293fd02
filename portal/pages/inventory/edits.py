"""`/lines/{line}/edit`, `../iccid`: a SIM's employee and groups (F63), the ICCID of a SIM-Temp (F64)."""

from typing import Any, Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from models.characters import LONGEST_NAME
from models.people.callers import Permission
from portal.auth.signed_in import SignedIn
from portal.pages.forms import Asking, FormModel, Sent, read_form, unsent
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
    sent, name = await read_form(request, EmployeeForm, who.language), request.path_params["line"]
    fields = {"name_invalid": "new_name", "unknown_employee": "employee"}
    with Asking(sent, who.language, fields, others="employee") as asking:
        if (model := sent.model) is not None:
            line = await who.desks.fleet.line(who.caller, name)
            employee, called = model.employee.strip() or None, model.new_name.strip() or None
            await who.desks.edits.set_employee(who.caller, [name], employee, name=called)
            return who.done(await detail_of(who, line), "employee_set")
    return await _page(request, who, "edit", asking.form, asking.status)


async def set_groups(request: Request, who: SignedIn) -> Response:
    """Set the groups of the line and its SIM."""
    sent, name = await read_form(request, GroupsForm, who.language), request.path_params["line"]
    with Asking(sent, who.language, others="groups") as asking:
        if (model := sent.model) is not None:
            line = await who.desks.fleet.line(who.caller, name)
            names = [part.strip() for part in model.groups.split(";") if part.strip()]
            await who.desks.edits.set_groups(who.caller, [name], names, create=bool(model.create))
            return who.done(await detail_of(who, line), "groups_set")
    return await _page(request, who, "edit", asking.form, asking.status)


async def show_iccid(request: Request, who: SignedIn) -> Response:
    """The form."""
    return await _page(request, who, "iccid")


async def enter_iccid(request: Request, who: SignedIn) -> Response:
    """Enter or correct the ICCID."""
    sent, name = await read_form(request, IccidForm, who.language), request.path_params["line"]
    with Asking(sent, who.language, others="iccid") as asking:
        if sent.model is not None:
            line = await who.desks.fleet.line(who.caller, name)
            await who.desks.orders.enter_iccid_of_line(who.caller, name, sent.model.iccid)
            return who.done(await detail_of(who, line), "iccid_entered")
    return await _page(request, who, "iccid", asking.form, asking.status)


async def _page(
    request: Request,
    who: SignedIn,
    name: str,
    sent: Sent[Any] | None = None,
    status: int = 200,
) -> Response:
    spelled = request.path_params["line"]
    line = await who.desks.fleet.line(who.caller, spelled)
    back, shown = await detail_of(who, line), sent or unsent()
    return who.page(request, f"inventory/{name}", status, line=line, name=spelled, form=shown, back=back)


routes = [
    page("/lines/{line}/edit", show, needs=Permission.EDIT_INVENTORY),
    form("/lines/{line}/employee", set_employee, needs=Permission.EDIT_INVENTORY),
    form("/lines/{line}/groups", set_groups, needs=Permission.EDIT_INVENTORY),
    page("/lines/{line}/iccid", show_iccid, needs=Permission.ENTER_ICCID),
    form("/lines/{line}/iccid", enter_iccid, needs=Permission.ENTER_ICCID),
]
