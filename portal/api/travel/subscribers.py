"""Subscribers over HTTP (T13, T41)."""

from typing import Annotated

from fastapi import Query, Response
from pydantic import Field, Strict

from models.identifiers import reference
from models.language import Language
from models.people.callers import Caller, Permission
from models.travel.subscriber_file import MOST_BUNDLES
from models.travel.subscriber_views import SubscriberProfile, SubscriberView
from portal.api.caller import At, needs
from portal.api.fields import WHOLE, Body, Id, IdempotencyKey, Name, Resource, Text, one_of, required
from portal.api.lists import ListOf, Pages
from portal.api.made import say_made
from portal.api.routing import router
from portal.api.travel.line_resources import LineOfSubscriberResource, line_of_subscriber
from starter.travel.subscribers import REMOVABLE

routes = router("Subscribers")
Viewing = Annotated[Caller, needs(Permission.VIEW_TRAVEL)]
Managing = Annotated[Caller, needs(Permission.MANAGE_TRAVEL)]
Phone = Annotated[
    Name,
    Field(description="With `+` and the country code; of one subscriber. Its country is the home."),
]
Plan = Annotated[
    Name,
    Field(description="Their own plan at home; `Unlimited All` is `unlimited_all`.", examples=["basic"]),
]
Bundles = Annotated[
    int,
    Strict(),
    Field(ge=0, le=MOST_BUNDLES, description="Their unlimited bundles; each allows a complimentary eSIM."),
    WHOLE,
]


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


class NewSubscriberBody(Body):
    """A subscriber to add, with the fields of a row of the import."""

    name: Name
    phone_number: Phone
    plan: Plan
    email: Text | None = Field(default=None, description="Where QR codes and notices go.")
    bundles: Bundles = 0
    language: Name | None = Field(default=None, description=f"The account's if left out. {one_of(Language)}")


class SubscriberBody(Body):
    """What changes of a subscriber. What is left out stays; `email` and `language` are removed by null."""

    name: Name = Field(default_factory=str)
    phone_number: Phone = Field(default_factory=str)
    plan: Plan = Field(default_factory=str)
    email: Text | None = None
    bundles: Bundles = Field(default_factory=int)
    language: Name | None = Field(default=None, description=one_of(Language))


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
    return _details(await desks.subscribers.subscriber(caller, subscriber))


@routes.post(
    "/subscribers",
    summary="Add a subscriber",
    status_code=201,
    responses={200: {"model": SubscriberDetails, "description": "A repeat: the subscriber as they are now."}},
)
async def add_subscriber(
    caller: Managing,
    desks: At,
    body: NewSubscriberBody,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> SubscriberDetails:
    """Add a subscriber by the rules of the import, once per `Idempotency-Key`. A phone number that another
    subscriber has is refused; an e-mail address may be that of several.
    """
    given = body.model_dump(exclude={"phone_number"})
    key = required(idempotency_key)
    made = await desks.subscribers.add_subscriber(caller, None, phone=body.phone_number, **given, key=key)
    say_made(response, f"/subscribers/{reference('SB', made.id)}", replayed=made.replayed)
    return _details(made)


@routes.patch("/subscribers/{subscriber}", summary="Edit a subscriber")
async def edit_subscriber(
    caller: Managing, desks: At, subscriber: Id, body: SubscriberBody
) -> SubscriberDetails:
    """What is held for the e-mail address continues with a new one. QR codes of eSIMs that no phone has
    installed are revoked at the address before; those not sent, or with a valid link, go to the new one.
    """
    given = body.model_dump(exclude_unset=True)
    changes = {name: value for name, value in given.items() if value is not None}
    if "phone_number" in changes:
        changes["phone"] = changes.pop("phone_number")
    removed = [name for name in REMOVABLE if name in given and given[name] is None]
    return _details(await desks.subscribers.edit_subscriber(caller, subscriber, **changes, remove=removed))


def _details(found: SubscriberProfile) -> SubscriberDetails:
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
