"""Read the stock of travel eSIMs: whatever needs the database only.

book = StockBook(database)
await book.esims(sue, state="free")
"""

from collections.abc import AsyncIterator

from models.errors import Refused
from models.paging import Page, Position, Wanted
from models.people.callers import Caller, OfAccount, Permission
from models.travel.profiles import LARGEST_PROFILE
from models.travel.stock_views import StockEsim, StockProfile, StockState, stock_csv
from store import lookups
from store.session import Database
from store.travel import stock_discard, stock_views

ROWS_OF_CSV = 1_000
"""Rows that a CSV is read by."""


class StockBook:
    """Reads the stock in the caller's scope."""

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
            check_profile(profile)
            return await stock_views.esims(
                connection, scope, profile=profile, state=_state(state), wanted=Wanted(limit, after)
            )

    async def csv(
        self,
        caller: Caller,
        account: str | None = None,
        *,
        profile: int | None = None,
        state: str | None = None,
    ) -> AsyncIterator[str]:
        """The same eSIMs as parts of a CSV file: no connection is held while a part is sent. Raises like
        `esims` before the first part.
        """
        first = await self.esims(caller, account, profile=profile, state=state, limit=ROWS_OF_CSV)

        async def parts() -> AsyncIterator[str]:
            page = first
            yield stock_csv(page)
            while (after := page.following) is not None:
                page = await self.esims(
                    caller, account, profile=profile, state=state, limit=ROWS_OF_CSV, after=after
                )
                yield stock_csv(page).partition("\r\n")[2]

        return parts()

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
            check_profile(profile)
            wanted = Wanted(limit, after)
            return await stock_views.profiles(connection, scope, profile=profile, wanted=wanted)


def check_profile(profile: int | None) -> None:
    """Raise `Refused` (`profile_invalid`) for what is no IMSI profile."""
    if profile is not None and not 1 <= profile <= LARGEST_PROFILE:
        raise Refused.because("profile_invalid", most=LARGEST_PROFILE)


def _state(text: str | None) -> StockState | None:
    if text is None:
        return None
    try:
        return StockState(text.strip().lower().replace("-", "_"))
    except ValueError:
        raise Refused.because("unknown_stock_state", states=", ".join(StockState)) from None
