"""Distributors, employees and groups: `client.employees`."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from collections.abc import AsyncIterator

from esim_orders_client._async.connection import AsyncConnection
from esim_orders_client.calls import Call, path_of
from esim_orders_client.model import Page
from esim_orders_client.models import Employee


class AsyncEmployeesApi:
    """Distributors, employees and groups."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def list(
        self, *, find: str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Page[Employee]:
        """List employees.

        Who uses SIMs of the account, by name.

        Needs the permission `view_inventory`.

        find: The beginning of a name or an address.
        """
        return await self._connection.ask(
            Page[Employee],
            Call("GET", path_of("employees"), query={"find": find, "limit": limit, "cursor": cursor}),
        )

    def iterate(self, *, find: str | None = None, limit: int = 100) -> AsyncIterator[Employee]:
        """List employees: the records of all pages, one after another."""
        return self._connection.iterate(lambda cursor: self.list(find=find, limit=limit, cursor=cursor))
