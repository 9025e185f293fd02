"""Travel plans: `client.travel_plans`."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from collections.abc import AsyncIterator, Sequence

from esim_orders_client._async.connection import AsyncConnection
from esim_orders_client.calls import OMIT, Call, Omit, body_of, new_key, path_of
from esim_orders_client.model import Page
from esim_orders_client.models import Plan, PlanDetails


class AsyncTravelPlansApi:
    """Travel plans."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def list(
        self, *, withdrawn: bool | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Page[Plan]:
        """List travel plans.

        The travel plans of the account, by name; `withdrawn`: only those that are, or are not.

        Needs the permission `view_travel`.

        withdrawn: Only those that are withdrawn.
        """
        return await self._connection.ask(
            Page[Plan],
            Call(
                "GET",
                path_of("travel-plans"),
                query={"withdrawn": withdrawn, "limit": limit, "cursor": cursor},
            ),
        )

    def iterate(self, *, withdrawn: bool | None = None, limit: int = 100) -> AsyncIterator[Plan]:
        """List travel plans: the records of all pages, one after another."""
        return self._connection.iterate(
            lambda cursor: self.list(withdrawn=withdrawn, limit=limit, cursor=cursor)
        )

    async def create(
        self,
        *,
        name: str,
        countries: Sequence[str],
        data_mb: int,
        price: str,
        currency: str,
        shelf_life_months: int | Omit | None = OMIT,
        complimentary: bool | Omit = OMIT,
        key: str | None = None,
    ) -> PlanDetails:
        """Create a travel plan.

        Create a plan, once per `Idempotency-Key`.

        Needs the permission `manage_travel`.

        countries: Names in English or French, or ISO 3166-1 codes.
        data_mb: The data volume, in MB of a million bytes.
        price: Decimals after a point, in quotes.
        currency: ISO 4217.
        shelf_life_months: 12, if left out.
        complimentary: Whether it may be given free of charge.
        key: your idempotency key, one for each thing that is to be done; else a new one.
        """
        return await self._connection.ask(
            PlanDetails,
            Call(
                "POST",
                path_of("travel-plans"),
                body=body_of(
                    {
                        "name": name,
                        "countries": countries,
                        "data_mb": data_mb,
                        "price": price,
                        "currency": currency,
                        "shelf_life_months": shelf_life_months,
                        "complimentary": complimentary,
                    }
                ),
                key=new_key(key),
            ),
        )

    async def get(self, plan: str) -> PlanDetails:
        """Show a travel plan.

        One plan, also a withdrawn one, with what it costs with each IMSI profile: why it has its profile.

        Needs the permission `view_travel`.
        """
        return await self._connection.ask(
            PlanDetails, Call("GET", path_of("travel-plans", "{plan}", plan=plan))
        )

    async def edit(
        self,
        plan: str,
        *,
        name: str | Omit = OMIT,
        countries: Sequence[str] | Omit = OMIT,
        data_mb: int | Omit = OMIT,
        price: str | Omit = OMIT,
        currency: str | Omit = OMIT,
        shelf_life_months: int | Omit = OMIT,
        complimentary: bool | Omit = OMIT,
    ) -> PlanDetails:
        """Edit a travel plan.

        Change some fields. What was sold of it stays as it was.

        Needs the permission `manage_travel`.

        countries: Names in English or French, or ISO 3166-1 codes.
        data_mb: The data volume, in MB of a million bytes.
        price: Decimals after a point, in quotes.
        currency: ISO 4217.
        shelf_life_months: It lapses if it is not used so long.
        """
        return await self._connection.ask(
            PlanDetails,
            Call(
                "PATCH",
                path_of("travel-plans", "{plan}", plan=plan),
                body=body_of(
                    {
                        "name": name,
                        "countries": countries,
                        "data_mb": data_mb,
                        "price": price,
                        "currency": currency,
                        "shelf_life_months": shelf_life_months,
                        "complimentary": complimentary,
                    }
                ),
            ),
        )

    async def pin(self, plan: str, *, profile: int) -> PlanDetails:
        """Pin a travel plan to an IMSI profile.

        The profile is in force, whatever the rates say. eSIM lines keep theirs. Idempotent.

        Needs the permission `manage_travel`.
        """
        return await self._connection.ask(
            PlanDetails,
            Call(
                "POST",
                path_of("travel-plans", "{plan}", "pin", plan=plan),
                body=body_of({"profile": profile}),
            ),
        )

    async def unpin(self, plan: str) -> PlanDetails:
        """Unpin a travel plan.

        The cheapest profile is in force again. Idempotent.

        Needs the permission `manage_travel`.
        """
        return await self._connection.ask(
            PlanDetails, Call("POST", path_of("travel-plans", "{plan}", "unpin", plan=plan))
        )

    async def withdraw(self, plan: str) -> PlanDetails:
        """Withdraw a travel plan.

        The plan is not sold any more; what was sold of it stays. Idempotent.

        Needs the permission `manage_travel`.
        """
        return await self._connection.ask(
            PlanDetails, Call("POST", path_of("travel-plans", "{plan}", "withdraw", plan=plan))
        )

    async def offer(self, plan: str) -> PlanDetails:
        """Offer a withdrawn travel plan again.

        The plan is sold again. Idempotent.

        Needs the permission `manage_travel`.
        """
        return await self._connection.ask(
            PlanDetails, Call("POST", path_of("travel-plans", "{plan}", "offer", plan=plan))
        )
