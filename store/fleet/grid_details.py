"""Reads what the detail of a device or of a SIM shows besides its lines: QR codes, and what happened (P4)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ARRAY, String, cast, or_, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codes.requests import RequestStatus
from models.errors import NotFound
from models.events import Audience
from models.fleet.details import CodeFacts, HistoryEntry
from models.fleet.inventory import LineView
from models.identifiers import parse_reference, storable
from models.orders.lifecycle import OrderStatus
from models.paging import Page, Wanted
from models.people.callers import OfAccount, Scope
from store.codes.tables import QrRequestRow, QrVersionRow
from store.event_table import EventRow
from store.fleet.tables import DeviceRow
from store.orders.tables import OrderRow, SwapRow
from store.paging import Keys
from store.people import references
from store.people.tables import GroupRow
from store.scopes import within


@dataclass(frozen=True)
class DeviceKey:
    """A device that was found, with its account."""

    id: int
    account_id: int
    name: str


async def find_device(connection: AsyncConnection, scope: Scope, text: str) -> DeviceKey:
    """The device with this id (`D-3`) or name, in an account. Raises `NotFound` (`unknown_device`).

    The id comes first, unless it is bare (`3`): no device is out of reach because another is named like it.
    """
    number = parse_reference("D", text)
    named = DeviceRow.name == text.strip()
    chosen = named if number is None else or_(named, DeviceRow.id == number)
    statement = (
        select(DeviceRow.id, DeviceRow.account_id, DeviceRow.name)
        .where(chosen, within(scope, DeviceRow.account_id))
        .order_by(named.desc() if text.strip().isdigit() else named, DeviceRow.id)
        .limit(1)
    )
    row = (await connection.execute(statement)).one_or_none() if storable(text) else None
    if row is None:
        raise NotFound.because("unknown_device")
    return DeviceKey(*row)


async def codes_of(
    connection: AsyncConnection, scope: OfAccount, sims: Collection[int]
) -> dict[int, CodeFacts]:
    """What there is of the QR codes of these eSIMs, without the codes."""
    if not sims:
        return {}
    current = select(QrVersionRow).where(
        QrVersionRow.current, QrVersionRow.account_id == scope.account_id, QrVersionRow.sim_id.in_(sims)
    )
    asked = select(QrRequestRow).where(
        QrRequestRow.status == RequestStatus.REQUESTED,
        QrRequestRow.account_id == scope.account_id,
        QrRequestRow.sim_id.in_(sims),
    )
    versions = {row.sim_id: row for row in await connection.execute(current)}
    requests = {row.sim_id: row for row in await connection.execute(asked)}
    found = {}
    for sim_id in sims:
        version, request = versions.get(sim_id), requests.get(sim_id)
        found[sim_id] = CodeFacts(
            version=version and version.number,
            file_type=version and version.file_type,
            imported_at=version and version.imported_at,
            imported_by=version and version.imported_by,
            request=request and request.id,
            requested_at=request and request.requested_at,
        )
    return found


async def discarded_by(
    connection: AsyncConnection, scope: OfAccount, sim_id: int
) -> tuple[str | None, int | None]:
    """The order that discarded a SIM, and the line that it served; None where it was discarded otherwise."""
    statement = (
        select(SwapRow.order_id, SwapRow.line_id)
        .join(OrderRow, OrderRow.id == SwapRow.order_id)
        .where(
            SwapRow.sim_in_place_id == sim_id,
            SwapRow.account_id == scope.account_id,
            OrderRow.status == OrderStatus.PROCESSED,
        )
        .limit(1)
    )
    row = (await connection.execute(statement)).one_or_none()
    return (row.order_id, row.line_id) if row else (None, None)


async def history(
    connection: AsyncConnection,
    scope: OfAccount,
    lines: Sequence[LineView],
    sims: Sequence[int],
    wanted: Wanted,
) -> Page[HistoryEntry]:
    """What happened to these lines with their SIMs, or to these SIMs, newest first."""
    slots = {f"line:{line.id}": line.slot for line in lines}
    for line in lines:
        for sim in (line.sim, line.temporary):
            if sim is not None:
                slots[f"sim:{sim.id}"] = line.slot
    about = [*slots, *(f"sim:{sim_id}" for sim_id in sims)]
    if not about:
        return Page()
    statement = select(
        EventRow.id, EventRow.at, EventRow.type, EventRow.actor, EventRow.data, EventRow.about
    ).where(
        EventRow.about.overlap(cast(array(about), ARRAY(String))),
        EventRow.account_id == scope.account_id,
        EventRow.audience == Audience.ACCOUNT,
    )
    page = await Keys(EventRow.id, descending=True).page(connection, statement, wanted)
    people = {row.actor for row in page} | {str(row.data["to"]) for row in page if "to" in row.data}
    names = await references.names(connection, scope, people)
    groups = await _group_names(connection, scope, [each for row in page for each in _groups(row.data)])
    return page.of(
        lambda row: HistoryEntry(
            at=row.at,
            type=row.type,
            actor=row.actor,
            actor_name=names.get(row.actor),
            data=row.data,
            about=tuple(row.about),
            slot=next((slots[each] for each in row.about if each in slots), None),
            people={to: names[to]} if (to := str(row.data.get("to", ""))) in names else {},
            groups=tuple(groups[each] for each in _groups(row.data) if each in groups),
        )
    )


def _groups(data: Mapping[str, object]) -> list[int]:
    """The management groups that an event names."""
    found = data.get("groups")
    return [each for each in found if isinstance(each, int)] if isinstance(found, list) else []


async def _group_names(connection: AsyncConnection, scope: OfAccount, ids: Collection[int]) -> dict[int, str]:
    if not ids:
        return {}
    mine = (GroupRow.account_id == scope.account_id, GroupRow.id.in_(ids))
    return {
        row.id: row.name for row in await connection.execute(select(GroupRow.id, GroupRow.name).where(*mine))
    }
