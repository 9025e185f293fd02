"""Requests for QR codes over HTTP (A15)."""

from dataclasses import replace
from typing import Annotated

from fastapi import Query, Response

from models.codes.requests import RequestStatus
from models.people.callers import Caller, Permission
from portal.api.caller import At, needs
from portal.api.codes.bodies import QrRequestBody, QrRequestEmailBody
from portal.api.codes.previews import QrRequestPreviewResource
from portal.api.codes.resources import QrRequestResource, request_resource
from portal.api.fields import DryRun, Id, IdempotencyKey, required
from portal.api.lists import ListOf, Pages
from portal.api.made import say_made, say_replayed
from portal.api.routing import router
from starter.desks import Desks

routes = router("Requests for QR codes")
Viewing = Annotated[Caller, needs(Permission.VIEW_INVENTORY)]
Requesting = Annotated[Caller, needs(Permission.REQUEST_QR_CODES)]


@routes.post("/qr-requests/preview", summary="Preview the e-mail of a request")
async def preview_qr_request(caller: Requesting, desks: At, body: QrRequestBody) -> QrRequestPreviewResource:
    """The e-mail and its recipients, or every reason why it cannot be sent; nothing is stored or sent.

    An open request does not prevent the preview: `open_request` names it, and it can be sent again.
    """
    return QrRequestPreviewResource.of(await desks.codes.preview(caller, body.request(again=True)))


@routes.post(
    "/qr-requests",
    summary="Request a QR code",
    status_code=201,
    responses={
        200: {"model": QrRequestResource | QrRequestPreviewResource, "description": "A repeat, or a dry run."}
    },
)
async def make_qr_request(
    caller: Requesting,
    desks: At,
    body: QrRequestBody,
    response: Response,
    idempotency_key: IdempotencyKey = None,
    dry_run: DryRun = False,
) -> QrRequestResource | QrRequestPreviewResource:
    """Request the code of an eSIM from its distributor's contacts by e-mail, with a link to upload it.

    One request of a SIM is open at a time: a second one is refused (`open_qr_request`). A dry run answers the
    preview.
    """
    if dry_run:
        response.status_code = 200
        return QrRequestPreviewResource.of(await desks.codes.preview(caller, body.request()))
    made = await desks.codes.request(caller, body.request(required(idempotency_key)))
    say_made(response, f"/qr-requests/{made.request_id}", replayed=made.replayed)
    return await _as_it_is(desks, caller, made.request_id)


@routes.get("/qr-requests", summary="List requests for QR codes")
async def list_qr_requests(
    caller: Viewing,
    desks: At,
    pages: Pages,
    status: RequestStatus | None = None,
    open_only: Annotated[bool, Query(alias="open", description="Those that have not ended.")] = False,
    held: Annotated[bool, Query(description="Those that wait for a person.")] = False,
    sim: Annotated[Id | None, Query(description="`S-12`, an ICCID or a phone number.")] = None,
) -> ListOf[QrRequestResource]:
    """The requests of the account, newest first."""
    found = await desks.code_book.requests(
        caller,
        sim=sim,
        status=status,
        open_only=open_only,
        held=held,
        limit=pages.limit,
        after=pages.after,
    )
    return pages.of(found, lambda request: request_resource(request, caller))


@routes.get("/qr-requests/{request}", summary="Show a request for a QR code")
async def show_qr_request(caller: Viewing, desks: At, request: Id) -> QrRequestResource:
    """One request as it is now."""
    return request_resource(await desks.code_book.request(caller, request), caller)


@routes.post("/qr-requests/{request}/send-again", summary="Send a request again")
async def send_qr_request_again(
    caller: Requesting,
    desks: At,
    request: Id,
    body: QrRequestEmailBody,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> QrRequestResource:
    """Send an open request again, once per key; earlier upload links stay valid."""
    email = body.email(required(idempotency_key))
    sent = await desks.codes.send_again(caller, request, email)
    say_replayed(response, replayed=sent.replayed)
    return await _as_it_is(desks, caller, sent.request_id)


@routes.post("/qr-requests/{request}/withdraw", summary="Withdraw a request")
async def withdraw_qr_request(caller: Requesting, desks: At, request: Id) -> QrRequestResource:
    """The code is not needed any more: the upload links stop working. Idempotent."""
    state = await desks.codes.withdraw(caller, request)
    return await _as_it_is(desks, caller, state.request_id)


@routes.post("/qr-requests/{request}/retry", summary="Retry a held request", status_code=202)
async def retry_qr_request(
    caller: Annotated[Caller, needs(Permission.RETRY_WORK)], desks: At, request: Id
) -> QrRequestResource:
    """Resume the request at the step that it is held for. Refused (`not_held`) if it is not held."""
    known = await _as_it_is(desks, caller, request)
    await desks.codes.retry(caller, known.id)
    return await _as_it_is(desks, caller, known.id)


async def _as_it_is(desks: Desks, caller: Caller, request: str) -> QrRequestResource:
    """The answer to a change, also for a caller who may not look at requests otherwise."""
    reader = replace(caller, permissions=caller.permissions | {Permission.VIEW_INVENTORY})
    return request_resource(await desks.code_book.request(reader, request), caller)
