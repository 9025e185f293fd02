"""Prices and charges of licences: `client.licence_prices`."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from collections.abc import AsyncIterator
from typing import Literal, overload

from esim_orders_client._async.connection import AsyncConnection
from esim_orders_client.calls import OMIT, Call, Omit, body_of, path_of
from esim_orders_client.model import Page
from esim_orders_client.models import AddOn, Price, PriceChange


class AsyncLicencePricesApi:
    """Prices and charges of licences."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def list(
        self, *, add_on: AddOn | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Page[Price]:
        """List prices.

        The prices of the account by add-on and day, past and coming ones too.

        Needs the permission `view_licences`.
        """
        return await self._connection.ask(
            Page[Price],
            Call(
                "GET", path_of("licence-prices"), query={"add_on": add_on, "limit": limit, "cursor": cursor}
            ),
        )

    def iterate(self, *, add_on: AddOn | None = None, limit: int = 100) -> AsyncIterator[Price]:
        """List prices: the records of all pages, one after another."""
        return self._connection.iterate(lambda cursor: self.list(add_on=add_on, limit=limit, cursor=cursor))

    @overload
    async def set(
        self, *, add_on: AddOn, amount: str, since: str | Omit | None = OMIT, dry_run: Literal[False] = False
    ) -> Price: ...
    @overload
    async def set(
        self, *, add_on: AddOn, amount: str, dry_run: Literal[True], since: str | Omit | None = OMIT
    ) -> PriceChange: ...
    async def set(
        self, *, add_on: AddOn, amount: str, since: str | Omit | None = OMIT, dry_run: bool = False
    ) -> Price | PriceChange:
        """Set a price.

        It applies to the billing cycles that begin from its day on; what was charged before stays. Another
        price of the same day replaces the one before. Idempotent.

        A dry run answers with the prices before and after.

        Needs the permission `manage_accounts`.

        amount: A month, with at most two decimals.
        since: The day from which it applies, tomorrow if left out; the first price today.
        """
        call = Call(
            "POST",
            path_of("licence-prices"),
            query={"dry_run": dry_run or None},
            body=body_of({"add_on": add_on, "amount": amount, "since": since}),
        )
        if dry_run:
            return await self._connection.ask(PriceChange, call)
        return await self._connection.ask(Price, call)
