"""Lines and SIMs: `client.devices`."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from collections.abc import AsyncIterator

from esim_orders_client._async.connection import AsyncConnection
from esim_orders_client.calls import Call, path_of
from esim_orders_client.model import Page
from esim_orders_client.models import Device


class AsyncDevicesApi:
    """Lines and SIMs."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def list(self, *, limit: int | None = None, cursor: str | None = None) -> Page[Device]:
        """List devices.

        The devices by name; `GET /lines?device=...` has the lines of one.

        Needs the permission `view_inventory`.
        """
        return await self._connection.ask(
            Page[Device], Call("GET", path_of("devices"), query={"limit": limit, "cursor": cursor})
        )

    def iterate(self, *, limit: int = 100) -> AsyncIterator[Device]:
        """List devices: the records of all pages, one after another."""
        return self._connection.iterate(lambda cursor: self.list(limit=limit, cursor=cursor))
