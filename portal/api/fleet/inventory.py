"""The inventory over HTTP: a row for each slot of a device that has a line, then SIMs without a slot."""

from typing import Annotated

from fastapi import Depends, Query
from pydantic import Field

from models.fleet.grid import InventoryQuery, RowCode, RowOrder, RowState, Sort
from models.fleet.inventory import SimKind
from models.fleet.rows import GridRow
from models.identifiers import reference
from models.people.callers import Caller, Permission
from portal.api.caller import At, needs
from portal.api.fields import Name, Resource
from portal.api.lists import ListOf, Pages
from portal.api.routing import router

routes = router("Inventory")
_SLOTS = Query(ge=1, le=3, description="Only this slot of each device.")


def chosen(
    q: Annotated[
        Name | None, Query(description="A number, an ICCID or its last digits, words of names, an order.")
    ] = None,
    provider: Annotated[Name | None, Query(description="Only of this provider.")] = None,
    sim_type: Annotated[SimKind | None, Query(description="Only such SIMs.")] = None,
    state: Annotated[
        RowState | None, Query(description="Only in this state; discarded SIMs are listed only with it.")
    ] = None,
    order: Annotated[RowOrder | None, Query(description="Only with such an open order, or none.")] = None,
    code: Annotated[RowCode | None, Query(description="Only eSIMs whose QR code is so.")] = None,
    employee: Annotated[Name | None, Query(description="A name, an address, `E-3`, or `none`.")] = None,
    group: Annotated[Name | None, Query(description="Only of this management group.")] = None,
    device: Annotated[Name | None, Query(description="Only of this device: its name or `D-3`.")] = None,
    distributor: Annotated[Name | None, Query(description="Only SIMs of this distributor.")] = None,
    slot: Annotated[int | None, _SLOTS] = None,
    to_do: Annotated[bool, Query(description="Only with an open order or a requested QR code.")] = False,
    sort: Annotated[Sort, Query(description="What is listed first; with a minus, last.")] = Sort.DEVICE,
) -> InventoryQuery:
    """The filter and the sort: the parameters of `InventoryQuery`, but for the columns."""
    return InventoryQuery.given({name: value for name, value in locals().items() if value is not None})


class RowResource(Resource):
    """A row of the inventory."""

    id: str = Field(description="The line, or the SIM without a slot.", examples=["L-42"])
    device: str | None
    device_id: str | None = Field(examples=["D-3"])
    slot: int | None
    msisdn: str | None = Field(description="The phone number in E.164.", examples=["+33639980000"])
    provider: str
    sim: str | None = Field(description="The SIM in place, or the one without a slot.", examples=["S-12"])
    sim_type: str | None = Field(description="`physical` or `esim`; more may be added.", examples=["esim"])
    iccid: str | None
    state: str = Field(
        description="`active`, `suspended`, `empty`, `in_stock` or `discarded`; more may be added.",
        examples=["active"],
    )
    distributor: str | None
    employee: str | None = Field(examples=["E-3"])
    employee_name: str | None
    employee_email: str | None
    management_groups: list[str]
    temporary: str | None = Field(description="The temporary eSIM of the open order.", examples=["S-13"])
    temporary_iccid: str | None
    mark: str = Field(description="`SIM-Temp` where there is a temporary eSIM, else empty.", examples=[""])
    open_order: str | None
    order_status: str | None
    qr_code: str | None = Field(
        description="Of an eSIM: `present`, `requested` or `none`.", examples=["none"]
    )

    @classmethod
    def of(cls, row: GridRow) -> "RowResource":
        """The row as it is answered."""
        shared = cls.model_fields.keys() & GridRow.model_fields.keys() - {"id", "device_id"}
        return cls(
            **row.model_dump(include=shared - {"management_groups"}),
            id=row.name,
            device_id=_reference("D", row.device_id),
            sim=_reference("S", row.sim_id),
            employee=_reference("E", row.employee_id),
            management_groups=list(row.management_groups),
            temporary=_reference("S", row.temporary_id),
            mark=row.mark,
        )


def _reference(letter: str, number: int | None) -> str | None:
    return None if number is None else reference(letter, number)


@routes.get("/inventory", summary="List the inventory")
async def list_inventory(
    caller: Annotated[Caller, needs(Permission.VIEW_INVENTORY)],
    desks: At,
    pages: Pages,
    query: Annotated[InventoryQuery, Depends(chosen)],
) -> ListOf[RowResource]:
    """The slots of devices, filled or empty, then SIMs without a slot; all conditions hold together."""
    found = await desks.inventory.rows(caller, query, limit=pages.limit, after=pages.after)
    return pages.of(found, RowResource.of)
