"""`/sims/{sim}/qr-request`: the e-mail that requests a QR code, as it will be sent (F25 to F31)."""

import re
import uuid
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from models.codes.requests import EmailPreview
from models.errors import Refused
from models.people.callers import Permission
from portal.auth.signed_in import SignedIn
from portal.http.answers import reasons_of
from portal.pages.forms import Asking, FormModel, Sent, read_form, unsent
from portal.pages.routes import form, page
from starter.codes.drafts import QrRequestDraft

_FIELDS = {
    **dict.fromkeys(("email_invalid", "too_many_cc"), "cc"),
    **dict.fromkeys(("subject_not_one_line", "subject_empty", "subject_too_long"), "subject"),
    **dict.fromkeys(("text_empty", "text_too_long", "text_not_storable"), "text"),
    **dict.fromkeys(("no_recipient", "recipient_lacks_role", "recipient_not_eligible"), "contacts"),
    "unknown_contact": "contacts",
}
_BETWEEN = re.compile(r"[\s,;]+")


class RequestForm(FormModel):
    """The e-mail. `key`: the same key is the same request; `again`: the open request is sent again."""

    contacts: tuple[str, ...] = ()
    cc: str = ""
    subject: str
    text: str
    key: str = ""
    again: str = ""

    def draft(self, sim: str) -> QrRequestDraft:
        """The request as the desk is asked for it."""
        copied = tuple(address for address in _BETWEEN.split(self.cc) if address)
        known = self.model_dump(include={"contacts", "subject", "text"})
        return QrRequestDraft(**known, sim=sim, cc=copied, key=self.key or None, again=bool(self.again))


async def show(request: Request, who: SignedIn) -> Response:
    """The window, or why no code can be requested for this SIM."""
    return await _window(request, who, None)


async def send(request: Request, who: SignedIn) -> Response:
    """Send the request, or the open one again."""
    sim = request.path_params["sim"]
    sent = await read_form(request, RequestForm, who.language)
    with Asking(sent, who.language, _FIELDS) as asking:
        if sent.model is not None:
            made = await who.desks.codes.request(who.caller, sent.model.draft(sim))
            return who.done(f"/sims/{sim}/qr", "qr_requested" if made.round == 1 else "qr_sent_again")
    form = replace(asking.form, values={"contacts": (), **sent.values})
    return await _window(request, who, form, asking.status)


async def _window(request: Request, who: SignedIn, sent: Sent[Any] | None, status: int = 200) -> Response:
    sim = request.path_params["sim"]
    detail = await who.desks.inventory.sim(who.caller, sim)
    try:
        preview = await who.desks.codes.preview(who.caller, QrRequestDraft(sim=sim, again=True))
    except Refused as refused:
        reasons = reasons_of(refused, who.language)
        return who.page(request, "codes/refused", refused.refusals[0].status, detail=detail, reasons=reasons)
    return who.page(
        request, "codes/request", status, detail=detail, preview=preview, form=sent or _first(preview)
    )


def _first(preview: EmailPreview) -> Sent[Any]:
    """The form as it is pre-filled (F27, F30)."""
    everybody = tuple(f"C-{contact.id}" for contact in preview.recipients)
    return unsent(contacts=everybody, subject=preview.subject, text=preview.text, key=uuid.uuid4().hex)


async def ask_withdraw(request: Request, who: SignedIn) -> Response:
    """What withdrawing a request does; it cannot be undone."""
    found = await who.desks.code_book.request(who.caller, request.path_params["request"])
    return who.page(request, "codes/withdraw", asked=found)


async def withdraw(request: Request, who: SignedIn) -> Response:
    """Withdraw a request: its upload links stop working."""
    state = await who.desks.codes.withdraw(who.caller, request.path_params["request"])
    return who.done(f"/sims/S-{state.sim_id}/qr", "qr_withdrawn")


routes = [
    page("/sims/{sim}/qr-request", show, needs=Permission.REQUEST_QR_CODES),
    form("/sims/{sim}/qr-request", send, needs=Permission.REQUEST_QR_CODES),
    page("/qr/requests/{request}/withdraw", ask_withdraw, needs=Permission.REQUEST_QR_CODES),
    form("/qr/requests/{request}/withdraw", withdraw, needs=Permission.REQUEST_QR_CODES),
]
