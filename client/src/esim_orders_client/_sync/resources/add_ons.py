"""Licences: `client.add_ons`."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from esim_orders_client._sync.connection import Connection
from esim_orders_client.calls import Call, path_of
from esim_orders_client.model import Page
from esim_orders_client.models import AddOnResource


class AddOnsApi:
    """Licences."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self) -> Page[AddOnResource]:
        """List add-ons with the counts of their licences.

        All add-ons there are, on one page. Licences that are over are not counted.

        Needs the permission `view_licences`.
        """
        return self._connection.ask(Page[AddOnResource], Call("GET", path_of("add-ons")))
