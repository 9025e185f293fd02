"""Read the stock of travel eSIMs, and set thresholds: whatever needs the database only.

book = StockBook(database)
await book.esims(sue, state="free")
"""

from models.errors import Refused
from models.paging import Page, Position, Wanted
from models.people.callers import Caller, OfAccount, Permission
from models.travel.profiles import LARGEST_PROFILE
from models.travel.stock_views import StockEsim, StockProfile, StockState
from store import events, lookups
from store.locks import keep_account_open
from store.session import Database
from store.travel import stock, stock_discard, stock_views

MOST = 1_000_000
"""The highest threshold."""


class StockBook:
    """Reads the stock in the caller's scope, and sets thresholds: needs the database only."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def esims(
        self,
        caller: Caller,
        account: str | None = None,
        *,
        profile: int | None = None,
        state: str | None = None,
        limit: int | None = None,
        after: Position | None = None,
    ) -> Page[StockEsim]:
        """List the whole stock, and whom each eSIM is allocated to (T12); `state` is a `StockState`."""
        async with self._database.reading() as connection:
            scope = await lookups.narrowed(connection, caller.scope, account)
            caller.require(Permission.VIEW_TRAVEL)
            _check_profile(profile)
            return await stock_views.esims(
                connection, scope, profile=profile, state=_state(state), wanted=Wanted(limit, after)
            )

    async def esim(self, caller: Caller, esim: str) -> StockEsim:
        """One eSIM of the stock, by its ICCID or id (`S-12`). Raises `NotFound` (`unknown_sim`)."""
        async with self._database.reading() as connection:
            found = await stock_discard.find(connection, caller.scope, esim)
            caller.require(Permission.VIEW_TRAVEL)
            mine = OfAccount(found.account_id)
            (seen,) = await stock_views.esims(connection, mine, sim_id=found.sim_id)
        return seen

    async def profiles(
        self,
        caller: Caller,
        account: str | None = None,
        *,
        profile: int | None = None,
        limit: int | None = None,
        after: Position | None = None,
    ) -> Page[StockProfile]:
        """List the profiles, or this one, with what is free, what waits and the threshold."""
        async with self._database.reading() as connection:
            scope = await lookups.narrowed(connection, caller.scope, account)
            caller.require(Permission.VIEW_TRAVEL)
            _check_profile(profile)
            wanted = Wanted(limit, after)
            return await stock_views.profiles(connection, scope, profile=profile, wanted=wanted)

    async def set_threshold(
        self, caller: Caller, account: str | None, profile: int, threshold: int
    ) -> StockProfile:
        """Alert the staff, once, when fewer eSIMs of the profile than this are free (T26); 0: never."""
        async with self._database.transaction() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            caller.require(Permission.MANAGE_TRAVEL)
            _check_profile(profile)
            if not 0 <= threshold <= MOST:
                raise Refused.because("threshold_invalid", most=MOST)
            await keep_account_open(connection, found.id)
            await stock.lock_profile(connection, found.id, profile)
            await stock_views.set_threshold(connection, found.id, profile, threshold)
            await stock.arrived(connection, found.id, profile)
            happened = ("stock.threshold_set", {"profile": profile, "threshold": threshold})
            await events.append(
                connection,
                found.id,
                (f"stock:{profile}",),
                caller.actor,
                happened,
                origin_id=caller.origin_id,
            )
            (seen,) = await stock_views.profiles(connection, OfAccount(found.id), profile=profile)
        return seen


def _check_profile(profile: int | None) -> None:
    if profile is not None and not 1 <= profile <= LARGEST_PROFILE:
        raise Refused.because("profile_invalid", most=LARGEST_PROFILE)


def _state(text: str | None) -> StockState | None:
    if text is None:
        return None
    try:
        return StockState(text.strip().lower().replace("-", "_"))
    except ValueError:
        raise Refused.because("unknown_stock_state", states=", ".join(StockState)) from None
