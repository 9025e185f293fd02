"""Distributors, employees and groups: `client.groups`."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from collections.abc import AsyncIterator

from esim_orders_client._async.connection import AsyncConnection
from esim_orders_client.calls import Call, path_of
from esim_orders_client.model import Page
from esim_orders_client.models import Group


class AsyncGroupsApi:
    """Distributors, employees and groups."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def list(self, *, limit: int | None = None, cursor: str | None = None) -> Page[Group]:
        """List groups.

        The management groups of the account, by name.

        Needs the permission `view_inventory`.
        """
        return await self._connection.ask(
            Page[Group], Call("GET", path_of("groups"), query={"limit": limit, "cursor": cursor})
        )

    def iterate(self, *, limit: int = 100) -> AsyncIterator[Group]:
        """List groups: the records of all pages, one after another."""
        return self._connection.iterate(lambda cursor: self.list(limit=limit, cursor=cursor))
