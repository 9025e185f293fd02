"""Distributors: `client.distributors`."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from collections.abc import Iterator

from esim_orders_client._sync.connection import Connection
from esim_orders_client.calls import Call, path_of
from esim_orders_client.model import Page
from esim_orders_client.models import Distributor


class DistributorsApi:
    """Distributors."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self, *, limit: int | None = None, cursor: str | None = None) -> Page[Distributor]:
        """List distributors.

        The distributors of the account by name.

        Needs the permission `view_people`.
        """
        return self._connection.ask(
            Page[Distributor], Call("GET", path_of("distributors"), query={"limit": limit, "cursor": cursor})
        )

    def iterate(self, *, limit: int = 100) -> Iterator[Distributor]:
        """List distributors: the records of all pages, one after another."""
        return self._connection.iterate(lambda cursor: self.list(limit=limit, cursor=cursor))
