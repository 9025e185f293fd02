"""Reads the stock: each eSIM with whom it is allocated to, and each profile with what is free (T12, T26)."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    any_,
    bindparam,
    case,
    func,
    not_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from models.fleet.inventory import SimState
from models.paging import WHOLE, Page, Wanted
from models.people.callers import Scope
from models.travel.stock_views import MOST_FREE, StockEsim, StockProfile, StockState
from store.fleet.tables import SimRow
from store.paging import built_once, by_account, up_to
from store.people.tables import AccountRow, ProviderRow
from store.row import constants
from store.scopes import shaped, within
from store.travel.line_tables import EsimLineRow, TravelOrderRow
from store.travel.settling import ENDED, NOT_ENDED, UNTOUCHED, last_day
from store.travel.tables import SubscriberRow, TravelProfileRow, TravelStockRow

state_of_esim = case(
    (SimRow.state == SimState.DISCARDED, StockState.DISCARDED.value),
    (SimRow.state.in_((SimState.ACTIVE, SimState.SUSPENDED)), StockState.ON_LINE.value),
    (TravelStockRow.order_id.is_not(None), StockState.RESERVED.value),
    (not_(NOT_ENDED), StockState.ENDED.value),
    (TravelStockRow.revealed_at.is_not(None), StockState.REVEALED.value),
    else_=StockState.FREE.value,
)
"""The state of an eSIM of the stock, as a column of a statement with `SimRow`."""
_ON_LINE = (SimState.ACTIVE, SimState.SUSPENDED)
_LIES = and_(TravelStockRow.order_id.is_(None), SimRow.state.in_(constants([SimState.IN_STOCK])))
_IN_STATE: Mapping[StockState, ColumnElement[bool]] = {
    StockState.DISCARDED: SimRow.state.in_(constants([SimState.DISCARDED])),
    StockState.ON_LINE: and_(SimRow.state.in_(constants(_ON_LINE)), TravelStockRow.order_id.is_not(None)),
    StockState.RESERVED: and_(
        SimRow.state.not_in(constants([SimState.DISCARDED, *_ON_LINE])), TravelStockRow.order_id.is_not(None)
    ),
    StockState.ENDED: and_(_LIES, ENDED),
    StockState.REVEALED: and_(_LIES, NOT_ENDED, TravelStockRow.revealed_at.is_not(None)),
    StockState.FREE: and_(_LIES, NOT_ENDED, TravelStockRow.revealed_at.is_(None)),
}
"""The same as conditions, of which PostgreSQL can tell how many eSIMs fulfil them."""
_SUBSCRIBER = func.coalesce(EsimLineRow.subscriber_id, TravelOrderRow.subscriber_id)
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
        _SUBSCRIBER.label("subscriber_id"),
        SubscriberRow.name.label("subscriber"),
        TravelStockRow.revealed_at.is_not(None).label("revealed"),
        TravelStockRow.imported_at,
    )
    .join(SimRow, SimRow.id == TravelStockRow.sim_id)
    .join(AccountRow, AccountRow.id == TravelStockRow.account_id)
    .join(ProviderRow, ProviderRow.id == SimRow.provider_id)
    .outerjoin(EsimLineRow, EsimLineRow.subject == SimRow.holder)
    .outerjoin(TravelOrderRow, TravelOrderRow.order_id == TravelStockRow.order_id)
    .outerjoin(SubscriberRow, SubscriberRow.id == _SUBSCRIBER)
)
_FIRST_TO_END = (
    TravelStockRow.profile,
    last_day,
    TravelStockRow.sim_id,
)


def free_of(account_id: Any, profile: Any, most: Any = MOST_FREE) -> ScalarSelect[int]:
    """How many eSIMs of this profile of the account can be handed out (T36), counted up to `most`."""
    # the state as a column: joined, all SIMs might be read for the first that are counted; what it is not:
    # PostgreSQL then expects most to be free, and does not collect all before it counts the first
    state = select(SimRow.state).where(SimRow.id == TravelStockRow.sim_id).scalar_subquery()
    free = select(TravelStockRow.sim_id).where(
        *(TravelStockRow.account_id == account_id, TravelStockRow.profile == profile),
        *(UNTOUCHED, NOT_ENDED, state.not_in(constants(set(SimState) - {SimState.IN_STOCK}))),
    )
    return up_to(free.correlate_except(TravelStockRow), most)


_COUNTED = select(
    TravelProfileRow.account_id,
    TravelProfileRow.profile,
    free_of(TravelProfileRow.account_id, TravelProfileRow.profile),
).where(TravelProfileRow.profile == any_(bindparam("profiles", type_=ARRAY(BigInteger))))
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
    # up to the threshold at least: below it the staff is alerted
    free_of(
        TravelProfileRow.account_id,
        TravelProfileRow.profile,
        func.greatest(TravelProfileRow.threshold, MOST_FREE),
    ).label("free"),
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
    shape, known = shaped(scope)
    known |= {"profile": profile, "sim": sim_id}
    statement = _listed(shape, state, of_profile=profile is not None, of_sim=sim_id is not None)
    rows = await by_account(scope, *_FIRST_TO_END).page(connection, statement, wanted, known)
    return rows.of(lambda row: StockEsim(**row._mapping))


@built_once
def _listed(scope: Scope, state: StockState | None, *, of_profile: bool, of_sim: bool) -> Select[Any]:
    chosen = [within(scope, TravelStockRow.account_id)]
    if of_profile:
        chosen.append(TravelStockRow.profile == bindparam("profile", type_=BigInteger))
    if state is not None:
        chosen.append(_IN_STATE[state])
    if of_sim:
        chosen.append(TravelStockRow.sim_id == bindparam("sim", type_=BigInteger))
    return _ESIMS.where(*chosen)


async def profiles(
    connection: AsyncConnection, scope: Scope, *, profile: int | None = None, wanted: Wanted = WHOLE
) -> Page[StockProfile]:
    """The profiles of the scope that have, had or are to have stock."""
    chosen: list[Any] = [within(scope, TravelProfileRow.account_id)]
    if profile is not None:
        chosen.append(TravelProfileRow.profile == profile)
    by_profile = by_account(scope, TravelProfileRow.profile)
    rows = await by_profile.page(connection, _PROFILES.where(and_(*chosen)), wanted)
    return rows.of(lambda row: StockProfile(**row._mapping))


async def free_counts(
    connection: AsyncConnection, scope: Scope, profiles: Collection[int]
) -> Mapping[tuple[int, int], int]:
    """How many eSIMs of these profiles can be handed out (T36), by account and profile, counted up to
    `MOST_FREE`.
    """
    mine = _COUNTED.where(within(scope, TravelProfileRow.account_id))
    rows = await connection.execute(mine, {"profiles": list(profiles)})
    return {(account_id, profile): free for account_id, profile, free in rows}


async def set_threshold(connection: AsyncConnection, account_id: int, profile: int, fewest: int) -> None:
    """Set with how many free eSIMs of a profile, which is locked, the staff is not alerted yet."""
    known = {"account": account_id, "of_profile": profile, "fewest": fewest}
    await connection.execute(_SET_THRESHOLD, known)
