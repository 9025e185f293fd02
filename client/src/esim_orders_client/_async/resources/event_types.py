"""Events: `client.event_types`."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from esim_orders_client._async.connection import AsyncConnection
from esim_orders_client.calls import Call, path_of
from esim_orders_client.model import Page
from esim_orders_client.models import EventType


class AsyncEventTypesApi:
    """Events."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def list(self) -> Page[EventType]:
        """List the types of events.

        Every type of event that an account sees, with an example; more may be added at any time.

        Needs the permission `view_orders`.
        """
        return await self._connection.ask(Page[EventType], Call("GET", path_of("event-types")))
