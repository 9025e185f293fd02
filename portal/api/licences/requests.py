"""Requests for licences over HTTP: an administrator asks, every owner is notified once (L37)."""

from datetime import datetime
from typing import Annotated

from fastapi import Query, Response
from pydantic import Field

from models.identifiers import named
from models.language import Language
from models.licences.add_ons import AddOn
from models.licences.licence_views import LicenceRequestView
from models.people.callers import Caller, Permission
from portal.api.caller import At, needs
from portal.api.fields import Body, Id, IdempotencyKey, Resource, Text, id_or_none, required
from portal.api.licences.shared import AddOnName, Quantity
from portal.api.lists import ListOf, Pages
from portal.api.made import say_made
from portal.api.routing import router
from portal.api.waiting import HoldResource, NotSentResource, holds_of, not_sent_of

routes = router("Requests for licences")
Viewing = Annotated[Caller, needs(Permission.VIEW_LICENCES)]


class LicenceRequestResource(Resource):
    """A request for licences."""

    id: str = Field(examples=["licence-request-abcdefghijklmnop"])
    add_on: AddOnName
    quantity: int
    note: str | None
    requested_by: str = Field(examples=["U-3"])
    requested_at: datetime
    notified_at: datetime | None = Field(description="When all owners had been notified.")
    purchase: str | None = Field(description="The purchase that answered it: `LP-5`.")
    held: bool
    holds: list[HoldResource] = Field(description="Why the owners cannot be notified.")
    not_sent: list[NotSentResource]

    @classmethod
    def of(cls, request: LicenceRequestView, caller: Caller) -> "LicenceRequestResource":
        """The request as this caller sees it."""
        language = Language(caller.language)
        return cls(
            **request.model_dump(include={"id", "add_on", "quantity", "note", "notified_at"}),
            requested_by=named(request.requested_by),
            requested_at=request.at,
            purchase=id_or_none("LP", request.purchase_id),
            held=bool(request.holds),
            holds=holds_of(request.holds, language),
            not_sent=not_sent_of(request.not_sent, language),
        )


class LicenceRequestBody(Body):
    """What is requested."""

    add_on: AddOn
    quantity: Quantity
    note: Text | None = Field(default=None, description="For the owners.")


@routes.get("/licence-requests", summary="List requests for licences")
async def list_licence_requests(
    caller: Viewing,
    desks: At,
    pages: Pages,
    open_only: Annotated[
        bool, Query(alias="open", description="Only those that no purchase has answered.")
    ] = False,
    held: Annotated[bool, Query(description="Only those of which the owners cannot be notified.")] = False,
) -> ListOf[LicenceRequestResource]:
    """The requests of the account, the oldest first."""
    found = await desks.licence_requests.requests(
        caller, open_only=open_only, held=held, limit=pages.limit, after=pages.after
    )
    return pages.of(found, lambda request: LicenceRequestResource.of(request, caller))


@routes.post("/licence-requests", summary="Request licences", status_code=201)
async def request_licences(
    caller: Annotated[Caller, needs(Permission.ASSIGN_LICENCES)],
    desks: At,
    body: LicenceRequestBody,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> LicenceRequestResource:
    """Every owner of the account is notified once. A purchase answers the request."""
    made = await desks.licence_requests.request(
        caller, None, body.add_on, body.quantity, body.note, key=required(idempotency_key)
    )
    say_made(response, f"/licence-requests/{made.id}", replayed=made.replayed)
    return LicenceRequestResource.of(made, caller)


@routes.get("/licence-requests/{request}", summary="Show a request for licences")
async def show_licence_request(caller: Viewing, desks: At, request: Id) -> LicenceRequestResource:
    """One request as it is now."""
    return LicenceRequestResource.of(await desks.licence_requests.find(caller, request), caller)
