"""The stock of travel eSIMs over HTTP (T12, T26)."""

from datetime import date, datetime
from typing import Annotated

from fastapi import Path, Query
from pydantic import Field

from models.identifiers import reference
from models.people.callers import Caller, Permission
from models.travel.stock_views import StockEsim, StockProfile, StockState
from portal.api.caller import At, needs
from portal.api.fields import FREE_COUNTED_UP, Accepted, Body, DryRun, Id, Resource, id_or_none
from portal.api.lists import ListOf, Pages
from portal.api.routing import router
from portal.api.travel.shared import Number, ProfileNumber, StateOfStock

routes = router("Travel stock")
Viewing = Annotated[Caller, needs(Permission.VIEW_TRAVEL)]
Managing = Annotated[Caller, needs(Permission.MANAGE_TRAVEL)]
TheEsim = Annotated[Id, Path(description="`S-12`, or its ICCID.")]
OfProfile = Annotated[int | None, Query(description="Only of this IMSI profile.")]


class StockEsimResource(Resource):
    """An eSIM of the stock, and whom it is allocated to."""

    id: str = Field(examples=["S-12"])
    iccid: str
    profile: ProfileNumber
    provider: str
    ends_on: date | None = Field(description="The last day on which it can be handed out, in UTC.")
    state: StateOfStock
    order: str | None = Field(description="The order for which it is reserved, or that put it on its line.")
    esim_line: str | None
    subscriber: str | None
    revealed: bool = Field(description="Whether its code was sent or shown: it never goes back to stock.")
    imported_at: datetime

    @classmethod
    def of(cls, esim: StockEsim) -> "StockEsimResource":
        """The eSIM as it is answered."""
        kept = {"iccid", "profile", "provider", "ends_on", "state", "revealed", "imported_at"}
        return cls(
            **esim.model_dump(include=kept),
            id=reference("S", esim.sim_id),
            order=esim.order_id,
            esim_line=id_or_none("EL", esim.esim_line_id),
            subscriber=id_or_none("SB", esim.subscriber_id),
        )


class StockProfileResource(Resource):
    """The stock of one IMSI profile."""

    profile: ProfileNumber
    free: int = Field(
        description=f"What can be handed out{FREE_COUNTED_UP} A higher threshold is counted up to."
    )
    waiting: int = Field(description="Orders that wait for an eSIM of the profile.")
    threshold: int = Field(description="With fewer free eSIMs than this the staff is alerted; 0: never.")
    low_since: datetime | None = Field(description="Since when the alert is raised.")

    @classmethod
    def of(cls, profile: StockProfile) -> "StockProfileResource":
        """The profile as it is answered."""
        return cls(**profile.model_dump(exclude={"account"}))


class ThresholdBody(Body):
    """What is set of a profile."""

    threshold: Number = Field(examples=[20])


@routes.get("/travel-stock", summary="List the stock of travel eSIMs")
async def list_travel_stock(
    caller: Viewing, desks: At, pages: Pages, profile: OfProfile = None, state: StockState | None = None
) -> ListOf[StockEsimResource]:
    """The whole stock of the account, also what is on lines: by profile, those that end first first."""
    found = await desks.stock.esims(
        caller, profile=profile, state=state, limit=pages.limit, after=pages.after
    )
    return pages.of(found, StockEsimResource.of)


@routes.get("/travel-stock/{esim}", summary="Show an eSIM of the travel stock")
async def show_travel_stock(caller: Viewing, desks: At, esim: TheEsim) -> StockEsimResource:
    """One eSIM that is or was in stock, and whom it is allocated to."""
    return StockEsimResource.of(await desks.stock.esim(caller, esim))


@routes.post("/travel-stock/{esim}/discard", summary="Discard an eSIM of the travel stock")
async def discard_travel_stock(
    caller: Managing, desks: At, esim: TheEsim, dry_run: DryRun = False
) -> StockEsimResource | Accepted:
    """Discard an eSIM that lies in stock, such as one whose code was shown. It cannot be brought back.
    Idempotent.
    """
    if dry_run:
        await desks.stock.check_discard(caller, esim)
        return Accepted()
    await desks.stock.discard(caller, esim)
    return StockEsimResource.of(await desks.stock.esim(caller, esim))


@routes.get("/travel-profiles", summary="List the IMSI profiles of the stock")
async def list_travel_profiles(
    caller: Viewing, desks: At, pages: Pages, profile: OfProfile = None
) -> ListOf[StockProfileResource]:
    """The profiles with what is free, what waits, and the thresholds."""
    found = await desks.stock.profiles(caller, profile=profile, limit=pages.limit, after=pages.after)
    return pages.of(found, StockProfileResource.of)


@routes.patch("/travel-profiles/{profile}", summary="Set the threshold of an IMSI profile")
async def set_travel_threshold(
    caller: Managing, desks: At, profile: int, body: ThresholdBody
) -> StockProfileResource:
    """Alert the staff, once, when fewer eSIMs of the profile than this are free. Idempotent."""
    seen = await desks.stock.set_threshold(caller, None, profile, body.threshold)
    return StockProfileResource.of(seen)
