"""Travel stock: `client.travel_profiles`."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from collections.abc import AsyncIterator

from esim_orders_client._async.connection import AsyncConnection
from esim_orders_client.calls import Call, body_of, path_of
from esim_orders_client.model import Page
from esim_orders_client.models import StockProfile


class AsyncTravelProfilesApi:
    """Travel stock."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def list(
        self, *, profile: int | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Page[StockProfile]:
        """List the IMSI profiles of the stock.

        The profiles with what is free, what waits, and the thresholds.

        Needs the permission `view_travel`.

        profile: Only of this IMSI profile.
        """
        return await self._connection.ask(
            Page[StockProfile],
            Call(
                "GET",
                path_of("travel-profiles"),
                query={"profile": profile, "limit": limit, "cursor": cursor},
            ),
        )

    def iterate(self, *, profile: int | None = None, limit: int = 100) -> AsyncIterator[StockProfile]:
        """List the IMSI profiles of the stock: the records of all pages, one after another."""
        return self._connection.iterate(lambda cursor: self.list(profile=profile, limit=limit, cursor=cursor))

    async def set(self, profile: int, *, threshold: int) -> StockProfile:
        """Set the threshold of an IMSI profile.

        Alert the staff, once, when fewer eSIMs of the profile than this are free. Idempotent.

        Needs the permission `manage_travel`.
        """
        return await self._connection.ask(
            StockProfile,
            Call(
                "PATCH",
                path_of("travel-profiles", "{profile}", profile=profile),
                body=body_of({"threshold": threshold}),
            ),
        )
