"""Travel plans: `client.travel_offers`."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from collections.abc import Iterator, Sequence

from esim_orders_client._sync.connection import Connection
from esim_orders_client.calls import Call, path_of
from esim_orders_client.model import Page
from esim_orders_client.models import PlanOffer


class TravelOffersApi:
    """Travel plans."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(
        self,
        *,
        country: Sequence[str],
        subscriber: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[PlanOffer]:
        """Find travel plans for a journey.

        The plans on sale that cover all of these countries, cheapest first (each currency by itself), and
        the eSIM that each would use.

        Needs the permission `view_travel`.

        country: Where the journey goes: a name in English or French, or a code; once for each.
        subscriber: Who travels: `SB-4`, phone number, e-mail address or full name.
        """
        return self._connection.ask(
            Page[PlanOffer],
            Call(
                "GET",
                path_of("travel-offers"),
                query={"country": country, "subscriber": subscriber, "limit": limit, "cursor": cursor},
            ),
        )

    def iterate(
        self, *, country: Sequence[str], subscriber: str | None = None, limit: int = 100
    ) -> Iterator[PlanOffer]:
        """Find travel plans for a journey: the records of all pages, one after another."""
        return self._connection.iterate(
            lambda cursor: self.list(country=country, subscriber=subscriber, limit=limit, cursor=cursor)
        )
