"""Notifies a person that an eSIM's QR code has arrived, and revokes that (F37, F38, F65)."""

import uuid
from typing import Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from models.people.callers import Permission
from portal.auth.signed_in import SignedIn
from portal.pages.codes.section import manager
from portal.pages.forms import Asking, FormModel, Sent, read_form, unsent
from portal.pages.routes import form, page

_FIELDS = {"email_invalid": "to", "no_manager": "to"}


class NoticeForm(FormModel):
    """The recipient. `key`: the same key is the same notification, sent once."""

    to: str = Field(min_length=1)
    key: str = ""


async def show(request: Request, who: SignedIn) -> Response:
    """The window, with the manager's address."""
    sim = request.path_params["sim"]
    return await _window(request, who, unsent(to=await manager(who, sim), key=uuid.uuid4().hex))


async def notify(request: Request, who: SignedIn) -> Response:
    """Send the notification."""
    sim = request.path_params["sim"]
    sent = await read_form(request, NoticeForm, who.language)
    with Asking(sent, who.language, _FIELDS) as asking:
        if sent.model is not None:
            to, key = sent.model.to, sent.model.key or None
            made = await who.desks.codes.notify(who.caller, sim, to, key=key)
            return who.done(f"/sims/S-{made.sim_id}/qr", "qr_notified", to=made.address)
    return await _window(request, who, asking.form, asking.status)


async def _window(request: Request, who: SignedIn, sent: Sent[Any], status: int = 200) -> Response:
    detail = await who.desks.inventory.sim(who.caller, request.path_params["sim"])
    return who.page(request, "codes/notify", status, detail=detail, form=sent)


async def ask_revoke(request: Request, who: SignedIn) -> Response:
    """What revoking a notification does; it cannot be undone."""
    found = await who.desks.code_book.notification(who.caller, request.path_params["notification"])
    return who.page(request, "codes/revoke", notification=found)


async def revoke(request: Request, who: SignedIn) -> Response:
    """Revoke a notification: its link shows nothing any more."""
    found = await who.desks.codes.revoke(who.caller, request.path_params["notification"])
    return who.done(f"/sims/S-{found.sim_id}/qr", "qr_revoked")


routes = [
    page("/sims/{sim}/qr/notify", show, needs=Permission.NOTIFY_QR_CODES),
    form("/sims/{sim}/qr/notify", notify, needs=Permission.NOTIFY_QR_CODES),
    page("/qr/notifications/{notification}/revoke", ask_revoke, needs=Permission.NOTIFY_QR_CODES),
    form("/qr/notifications/{notification}/revoke", revoke, needs=Permission.NOTIFY_QR_CODES),
]
