"""Notifications of QR codes and mailed links over HTTP (A15)."""

from dataclasses import replace
from typing import Annotated

from fastapi import Query, Response

from models.codes.links import parse_link
from models.people.callers import Caller, Permission
from portal.api.caller import At, needs
from portal.api.codes.bodies import QrNotifyBody
from portal.api.codes.resources import QrLinkResource, QrNotificationResource, notification_resource
from portal.api.fields import Id, IdempotencyKey, required
from portal.api.lists import ListOf, Pages
from portal.api.made import say_made
from portal.api.routing import router
from starter.desks import Desks

routes = router("Notifications of QR codes")
Viewing = Annotated[Caller, needs(Permission.VIEW_INVENTORY)]
Notifying = Annotated[Caller, needs(Permission.NOTIFY_QR_CODES)]


@routes.post(
    "/sims/{sim}/qr-code/notify",
    summary="Notify a person of a QR code",
    status_code=201,
    responses={200: {"model": QrNotificationResource, "description": "A repeat."}},
)
async def notify_of_qr_code(
    caller: Notifying,
    desks: At,
    sim: Id,
    body: QrNotifyBody,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> QrNotificationResource:
    """Mail a link that shows the SIM's current code until the link expires."""
    sent = await desks.codes.notify(caller, sim, body.to, key=required(idempotency_key))
    say_made(response, f"/qr-notifications/{sent.id}", replayed=sent.replayed)
    return notification_resource(sent, caller)


@routes.get("/qr-notifications", summary="List notifications of QR codes")
async def list_qr_notifications(
    caller: Viewing,
    desks: At,
    pages: Pages,
    open_only: Annotated[
        bool, Query(alias="open", description="Those that are held, or could not be sent yet.")
    ] = False,
    held: Annotated[bool, Query(description="Those that wait for a person.")] = False,
    sim: Annotated[Id | None, Query(description="`S-12`, an ICCID or a phone number.")] = None,
) -> ListOf[QrNotificationResource]:
    """The notifications of the account, newest first."""
    found = await desks.code_book.notifications(
        caller, sim=sim, open_only=open_only, held=held, limit=pages.limit, after=pages.after
    )
    return pages.of(found, lambda notification: notification_resource(notification, caller))


@routes.get("/qr-notifications/{notification}", summary="Show a notification")
async def show_qr_notification(caller: Viewing, desks: At, notification: Id) -> QrNotificationResource:
    """One notification as it is now."""
    return notification_resource(await desks.code_book.notification(caller, notification), caller)


@routes.post("/qr-notifications/{notification}/revoke", summary="Revoke a notification")
async def revoke_qr_notification(caller: Notifying, desks: At, notification: Id) -> QrNotificationResource:
    """Its links show nothing any more. Idempotent."""
    return notification_resource(await desks.codes.revoke(caller, notification), caller)


@routes.post("/qr-notifications/{notification}/retry", summary="Retry a held notification", status_code=202)
async def retry_qr_notification(
    caller: Annotated[Caller, needs(Permission.RETRY_WORK)], desks: At, notification: Id
) -> QrNotificationResource:
    """Send the notification that is held. Refused (`not_held`) if it is not held."""
    known = await _as_it_is(desks, caller, notification)
    await desks.codes.retry(caller, known.id)
    return await _as_it_is(desks, caller, known.id)


@routes.post("/qr-links/{link}/revoke", summary="Revoke a link")
async def revoke_qr_link(caller: Notifying, desks: At, link: Id) -> QrLinkResource:
    """Revoke one mailed link, such as `link:7` of a SIM's history; its request or notification stays.
    Idempotent.
    """
    return QrLinkResource.of(await desks.codes.revoke_link(caller, parse_link(link)))


async def _as_it_is(desks: Desks, caller: Caller, notification: str) -> QrNotificationResource:
    """The answer to a change, also for a caller who may not look at notifications otherwise."""
    reader = replace(caller, permissions=caller.permissions | {Permission.VIEW_INVENTORY})
    return notification_resource(await desks.code_book.notification(reader, notification), caller)
