"""Catalogue: `client.catalogue`."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from collections.abc import AsyncIterator

from esim_orders_client._async.connection import AsyncConnection
from esim_orders_client.calls import Call, path_of
from esim_orders_client.model import Page
from esim_orders_client.models import Catalogue


class AsyncCatalogueApi:
    """Catalogue."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def list(self, *, limit: int | None = None, cursor: str | None = None) -> Page[Catalogue]:
        """List the catalogue.

        The items of all order packs, withdrawn ones too, with the contacts that orders are mailed to.

        Needs the permission `view_catalogue`.
        """
        return await self._connection.ask(
            Page[Catalogue], Call("GET", path_of("catalogue"), query={"limit": limit, "cursor": cursor})
        )

    def iterate(self, *, limit: int = 100) -> AsyncIterator[Catalogue]:
        """List the catalogue: the records of all pages, one after another."""
        return self._connection.iterate(lambda cursor: self.list(limit=limit, cursor=cursor))
