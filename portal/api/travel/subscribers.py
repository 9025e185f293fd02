"""Subscribers over HTTP (T13, T41)."""

from typing import Annotated

from fastapi import Query
from pydantic import Field

from models.identifiers import reference
from models.people.callers import Caller, Permission
from models.travel.subscriber_views import SubscriberProfile, SubscriberView
from portal.api.caller import At, needs
from portal.api.fields import Id, Resource, Text
from portal.api.lists import ListOf, Pages
from portal.api.routing import router
from portal.api.travel.line_resources import LineOfSubscriberResource, line_of_subscriber

routes = router("Subscribers")
Viewing = Annotated[Caller, needs(Permission.VIEW_TRAVEL)]


class SubscriberResource(Resource):
    """A customer who gets travel eSIMs; subscribers are no users."""

    id: str = Field(examples=["SB-4"])
    name: str
    phone_number: str | None = Field(description="E.164. Its country is the subscriber's home.")
    email: str | None
    language: str = Field(description="The language of e-mails to them.")
    plan: str = Field(description="Their own plan at home.", examples=["unlimited_all"])
    bundles: int = Field(description="Their unlimited bundles; each allows one complimentary eSIM.")
    esim_line_count: int
    complimentary: int = Field(description="Complimentary eSIMs that they have or are being given.")
    complimentary_left: int | None = Field(description="How many more they may have. Null: any number.")


class SubscriberDetails(SubscriberResource):
    """A subscriber with their eSIM lines."""

    esim_lines: list[LineOfSubscriberResource]


@routes.get("/subscribers", summary="List subscribers")
async def list_subscribers(
    caller: Viewing,
    desks: At,
    pages: Pages,
    find: Annotated[
        Text | None,
        Query(
            description="The beginnings of words of the name, or of the e-mail address, or the last digits "
            "of the phone number (with `+`, the first)."
        ),
    ] = None,
) -> ListOf[SubscriberResource]:
    """The subscribers of the account, by name."""
    found = await desks.subscribers.subscribers(caller, find=find, limit=pages.limit, after=pages.after)
    return pages.of(found, lambda one: SubscriberResource(**_subscriber(one)))


@routes.get("/subscribers/{subscriber}", summary="Show a subscriber")
async def show_subscriber(caller: Viewing, desks: At, subscriber: Id) -> SubscriberDetails:
    """A subscriber (`SB-4`, phone number, e-mail address or full name) with eSIM lines and plans."""
    found: SubscriberProfile = await desks.subscribers.subscriber(caller, subscriber)
    lines = list(map(line_of_subscriber, found.esim_lines))
    return SubscriberDetails(**_subscriber(found), esim_lines=lines)


def _subscriber(one: SubscriberView) -> dict[str, object]:
    kept = {"name", "email", "language", "plan", "bundles", "complimentary"}
    return {
        **one.model_dump(include=kept),
        "id": reference("SB", one.id),
        "phone_number": one.msisdn,
        "esim_line_count": one.lines,
        "complimentary_left": one.complimentary_left,
    }
