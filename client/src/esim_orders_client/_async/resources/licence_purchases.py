"""Licences: `client.licence_purchases`."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from esim_orders_client._async.connection import AsyncConnection
from esim_orders_client.calls import Call, body_of, new_key, path_of
from esim_orders_client.models import AddOn, Purchase


class AsyncLicencePurchasesApi:
    """Licences."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def buy(self, *, add_on: AddOn, quantity: int, key: str | None = None) -> Purchase:
        """Buy licences.

        Licences that were given back and are still usable are bought again first, at no cost until the
        next billing cycle. The purchase answers open requests for the add-on.

        Needs the permission `buy_licences`.

        quantity: The number of licences.
        key: your idempotency key, one for each thing that is to be done; else a new one.
        """
        return await self._connection.ask(
            Purchase,
            Call(
                "POST",
                path_of("licence-purchases"),
                body=body_of({"add_on": add_on, "quantity": quantity}),
                key=new_key(key),
            ),
        )

    async def get(self, purchase: str) -> Purchase:
        """Show a purchase of licences.

        One purchase (`LP-5`), with what it cost on its day.

        Needs the permission `view_licences`.
        """
        return await self._connection.ask(
            Purchase, Call("GET", path_of("licence-purchases", "{purchase}", purchase=purchase))
        )
