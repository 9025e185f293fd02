"""Requests for licences: `client.licence_requests`."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from collections.abc import AsyncIterator

from esim_orders_client._async.connection import AsyncConnection
from esim_orders_client.calls import OMIT, Call, Omit, body_of, new_key, path_of
from esim_orders_client.model import Page
from esim_orders_client.models import AddOn, LicenceRequest


class AsyncLicenceRequestsApi:
    """Requests for licences."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def list(
        self,
        *,
        open: bool | None = None,
        held: bool | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[LicenceRequest]:
        """List requests for licences.

        The requests of the account, the oldest first.

        Needs the permission `view_licences`.

        open: Only those that no purchase has answered.
        held: Only those of which the owners cannot be notified.
        """
        return await self._connection.ask(
            Page[LicenceRequest],
            Call(
                "GET",
                path_of("licence-requests"),
                query={"open": open, "held": held, "limit": limit, "cursor": cursor},
            ),
        )

    def iterate(
        self, *, open: bool | None = None, held: bool | None = None, limit: int = 100
    ) -> AsyncIterator[LicenceRequest]:
        """List requests for licences: the records of all pages, one after another."""
        return self._connection.iterate(
            lambda cursor: self.list(open=open, held=held, limit=limit, cursor=cursor)
        )

    async def request(
        self, *, add_on: AddOn, quantity: int, note: str | Omit | None = OMIT, key: str | None = None
    ) -> LicenceRequest:
        """Request licences.

        Every owner of the account is notified once. A purchase answers the request.

        Needs the permission `assign_licences`.

        quantity: The number of licences.
        note: For the owners.
        key: your idempotency key, one for each thing that is to be done; else a new one.
        """
        return await self._connection.ask(
            LicenceRequest,
            Call(
                "POST",
                path_of("licence-requests"),
                body=body_of({"add_on": add_on, "quantity": quantity, "note": note}),
                key=new_key(key),
            ),
        )

    async def get(self, request: str) -> LicenceRequest:
        """Show a request for licences.

        One request as it is now.

        Needs the permission `view_licences`.
        """
        return await self._connection.ask(
            LicenceRequest, Call("GET", path_of("licence-requests", "{request}", request=request))
        )
