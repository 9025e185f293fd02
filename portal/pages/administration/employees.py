"""`/administration/employees`: who uses SIMs: find, add, edit, remove."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from models.characters import LONGEST_NAME
from models.identifiers import reference
from models.language import Language
from models.people.callers import Permission
from models.people.views import EmployeeView
from portal.auth.signed_in import SignedIn
from portal.pages.administration.lists import ROWS, Listing
from portal.pages.forms import Asking, FormModel, Sent, read_form, unsent
from portal.pages.routes import form, page

PATH = "/administration/employees"
_FIELDS = {
    **dict.fromkeys(("name_invalid", "employee_name_taken"), "name"),
    **dict.fromkeys(("email_invalid", "employee_address_taken"), "email"),
}


class EmployeeForm(FormModel):
    """An employee. `was_...`: what the form showed first; what equals it is not saved."""

    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    email: str = Field(default="", max_length=254)
    language: Language
    was_name: str = Field(default="", max_length=LONGEST_NAME)
    was_email: str = Field(default="", max_length=254)
    was_language: str = Field(default="", max_length=10)

    @property
    def was(self) -> dict[str, str]:
        """What the form showed of the employee."""
        return {"name": self.was_name, "email": self.was_email, "language": self.was_language}

    def changes(self) -> dict[str, str]:
        """What was typed or chosen otherwise than it was shown."""
        given = {"name": self.name, "email": self.email.strip(), "language": self.language.value}
        return {name: value for name, value in given.items() if value.strip() != self.was[name]}


class NoForm(FormModel):
    """A button without fields."""


async def show(request: Request, who: SignedIn) -> Response:
    """The employees by name; `q`: only those whose name or address begins so."""
    listing = Listing.of(request, PATH, "q")
    sought = listing.filters.get("q", "")
    found = await who.desks.people.employees(who.caller, find=sought or None, limit=ROWS, after=listing.after)
    rows = [(reference("E", each.id), each) for each in found]
    return who.page(request, "administration/employees", rows=rows, q=sought, **listing.facts(found))


async def one(request: Request, who: SignedIn) -> Response:
    """An employee, and the SIMs in the inventory."""
    return await _shown(request, who, "employee", unsent())


async def ask_new(request: Request, who: SignedIn) -> Response:
    """The form of a new employee."""
    language = (await who.desks.accounts.account(who.caller)).language
    return who.page(request, "administration/employee_new", form=unsent(language=language.value))


async def create(request: Request, who: SignedIn) -> Response:
    """Add the employee; one of this name and address is there already."""
    sent = await read_form(request, EmployeeForm, who.language)
    with Asking(sent, who.language, _FIELDS) as asking:
        if (given := sent.model) is not None:
            made = await who.desks.employees.add_employee(
                who.caller, None, given.name, given.email.strip() or None, language=given.language
            )
            return who.done(_path(made), "employee_created", name=made.name)
    return who.page(request, "administration/employee_new", asking.status, form=asking.form)


async def ask_edit(request: Request, who: SignedIn) -> Response:
    """The form of what can be changed."""
    return await _shown(request, who, "employee_edit", unsent())


async def edit(request: Request, who: SignedIn) -> Response:
    """Save what was changed."""
    sent = await read_form(request, EmployeeForm, who.language)
    with Asking(sent, who.language, _FIELDS) as asking:
        if (given := sent.model) is not None:
            desk, name = who.desks.employees, request.path_params["employee"]
            was = given.was if given.was_name else None
            saved = await desk.edit_employee(who.caller, name, was=was, **given.changes())
            return who.done(_path(saved), "employee_saved", name=saved.name)
    shown = asking.form
    if asking.refused and asking.refused.refusals[0].code == "user_changed":
        shown = replace(shown, values={})
    return await _shown(request, who, "employee_edit", shown, asking.status)


async def ask_remove(request: Request, who: SignedIn) -> Response:
    """What a removal means."""
    return await _shown(request, who, "employee_remove", unsent())


async def remove(request: Request, who: SignedIn) -> Response:
    """Remove an employee who uses no SIM."""
    employee = await _employee(request, who)
    sent = await read_form(request, NoForm, who.language)
    with Asking(sent, who.language) as asking:
        if sent.model is not None:
            await who.desks.employees.remove_employee(who.caller, request.path_params["employee"])
            return who.done(PATH, "employee_removed", name=employee.name)
    return await _shown(request, who, "employee_remove", asking.form, asking.status)


async def _shown(request: Request, who: SignedIn, name: str, sent: Sent[Any], status: int = 200) -> Response:
    employee = await _employee(request, who)
    sims = f"/inventory?{urlencode({'employee': employee.email or reference('E', employee.id)})}"
    facts = {"employee": employee, "path": _path(employee), "sims": sims}
    return who.page(request, f"administration/{name}", status, form=sent, **facts)


async def _employee(request: Request, who: SignedIn) -> EmployeeView:
    return await who.desks.employees.employee(who.caller, request.path_params["employee"])


def _path(employee: EmployeeView) -> str:
    return f"{PATH}/{reference('E', employee.id)}"


_EDITS = Permission.EDIT_INVENTORY
routes = [
    page(PATH, show, needs=Permission.VIEW_INVENTORY),
    form(PATH, create, needs=_EDITS),
    page(f"{PATH}/new", ask_new, needs=_EDITS),
    page(f"{PATH}/{{employee}}", one, needs=Permission.VIEW_INVENTORY),
    page(f"{PATH}/{{employee}}/edit", ask_edit, needs=_EDITS),
    form(f"{PATH}/{{employee}}/edit", edit, needs=_EDITS),
    page(f"{PATH}/{{employee}}/remove", ask_remove, needs=_EDITS),
    form(f"{PATH}/{{employee}}/remove", remove, needs=_EDITS),
]
