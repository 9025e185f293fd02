"""What licences cost, over HTTP: charges, prices, and how an account is charged (L34, L35, L40).

Prices and the currency are set by the platform: with a platform key that names the account.
"""

from enum import StrEnum
from typing import Annotated

from fastapi import Query, Response
from pydantic import Field, Strict

from models.licences.add_ons import AddOn
from models.licences.charges_file import charges_csv
from models.people.callers import Caller, Permission
from portal.api.caller import At, needs
from portal.api.fields import WHOLE, Body, DryRun, Id, Name
from portal.api.licences.licence_resources import (
    BillingResource,
    ChargesResource,
    PriceChangeResource,
    PriceResource,
)
from portal.api.lists import ListOf, Pages
from portal.api.routing import router

routes = router("Prices and charges of licences")
Viewing = Annotated[Caller, needs(Permission.VIEW_LICENCES)]
Buying = Annotated[Caller, needs(Permission.BUY_LICENCES)]
Setting = Annotated[Caller, needs(Permission.MANAGE_ACCOUNTS)]
_CSV = "text/csv"
CycleDay = Annotated[int, Strict(), Field(ge=1, le=31), WHOLE]


class Format(StrEnum):
    """How charges are answered."""

    JSON = "json"
    CSV = "csv"


class PriceBody(Body):
    """A price of an add-on."""

    add_on: AddOn
    amount: Name = Field(description="A month, with at most two decimals.", examples=["10.00"])
    since: Name | None = Field(
        default=None,
        description="The day from which it applies, tomorrow if left out; the first price today.",
        examples=["2026-12-31"],
    )


class BillingBody(Body):
    """What changes of how the account is charged; what is left out stays."""

    cycle_day: CycleDay = Field(default_factory=int, description="The day on which billing cycles begin.")
    time_zone: Name = Field(default_factory=str, description="Whose days count.", examples=["Europe/Paris"])
    currency: Name = Field(default_factory=str, examples=["EUR"])


@routes.get(
    "/licence-charges",
    summary="List the charges of a month",
    response_model=ChargesResource,
    responses={200: {"content": {_CSV: {"schema": {"type": "string"}}}}},
)
async def list_charges(
    caller: Viewing,
    desks: At,
    month: Annotated[Name | None, Query(description="Such as `2026-11`; else the present one.")] = None,
    licence: Annotated[Id | None, Query(description="Only those of this licence: `LI-3`.")] = None,
    as_format: Annotated[
        Format, Query(alias="format", description="`csv`: a row for each charge, for accounting programs.")
    ] = Format.JSON,
) -> ChargesResource | Response:
    """All charges whose day lies in the month, and their sum. Days after today have none yet."""
    found = await desks.licences.charges(caller, None, month, licence)
    if as_format is Format.JSON:
        return ChargesResource.of(found)
    headers = {"Content-Disposition": f'attachment; filename="licence-charges-{found.month}.csv"'}
    return Response(charges_csv(found), headers=headers, media_type=_CSV)


@routes.get("/licence-prices", summary="List prices")
async def list_prices(
    caller: Viewing, desks: At, pages: Pages, add_on: AddOn | None = None
) -> ListOf[PriceResource]:
    """The prices of the account by add-on and day, past and coming ones too."""
    found = await desks.licences.prices(caller, add_on=add_on, limit=pages.limit, after=pages.after)
    return pages.of(found, PriceResource.of)


@routes.post("/licence-prices", summary="Set a price")
async def set_price(
    caller: Setting, desks: At, body: PriceBody, dry_run: DryRun = False
) -> PriceResource | PriceChangeResource:
    """It applies to the billing cycles that begin from its day on; what was charged before stays. Another
    price of the same day replaces the one before. Idempotent.

    A dry run answers with the prices before and after.
    """
    asked = (caller, None, body.add_on, body.amount, body.since)
    if dry_run:
        return PriceChangeResource.of(await desks.licences.check_price(*asked))
    return PriceResource.of(await desks.licences.set_price(*asked))


@routes.get("/licence-billing", summary="Show how the account is charged")
async def show_billing(caller: Viewing, desks: At) -> BillingResource:
    """The cycle day, time zone and currency of the account."""
    return BillingResource.of(await desks.licences.billing(caller))


@routes.patch("/licence-billing", summary="Set how the account is charged")
async def set_billing(caller: Buying, desks: At, body: BillingBody) -> BillingResource:
    """Before the first purchase, which fixes it. An owner sets cycle day and time zone; the currency is that
    of the prices, which only a platform key sets.
    """
    changes = body.model_dump(exclude_unset=True)
    return BillingResource.of(await desks.licences.set_billing(caller, None, **changes))
