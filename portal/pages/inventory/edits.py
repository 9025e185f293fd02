"""`/lines/{line}/edit`, `../iccid`: a SIM's employee and groups (F63), the ICCID of a SIM-Temp (F64)."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Any, Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from models.characters import LONGEST_NAME
from models.fleet.edits import FleetEdit, NewUser
from models.fleet.inventory import LineView
from models.people.callers import Permission
from portal.auth.signed_in import SignedIn
from portal.pages.forms import Asking, FormModel, Sent, read_form, unsent
from portal.pages.inventory.device import detail_of
from portal.pages.inventory.named_groups import names_of, naming
from portal.pages.routes import form, page
from wording.pages import page_texts

_MOST_GROUPS = 2_000
_OF_EMPLOYEE = {"name_invalid": "new_name", "unknown_employee": "employee"}


class EditForm(FormModel):
    """Who uses the SIM, with a name an employee who is added; the groups, separated by semicolons.

    `shown_...`: what the page showed. What was not changed on it is not saved, so that a page that was open
    for long undoes nothing.
    """

    employee: str = Field(default="", max_length=LONGEST_NAME)
    new_name: str = Field(default="", max_length=LONGEST_NAME)
    groups: str = Field(default="", max_length=_MOST_GROUPS)
    create: Literal["", "on"] = ""
    shown_employee: str = Field(default="", max_length=LONGEST_NAME)
    shown_groups: str = Field(default="", max_length=_MOST_GROUPS)

    @property
    def changed(self) -> set[str]:
        """The fields that the person has changed."""
        typed = {"employee": bool(self.new_name) or self.employee.strip() != self.shown_employee.strip()}
        typed["groups"] = _named(self.groups) != _named(self.shown_groups)
        return {name for name, is_changed in typed.items() if is_changed}


class IccidForm(FormModel):
    """The ICCID of the temporary eSIM."""

    iccid: str = Field(min_length=1, max_length=40)


async def show(request: Request, who: SignedIn) -> Response:
    """The form."""
    return await _page(request, who, "edit")


async def save(request: Request, who: SignedIn) -> Response:
    """Save what was changed: the employee, the groups, both. Nothing is saved unless all can be, nor if
    another person has changed the same meanwhile.
    """
    name = request.path_params["line"]
    line = await who.desks.fleet.line(who.caller, name)
    sent, status = _current(await read_form(request, EditForm, who.language), line, who), 422
    for field, call in _checks(who, name, sent).items():
        about = _OF_EMPLOYEE if field == "employee" else {}
        groups = _named(sent.model.groups) if sent.model else []
        with Asking(sent, who.language, about, others=field) as asking, naming(groups):
            await call()
        sent, status = asking.form, max(status, asking.status)
    if sent.model is not None and not sent.errors:
        with Asking(sent, who.language) as asking:
            await _save(who, name, sent.model)
            return who.done(await detail_of(who, line), "line_saved")
        sent, status = asking.form, asking.status
    return await _page(request, who, "edit", sent, status)


async def _save(who: SignedIn, line: str, model: EditForm) -> None:
    """Save what was changed in one transaction."""
    employee, groups = "employee" in model.changed, "groups" in model.changed
    if employee or groups:
        await who.desks.edits.edit_line(
            who.caller,
            line,
            employee=NewUser(model.employee.strip() or None, model.new_name.strip() or None)
            if employee
            else None,
            groups=_named(model.groups) if groups else None,
            create=bool(model.create),
        )


def _checks(who: SignedIn, line: str, sent: Sent[EditForm]) -> dict[str, Callable[..., Awaitable[FleetEdit]]]:
    """Dry runs of what was changed, by the field that each is about."""
    if (model := sent.model) is None:
        return {}
    edits, employee = who.desks.edits, model.employee.strip() or None
    name, groups, create = model.new_name.strip() or None, _named(model.groups), bool(model.create)
    all_calls: dict[str, Callable[..., Awaitable[FleetEdit]]] = {
        "employee": partial(edits.set_employee, who.caller, [line], employee, name=name, dry_run=True),
        "groups": partial(edits.set_groups, who.caller, [line], groups, create=create, dry_run=True),
    }
    return {about: call for about, call in all_calls.items() if about in model.changed}


def _current(sent: Sent[EditForm], line: LineView, who: SignedIn) -> Sent[EditForm]:
    """The form with an error beside each field that was changed here and meanwhile elsewhere. It then has
    what is stored now as what was shown: to send it once more replaces that.
    """
    if (model := sent.model) is None:
        return sent
    now, shown = _stored(line), {"employee": model.shown_employee, "groups": model.shown_groups}
    typed = {"employee": model.employee.strip(), "groups": "; ".join(_named(model.groups))}
    stale = {name for name in model.changed if now[name] not in (shown[name], typed[name])}
    if not stale:
        return sent
    texts = page_texts(who.language)["edits"]
    said = {
        name: [texts["changed_to"].format(value=now[name]) if now[name] else texts["changed_to_none"]]
        for name in sorted(stale)
    }
    kept = {name: now[name] for name in now.keys() - model.changed}
    values = {**sent.values, **kept, **{f"shown_{name}": value for name, value in now.items()}}
    return replace(sent, values=values, model=None, errors=said)


def _stored(line: LineView) -> dict[str, str]:
    """What the fields show of the line."""
    groups = {*line.groups, *(line.sim.groups if line.sim else ())}
    return {
        "employee": (line.sim.employee or "") if line.sim else "",
        "groups": "; ".join(sorted(groups, key=str.casefold)),
    }


def _named(groups: str) -> list[str]:
    """The names of a list as it is typed, each once."""
    return sorted(set(names_of(groups)), key=str.casefold)


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
    facts = {"line": line, "name": spelled, "form": shown, "back": back, "stored": _stored(line)}
    return who.page(request, f"inventory/{name}", status, **facts)


routes = [
    page("/lines/{line}/edit", show, needs=Permission.EDIT_INVENTORY),
    form("/lines/{line}/edit", save, needs=Permission.EDIT_INVENTORY),
    page("/lines/{line}/iccid", show_iccid, needs=Permission.ENTER_ICCID),
    form("/lines/{line}/iccid", enter_iccid, needs=Permission.ENTER_ICCID),
]
