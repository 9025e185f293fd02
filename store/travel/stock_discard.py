"""Staff discard an eSIM that lies in stock, such as one whose code was shown (T12, T40)."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound, Refused
from models.people.callers import By, Scope
from models.travel.stock_views import StockState
from store import events, lookups
from store.codes import discard as codes
from store.codes.code_locks import lock_sim
from store.fleet.tables import SimRow
from store.scopes import require_travel
from store.travel import stock
from store.travel.stock_views import state_of_esim
from store.travel.tables import TravelStockRow

_OF_STOCK = (
    select(TravelStockRow.sim_id, TravelStockRow.account_id, TravelStockRow.profile)
    .join(SimRow, SimRow.id == TravelStockRow.sim_id)
    .where(TravelStockRow.sim_id == bindparam("sim"))
)
_STATE = _OF_STOCK.with_only_columns(state_of_esim)
_USED = frozenset({StockState.RESERVED, StockState.ON_LINE})


@dataclass(frozen=True)
class StockKey:
    """An eSIM of the stock that was found, in whatever state."""

    sim_id: int
    account_id: int
    profile: int


@dataclass(frozen=True)
class Discarded:
    """What a discard leads to, once it is committed."""

    request: str | None
    """The request for the QR code that ended with it: its workflow is to be signalled."""
    alerts: tuple[str, ...] = ()
    """The notices to the staff that were recorded with it."""


async def find(connection: AsyncConnection, scope: Scope, text: str) -> StockKey:
    """The eSIM of the stock with this ICCID or id (`S-12`). Raises `NotFound` (`unknown_sim`)."""
    require_travel(scope)
    sim = await lookups.find_sim(connection, scope, text)
    row = (await connection.execute(_OF_STOCK, {"sim": sim.id})).one_or_none()
    if row is None:
        raise NotFound.because("unknown_sim")
    return StockKey(*row)


async def discard(connection: AsyncConnection, esim: StockKey, by: By) -> Discarded:
    """Discard an eSIM that serves nothing, for ever; idempotent. Raises `Refused` (`stock_esim_used`)."""
    await stock.lock_profile(connection, esim.account_id, esim.profile)
    await lock_sim(connection, esim.sim_id)
    state = StockState((await connection.execute(_STATE, {"sim": esim.sim_id})).scalar_one())
    if state in _USED:
        raise Refused.because("stock_esim_used")
    if state is StockState.DISCARDED:
        return Discarded(await codes.ended_by_discard(connection, esim.sim_id))
    _, request = await codes.discard(connection, esim.sim_id)
    about = (f"stock:{esim.profile}", f"sim:{esim.sim_id}")
    happened: events.Happening = ("stock.discarded", {"sim": esim.sim_id, "profile": esim.profile})
    await events.append(connection, esim.account_id, about, by.actor, happened, origin_id=by.origin_id)
    return Discarded(request, (await stock.changed(connection, esim.account_id, esim.profile)).alerts)
