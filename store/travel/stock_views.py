"""Reads the stock: each eSIM with whom it is allocated to, and each profile with what is free (T12, T26)."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Date,
    and_,
    any_,
    bindparam,
    case,
    func,
    literal_column,
    not_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from models.fleet.inventory import SimState
from models.paging import WHOLE, Page, Wanted
from models.people.callers import Scope
from models.travel.stock_views import StockEsim, StockProfile, StockState
from store.fleet.tables import SimRow
from store.paging import by_account
from store.people.tables import AccountRow, ProviderRow
from store.scopes import within
from store.travel.line_tables import EsimLineRow, TravelOrderRow
from store.travel.settling import FREE, NOT_ENDED
from store.travel.tables import NEVER, TravelProfileRow, TravelStockRow

state_of_esim = case(
    (SimRow.state == SimState.DISCARDED, StockState.DISCARDED.value),
    (SimRow.state.in_((SimState.ACTIVE, SimState.SUSPENDED)), StockState.ON_LINE.value),
    (TravelStockRow.order_id.is_not(None), StockState.RESERVED.value),
    (not_(NOT_ENDED), StockState.ENDED.value),
    (TravelStockRow.revealed_at.is_not(None), StockState.REVEALED.value),
    else_=StockState.FREE.value,
)
"""The state of an eSIM of the stock, as a column of a statement with `SimRow`."""
_WITH_ORDER = frozenset({StockState.RESERVED, StockState.ON_LINE})
_ESIMS = (
    select(
        TravelStockRow.sim_id,
        AccountRow.name.label("account"),
        SimRow.iccid,
        TravelStockRow.profile,
        ProviderRow.name.label("provider"),
        TravelStockRow.ends_on,
        state_of_esim.label("state"),
        TravelStockRow.order_id,
        EsimLineRow.id.label("esim_line_id"),
        func.coalesce(EsimLineRow.subscriber_id, TravelOrderRow.subscriber_id).label("subscriber_id"),
        TravelStockRow.revealed_at.is_not(None).label("revealed"),
        TravelStockRow.imported_at,
    )
    .join(SimRow, SimRow.id == TravelStockRow.sim_id)
    .join(AccountRow, AccountRow.id == TravelStockRow.account_id)
    .join(ProviderRow, ProviderRow.id == SimRow.provider_id)
    .outerjoin(EsimLineRow, EsimLineRow.subject == SimRow.holder)
    .outerjoin(TravelOrderRow, TravelOrderRow.order_id == TravelStockRow.order_id)
)
_FIRST_TO_END = (
    TravelStockRow.profile,
    func.coalesce(TravelStockRow.ends_on, literal_column(NEVER, Date())),
    TravelStockRow.sim_id,
)
_COUNTED = (
    select(TravelStockRow.account_id, TravelStockRow.profile, func.count())
    .join(SimRow, SimRow.id == TravelStockRow.sim_id)
    .where(TravelStockRow.profile == any_(bindparam("profiles", type_=ARRAY(BigInteger))), FREE)
    .group_by(TravelStockRow.account_id, TravelStockRow.profile)
)
_waiting = (
    select(func.count())
    .select_from(TravelOrderRow)
    .where(
        TravelOrderRow.account_id == TravelProfileRow.account_id,
        TravelOrderRow.profile == TravelProfileRow.profile,
        TravelOrderRow.waiting_since.is_not(None),
    )
    .correlate(TravelProfileRow)
    .scalar_subquery()
)
_PROFILES = select(
    AccountRow.name.label("account"),
    TravelProfileRow.profile,
    TravelProfileRow.account_id,
    _waiting.label("waiting"),
    TravelProfileRow.threshold,
    TravelProfileRow.low_since,
).join(AccountRow, AccountRow.id == TravelProfileRow.account_id)
_SET_THRESHOLD = (
    update(TravelProfileRow)
    .where(
        TravelProfileRow.account_id == bindparam("account"),
        TravelProfileRow.profile == bindparam("of_profile"),
    )
    .values(threshold=bindparam("fewest"))
)


async def esims(
    connection: AsyncConnection,
    scope: Scope,
    *,
    profile: int | None = None,
    state: StockState | None = None,
    sim_id: int | None = None,
    wanted: Wanted = WHOLE,
) -> Page[StockEsim]:
    """The eSIMs of the scope: by profile, those that end first first; or the one of this SIM."""
    chosen: list[ColumnElement[bool]] = [within(scope, TravelStockRow.account_id)]
    if profile is not None:
        chosen.append(TravelStockRow.profile == profile)
    if state is not None:
        with_order = TravelStockRow.order_id.is_not(None)
        chosen.append(state_of_esim == state.value)
        if state is not StockState.DISCARDED:  # what follows from the state, for the indexes
            chosen.append(with_order if state in _WITH_ORDER else ~with_order)
    if sim_id is not None:
        chosen.append(TravelStockRow.sim_id == sim_id)
    rows = await by_account(scope, *_FIRST_TO_END).page(connection, _ESIMS.where(and_(*chosen)), wanted)
    return rows.of(lambda row: StockEsim(**row._mapping))


async def profiles(
    connection: AsyncConnection, scope: Scope, *, profile: int | None = None, wanted: Wanted = WHOLE
) -> Page[StockProfile]:
    """The profiles of the scope that have, had or are to have stock."""
    chosen: list[Any] = [within(scope, TravelProfileRow.account_id)]
    if profile is not None:
        chosen.append(TravelProfileRow.profile == profile)
    by_profile = by_account(scope, TravelProfileRow.profile)
    rows = await by_profile.page(connection, _PROFILES.where(and_(*chosen)), wanted)
    free = await free_counts(connection, scope, {row.profile for row in rows})
    return rows.of(lambda row: StockProfile(**row._mapping, free=free.get((row.account_id, row.profile), 0)))


async def free_counts(
    connection: AsyncConnection, scope: Scope, profiles: Collection[int]
) -> Mapping[tuple[int, int], int]:
    """How many eSIMs of these profiles can be handed out (T36), by account and profile."""
    mine = _COUNTED.where(within(scope, TravelStockRow.account_id))
    rows = await connection.execute(mine, {"profiles": list(profiles)})
    return {(account_id, profile): free for account_id, profile, free in rows}


async def set_threshold(connection: AsyncConnection, account_id: int, profile: int, fewest: int) -> None:
    """Set with how many free eSIMs of a profile, which is locked, the staff is not alerted yet."""
    known = {"account": account_id, "of_profile": profile, "fewest": fewest}
    await connection.execute(_SET_THRESHOLD, known)
