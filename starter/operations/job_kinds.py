"""What each kind of job does, at the desks that do it for callers, too.

A kind of import is an entry in `IMPORTS`, one of a bulk action an entry in `ACTIONS`; both need an entry in
`models.operations.jobs.KINDS`.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models.errors import Refused
from models.files.table import SentFile
from models.imports import ImportReport, Progress
from models.orders.next_steps import OrderStep, why_not
from models.people.callers import Caller
from starter.codes.code_desk import brought_text
from starter.codes.drafts import QrRequestDraft
from starter.imports import Record
from starter.orders.drafts import OrderDraft

if TYPE_CHECKING:
    from starter.desks import Desks

Cells = Mapping[str, Any]


@dataclass(frozen=True)
class File:
    """A file to import."""

    sent: SentFile
    dry_run: bool
    progress: Progress | None = None
    record: Record | None = None


Import = Callable[["Desks", Caller, File], Awaitable[ImportReport]]
"""Imports a file: all rows or none. What it changed. Raises `Refused` with every invalid row."""
IMPORTS: Mapping[str, Import] = {
    "import_fleet": lambda d, c, file: d.fleet.import_fleet(c, *_of(file), record=file.record),
    "import_catalogue": lambda d, c, file: d.catalogue.import_catalogue(c, *_of(file), record=file.record),
    "import_numbers": lambda d, c, file: d.numbers.import_numbers(c, *_of(file), record=file.record),
    "import_subscribers": lambda d, c, file: d.subscribers.import_subscribers(
        c, None, *_of(file), record=file.record
    ),
    "import_travel_stock": lambda d, c, file: d.stock.import_stock(c, None, *_of(file), record=file.record),
    "import_travel_rates": lambda d, c, file: d.travel_plans.import_rates(
        c, None, *_of(file), record=file.record
    ),
    "import_travel_plans": lambda d, c, file: d.travel_plans.import_plans(
        c, None, *_of(file), record=file.record
    ),
}


def _of(file: File) -> tuple[SentFile, bool, Progress | None]:
    return file.sent, file.dry_run, file.progress


async def _place_order(desks: "Desks", caller: Caller, row: Cells, key: str, dry_run: bool) -> str | None:
    draft = OrderDraft(**row, key=key)
    if dry_run:
        await desks.orders.check(caller, draft)
        return None
    return (await desks.orders.place(caller, draft)).order_id


async def _request_code(desks: "Desks", caller: Caller, row: Cells, key: str, dry_run: bool) -> str | None:
    draft = QrRequestDraft(**row, key=key)
    if dry_run:
        await desks.codes.preview(caller, draft)
        return None
    return (await desks.codes.request(caller, draft)).request_id


async def _import_code(desks: "Desks", caller: Caller, row: Cells, _: str, dry_run: bool) -> str | None:
    brought = brought_text(row["activation_code"], row.get("confirmation_code"))
    await desks.codes.import_read(caller, row["sim"], brought, dry_run=dry_run)
    return None


async def _set_employee(desks: "Desks", caller: Caller, row: Cells, _: str, dry_run: bool) -> str | None:
    await desks.edits.set_employee(
        caller, [row["line"]], row.get("employee"), name=row.get("name"), dry_run=dry_run
    )
    return None


async def _set_groups(desks: "Desks", caller: Caller, row: Cells, _: str, dry_run: bool) -> str | None:
    await desks.edits.set_groups(
        caller,
        [row["line"]],
        row.get("groups", ()),
        row.get("mode", "set"),
        create=row.get("create", False),
        dry_run=dry_run,
    )
    return None


async def _order_step(desks: "Desks", caller: Caller, row: Cells, _: str, dry_run: bool) -> str | None:
    order, iccid = row["order"], row.get("iccid")
    step = OrderStep(row["action"])
    if dry_run:
        found = await desks.orders.order(caller, order, history=False)
        if refusal := why_not(step, found, caller):
            raise Refused(refusal)
        return found.id
    match step:
        case OrderStep.ACKNOWLEDGE:
            await desks.orders.acknowledge(caller, order, iccid=iccid)
        case OrderStep.ICCID:
            await desks.orders.enter_iccid(caller, order, iccid or "")
        case OrderStep.PROCESSED:
            await desks.orders.processed(caller, order, iccid=iccid)
        case _:
            await desks.orders.cancel(caller, order, reason=row.get("reason") or "")
    return str(order)


Act = Callable[["Desks", Caller, Cells, str, bool], Awaitable[str | None]]
"""Does one row under its key, once; what it made, such as an order's id. Raises `Refused`."""
ACTIONS: Mapping[str, Act] = {
    "place_orders": _place_order,
    "request_qr_codes": _request_code,
    "import_qr_codes": _import_code,
    "set_employee": _set_employee,
    "set_groups": _set_groups,
    "order_steps": _order_step,
}
AS_USER = frozenset({"place_orders", "request_qr_codes"})
"""The kinds that only a user can ask for, not the platform's operator."""
