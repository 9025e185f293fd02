"""Events: `client.events`."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from collections.abc import Generator, Iterator, Sequence

from esim_orders_client._sync.connection import Connection
from esim_orders_client.calls import Call, path_of
from esim_orders_client.events import Event
from esim_orders_client.model import Page


class EventsApi:
    """Events."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(
        self, *, type: Sequence[str] | None = None, limit: int | None = None, after: str | None = None
    ) -> Page[Event]:
        """Poll events.

        What happened in the account, oldest first: each event exactly once, however often it is asked.
        Without `after` from the beginning.

        Only events of records that the key's permissions show.

        Needs the permission `view_orders`.

        type: Only events of this type, such as `order.processed`, or `order` for all of these; may be
            given several times.
        """
        return self._connection.ask(
            Page[Event], Call("GET", path_of("events"), query={"type": type, "limit": limit, "after": after})
        )

    def iterate(
        self, *, type: Sequence[str] | None = None, after: str | None = None, limit: int = 100
    ) -> Iterator[Event]:
        """Poll events: the records of all pages, one after another."""
        return self._connection.iterate(
            lambda cursor: self.list(type=type, limit=limit, after=cursor or after)
        )

    def stream(
        self, *, type: Sequence[str] | None = None, after: str | None = None, timeout: float | None = None
    ) -> Generator[Event, None, None]:
        """Follow events.

        What happens in the account, as server-sent events, from now on or after the last event that was
        received. Refused (`too_many_streams`) where the key has too many streams open.

        Needs the permission `view_orders`.

        type: Only events of this type, such as `order.processed`, or `order` for all of these; may be
            given several times.
        after: the id of the last event that you have; the stream continues behind it.
        timeout: after so many seconds TimeoutError is raised.
        """
        return self._connection.stream(
            Call("GET", path_of("events", "stream"), query={"type": type}, accept="text/event-stream"),
            after,
            timeout,
            Call("GET", path_of("events"), query={"after": "now", "limit": 1}),
        )
