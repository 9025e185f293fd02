"""Reads the fleet: lines with the SIM in place and the temporary eSIM, and SIMs in any state."""

from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    func,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from models.fleet.inventory import DeviceView, LineView, SimKind, SimState, SimView
from models.identifiers import storable
from models.paging import WHOLE, Page, Wanted
from models.people.callers import OfAccount, Scope
from store.codes.tables import QrVersionRow
from store.fleet import grid_codes, group_members
from store.fleet.sim_columns import SimColumns, names_of_groups
from store.fleet.tables import STATES_IN_PLACE, DeviceRow, LineGroupRow, LineRow, SimRow
from store.orders.tables import OPEN_STATUSES, OrderRow
from store.paging import Keys, among, built_once, cut
from store.people.tables import AccountRow, GroupRow, ProviderRow
from store.row import constants
from store.scopes import shaped, travel_esim, within


async def line(connection: AsyncConnection, scope: Scope, line_id: int) -> LineView:
    """One line; it must exist in the scope."""
    shape, known = shaped(scope)
    return _line((await connection.execute(_one_line(shape), {**known, "line": line_id})).one())


@built_once
def _one_line(scope: Scope) -> Select[*tuple[Any, ...]]:
    chosen = LineRow.id == bindparam("line", type_=BigInteger)
    return _lines(select(LineRow.id).where(chosen, within(scope, LineRow.account_id)))


async def lines(
    connection: AsyncConnection,
    scope: Scope,
    *,
    group: str | None = None,
    device: str | None = None,
    kind: SimKind | None = None,
    without_code: bool = False,
    wanted: Wanted = WHOLE,
    offset: int = 0,
) -> Page[LineView]:
    """Lines, sorted by account, device and slot.

    A line is in a group if the line itself or its SIM in place is a member.
    """
    if not all(storable(name) for name in (group, device) if name is not None):
        return Page()
    groups = None if group is None else await group_members.named(connection, scope, group.strip())
    if groups is not None and not groups.ids:
        return Page()
    some = await _few(connection, scope, groups, without_code=without_code)
    if some == []:
        return Page()
    keys = _OF_ACCOUNT if isinstance(scope, OfAccount) else _OF_ALL
    shape, known = shaped(scope)
    part = Wanted(wanted.limit, wanted.after and ())
    statement = _listed(
        shape,
        part,
        groups=groups if groups is not None and groups.large else None,
        of_some=some is not None,
        by_device=device is not None,
        kind=kind,
        without_code=without_code,
        offset=offset,
    )
    known |= {"device": device and device.strip(), "lines": some, **keys.position(wanted)}
    rows = list(await connection.execute(statement, known))
    place = _place if isinstance(scope, OfAccount) else _place_of_all
    return cut(rows, wanted, place).of(_line)


async def _few(
    connection: AsyncConnection, scope: Scope, groups: group_members.Groups | None, *, without_code: bool
) -> list[int] | None:
    """The lines among which those of the list are, where they are few of many: they are found first, and not
    asked for one by one in the sequence of the list.
    """
    if groups is not None and not groups.large:
        return await groups.members(connection)
    return await grid_codes.few_without_code(connection, scope) if without_code else None


@built_once
def _listed(
    scope: Scope,
    part: Wanted,
    *,
    groups: group_members.Groups | None,
    of_some: bool,
    by_device: bool,
    kind: SimKind | None,
    without_code: bool,
    offset: int,
) -> Select[*tuple[Any, ...]]:
    chosen = (
        select(LineRow.id)
        .join(AccountRow, AccountRow.id == LineRow.account_id)
        # of the account, too: so the lines are read in the sequence of the devices' index (account, name)
        .join(DeviceRow, and_(DeviceRow.id == LineRow.device_id, DeviceRow.account_id == LineRow.account_id))
        .where(within(scope, LineRow.account_id))
    )
    if offset:
        chosen = chosen.offset(offset)
    if by_device:
        chosen = chosen.where(DeviceRow.name == bindparam("device", type_=String))
    if kind is not None or without_code:
        chosen = chosen.where(_in_place(kind, without_code=without_code))
    if groups is not None:
        chosen = chosen.where(groups.has_line())
    if of_some:
        chosen = chosen.where(among(LineRow.id, bindparam("lines", type_=ARRAY(BigInteger))))
    keys = _OF_ACCOUNT if isinstance(scope, OfAccount) else _OF_ALL
    return _lines(keys.of(chosen, part))


_OF_ACCOUNT = Keys(DeviceRow.name, LineRow.slot, LineRow.id)
_OF_ALL = Keys(AccountRow.name, DeviceRow.name, LineRow.slot, LineRow.id)


def _place(row: Any) -> tuple[Any, ...]:
    return (row.device, row.slot, row.id)


def _place_of_all(row: Any) -> tuple[Any, ...]:
    return (row.account, *_place(row))


async def sims(
    connection: AsyncConnection,
    scope: Scope,
    *,
    state: SimState | None = None,
    kind: SimKind | None = None,
    ending: str | None = None,
    wanted: Wanted = WHOLE,
) -> Page[SimView]:
    """SIMs in any state, newest first; `ending`: only those whose ICCID ends with these digits (P3)."""
    shape, known = shaped(scope)
    statement = _sims(shape, state, kind, None if ending is None else len(ending) >= _RARE)
    known |= {"ending": f"{(ending or '')[::-1]}%"}
    return (await _NEWEST.page(connection, statement, wanted, known)).of(_SIM.view)


def _ends(row: Any) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = func.reverse(row.iccid).like(bindparam("ending", type_=String))
    return condition


_RARE = 3
"""From so many digits on few SIMs end so: they are found first. By itself PostgreSQL may believe that many
do, and compare all SIMs of the account, the newest first.
"""
_ended = aliased(SimRow, name="ended")
_ids_by_ending = select(func.array_agg(_ended.id)).where(_ends(_ended)).scalar_subquery()


@built_once
def _sims(
    scope: Scope, state: SimState | None, kind: SimKind | None, rare: bool | None
) -> Select[*tuple[Any, ...]]:
    """`rare`: whether few SIMs have the ending; None: none is asked for."""
    of = _SIM
    conditions = (
        (state is not None, of.row.state == state),
        (kind is not None, of.row.kind == kind),
        (rare is True, among(of.row.id, _ids_by_ending)),
        (rare is False, _ends(of.row)),
    )
    mine = within(scope, of.row.account_id, travel=travel_esim(of.row.id))
    statement = of.join(select(*of.columns()).select_from(of.row)).where(mine)
    return statement.where(*(condition for chosen, condition in conditions if chosen))


async def devices(connection: AsyncConnection, scope: Scope, wanted: Wanted = WHOLE) -> Page[DeviceView]:
    """Devices by name, with the number of their lines."""
    lines_of = select(func.count()).where(LineRow.device_id == DeviceRow.id).scalar_subquery()
    statement = (
        select(DeviceRow.id, AccountRow.name.label("account"), DeviceRow.name, lines_of.label("lines"))
        .join(AccountRow, AccountRow.id == DeviceRow.account_id)
        .where(within(scope, DeviceRow.account_id))
    )
    page = await Keys(DeviceRow.name, DeviceRow.id).page(connection, statement, wanted)
    return page.of(lambda row: DeviceView(**row._mapping))


def _in_place(kind: SimKind | None, *, without_code: bool) -> ColumnElement[bool]:
    """Whether the SIM in place is of this kind, or is an eSIM without a QR code."""
    sim = select(SimRow.id).where(SimRow.holder == LineRow.subject, SimRow.state.in_(STATES_IN_PLACE))
    if kind is not None:
        sim = sim.where(SimRow.kind == kind)
    if without_code:
        code = select(QrVersionRow.id).where(QrVersionRow.sim_id == SimRow.id)
        sim = sim.where(SimRow.kind == SimKind.ESIM, ~code.exists())
    return sim.exists()


async def sim(connection: AsyncConnection, scope: Scope, sim_id: int) -> SimView:
    """One SIM in any state: discarded ones are kept. It must exist in the scope."""
    shape, known = shaped(scope)
    return _SIM.view((await connection.execute(_one_sim(shape), {**known, "sim": sim_id})).one())


@built_once
def _one_sim(scope: Scope) -> Select[*tuple[Any, ...]]:
    return _sims(scope, None, None, None).where(_SIM.row.id == bindparam("sim", type_=BigInteger))


_SIM = _IN_PLACE = SimColumns("sim")
_TEMPORARY = SimColumns("temporary")
_NEWEST = Keys(_SIM.row.id, descending=True)


def _lines(chosen: Select[int]) -> Select[*tuple[Any, ...]]:
    page = chosen.subquery()
    groups = select(names_of_groups()).join(LineGroupRow, LineGroupRow.group_id == GroupRow.id)
    statement = (
        select(
            LineRow.id,
            AccountRow.name.label("account"),
            DeviceRow.name.label("device"),
            LineRow.slot,
            LineRow.msisdn,
            ProviderRow.name.label("provider"),
            groups.where(LineGroupRow.line_id == LineRow.id).scalar_subquery().label("groups"),
            OrderRow.id.label("open_order"),
            *_IN_PLACE.columns(),
            *_TEMPORARY.columns(),
        )
        .join(page, page.c.id == LineRow.id)
        .join(AccountRow, AccountRow.id == LineRow.account_id)
        .join(DeviceRow, DeviceRow.id == LineRow.device_id)
        .join(ProviderRow, ProviderRow.id == LineRow.provider_id)
        .outerjoin(OrderRow, (OrderRow.subject == LineRow.subject) & OrderRow.status.in_(OPEN_STATUSES))
        .order_by(AccountRow.name, DeviceRow.name, LineRow.slot)
    )
    for of, states in ((_IN_PLACE, STATES_IN_PLACE), (_TEMPORARY, constants([SimState.TEMPORARY]))):
        found = (of.row.holder == LineRow.subject) & of.row.state.in_(states)
        statement = of.join(statement.outerjoin(of.row, found))
    return statement


def _line(row: Any) -> LineView:
    return LineView(
        id=row.id,
        account=row.account,
        device=row.device,
        slot=row.slot,
        msisdn=row.msisdn,
        provider=row.provider,
        groups=tuple(row.groups or ()),
        sim=None if row.sim_id is None else _IN_PLACE.view(row),
        temporary=None if row.temporary_id is None else _TEMPORARY.view(row),
        open_order=row.open_order,
    )
