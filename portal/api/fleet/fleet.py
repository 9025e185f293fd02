"""Lines, devices and SIMs over HTTP: the inventory, what is offered on a line, and edits."""

from typing import Annotated, Literal

from fastapi import Query
from pydantic import Field

from models.fleet.inventory import SimKind, SimState
from models.people.callers import Caller, Permission
from portal.api.caller import At, needs
from portal.api.fields import Body, DryRun, Iccid, Id, Name
from portal.api.fleet.resources import (
    DeviceResource,
    EditResource,
    LineResource,
    OfferResource,
    ShopResource,
    SimResource,
)
from portal.api.lists import ListOf, Pages
from portal.api.orders.orders import StateResource
from portal.api.routing import router

routes = router("Lines and SIMs")
Viewing = Annotated[Caller, needs(Permission.VIEW_INVENTORY)]
Editing = Annotated[Caller, needs(Permission.EDIT_INVENTORY)]
_MOST_LINES = 5_000
Lines = Annotated[list[Id], Field(min_length=1, max_length=_MOST_LINES)]


class EmployeeBody(Body):
    """Who uses the SIMs in place of these lines."""

    lines: Lines
    employee: Id | None = Field(description="An address, a name or `E-3`; null removes it.")
    name: Name | None = Field(default=None, description="Add an employee of this name if there is none.")


class GroupsBody(Body):
    """The management groups of these lines."""

    lines: Lines
    groups: list[Name]
    mode: Literal["set", "add", "remove"] = "set"
    create: bool = Field(default=False, description="Create groups that the account does not have.")


class LineIccid(Body):
    """The ICCID of the temporary eSIM of a line."""

    iccid: Iccid


@routes.get("/lines", summary="List lines")
async def list_lines(
    caller: Viewing,
    desks: At,
    pages: Pages,
    group: Annotated[Name | None, Query(description="Only lines of this management group.")] = None,
    device: Annotated[Name | None, Query(description="Only lines of this device, by its name.")] = None,
    kind: Annotated[SimKind | None, Query(description="Only lines with such a SIM in place.")] = None,
    without_code: Annotated[bool, Query(description="Only lines whose eSIM has no QR code yet.")] = False,
) -> ListOf[LineResource]:
    """The lines by device and slot, each with the SIM in place and the temporary eSIM."""
    found = await desks.fleet.lines(
        caller,
        group=group,
        device=device,
        kind=kind,
        without_code=without_code,
        limit=pages.limit,
        after=pages.after,
    )
    return pages.of(found, LineResource.of)


@routes.get("/lines/{line}", summary="Show a line")
async def show_line(caller: Viewing, desks: At, line: Id) -> LineResource:
    """One line, by phone number or `L-42`."""
    return LineResource.of(await desks.fleet.line(caller, line))


@routes.get("/lines/{line}/actions", summary="List the actions on a line")
async def list_line_actions(caller: Viewing, desks: At, line: Id) -> ListOf[OfferResource]:
    """The three actions: whether each is offered to the caller's user, and if not, why."""
    offers = await desks.fleet.actions(caller, line)
    return ListOf.whole(OfferResource.of(offer, caller) for offer in offers)


@routes.get("/lines/{line}/shop", summary="Show the shop of a line")
async def show_shop(
    caller: Annotated[Caller, needs(Permission.PLACE_ORDERS)], desks: At, line: Id
) -> ShopResource:
    """What may be ordered for the line: only eSIMs of its provider."""
    return ShopResource.of(await desks.catalogue.shop(caller, line), caller)


@routes.post("/lines/{line}/iccid", summary="Enter the ICCID of a line's temporary eSIM")
async def enter_iccid_of_line(
    caller: Annotated[Caller, needs(Permission.ENTER_ICCID)], desks: At, line: Id, body: LineIccid
) -> StateResource:
    """Enter or correct it. Refused (`no_open_order`) if the line has no open order."""
    return StateResource.of(await desks.orders.enter_iccid_of_line(caller, line, body.iccid))


@routes.post("/lines/employee", summary="Set who uses lines")
async def set_employee(
    caller: Editing, desks: At, body: EmployeeBody, dry_run: DryRun = False
) -> EditResource:
    """Set the employee of the SIMs in place: of all these lines or of none. Idempotent."""
    edit = await desks.edits.set_employee(caller, body.lines, body.employee, name=body.name, dry_run=dry_run)
    return EditResource.of(edit)


@routes.post("/lines/groups", summary="Set the groups of lines")
async def set_groups(caller: Editing, desks: At, body: GroupsBody, dry_run: DryRun = False) -> EditResource:
    """Set, add or remove management groups: of all these lines or of none. Idempotent."""
    edit = await desks.edits.set_groups(
        caller, body.lines, body.groups, body.mode, create=body.create, dry_run=dry_run
    )
    return EditResource.of(edit)


@routes.get("/devices", summary="List devices")
async def list_devices(caller: Viewing, desks: At, pages: Pages) -> ListOf[DeviceResource]:
    """The devices by name; `GET /lines?device=...` has the lines of one."""
    found = await desks.fleet.devices(caller, limit=pages.limit, after=pages.after)
    return pages.of(found, DeviceResource.of)


@routes.get("/sims", summary="List SIMs")
async def list_sims(
    caller: Viewing,
    desks: At,
    pages: Pages,
    state: Annotated[SimState | None, Query(description="Only SIMs in this state.")] = None,
    kind: Annotated[SimKind | None, Query(description="Only SIMs of this kind.")] = None,
    iccid_ending: Annotated[
        str | None,
        Query(pattern=r"^[0-9]{1,20}$", description="Only ICCIDs that end so.", examples=["0011"]),
    ] = None,
) -> ListOf[SimResource]:
    """SIMs in any state, newest first; discarded ones are kept."""
    found = await desks.fleet.sims(
        caller, state=state, kind=kind, ending=iccid_ending, limit=pages.limit, after=pages.after
    )
    return pages.of(found, SimResource.of)


@routes.get("/sims/{sim}", summary="Show a SIM")
async def show_sim(caller: Viewing, desks: At, sim: Id) -> SimResource:
    """One SIM, by ICCID or `S-12`; or the SIM in place of a line, by its phone number."""
    return SimResource.of(await desks.fleet.sim(caller, sim))


@routes.get("/sims/{sim}/actions", summary="List the actions on a SIM")
async def list_sim_actions(caller: Viewing, desks: At, sim: Id) -> ListOf[OfferResource]:
    """The three actions: whether each is offered to the caller's user, and if not, why."""
    offers = await desks.fleet.actions(caller, sim)
    return ListOf.whole(OfferResource.of(offer, caller) for offer in offers)
