"""Travel stock: `client.travel_stock`."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from collections.abc import AsyncIterator
from typing import Literal, overload

from esim_orders_client._async.connection import AsyncConnection
from esim_orders_client.calls import Call, path_of
from esim_orders_client.model import Page
from esim_orders_client.models import Accepted, StockEsim, StockState


class AsyncTravelStockApi:
    """Travel stock."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def list(
        self,
        *,
        profile: int | None = None,
        state: StockState | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[StockEsim]:
        """List the stock of travel eSIMs.

        The whole stock of the account, also what is on lines: by profile, those that end first first.

        Needs the permission `view_travel`.

        profile: Only of this IMSI profile.
        """
        return await self._connection.ask(
            Page[StockEsim],
            Call(
                "GET",
                path_of("travel-stock"),
                query={"profile": profile, "state": state, "limit": limit, "cursor": cursor},
            ),
        )

    def iterate(
        self, *, profile: int | None = None, state: StockState | None = None, limit: int = 100
    ) -> AsyncIterator[StockEsim]:
        """List the stock of travel eSIMs: the records of all pages, one after another."""
        return self._connection.iterate(
            lambda cursor: self.list(profile=profile, state=state, limit=limit, cursor=cursor)
        )

    async def get(self, esim: str) -> StockEsim:
        """Show an eSIM of the travel stock.

        One eSIM that is or was in stock, and whom it is allocated to.

        Needs the permission `view_travel`.
        """
        return await self._connection.ask(
            StockEsim, Call("GET", path_of("travel-stock", "{esim}", esim=esim))
        )

    @overload
    async def discard(self, esim: str, *, dry_run: Literal[False] = False) -> StockEsim: ...
    @overload
    async def discard(self, esim: str, *, dry_run: Literal[True]) -> Accepted: ...
    async def discard(self, esim: str, *, dry_run: bool = False) -> StockEsim | Accepted:
        """Discard an eSIM of the travel stock.

        Discard an eSIM that lies in stock, such as one whose code was shown. It cannot be brought back.
        Idempotent.

        Needs the permission `manage_travel`.
        """
        call = Call(
            "POST",
            path_of("travel-stock", "{esim}", "discard", esim=esim),
            query={"dry_run": dry_run or None},
        )
        if dry_run:
            return await self._connection.ask(Accepted, call)
        return await self._connection.ask(StockEsim, call)
