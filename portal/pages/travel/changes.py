"""What staff do with an eSIM line: suspend and resume it (T33), send an e-mail again (T43), replace the eSIM
(T34), revoke a queued plan (T32). Each has a page of its own that says what will happen.
"""

import uuid
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from models.errors import NotFound
from models.identifiers import parse_reference, reference
from models.orders.notes import LONGEST_COMMENT
from models.people.callers import Permission
from models.travel.line_views import EsimLineDetails
from models.travel.profiles import EsimReason
from models.travel.sending import SentAgain
from models.travel.subscriber_views import PlanOnLine
from portal.auth.signed_in import SignedIn
from portal.pages.forms import Asking, FormModel, Sent, read_form, unsent
from portal.pages.routes import form, page
from portal.pages.travel.lines import line_of, path_of, subscriber_of
from portal.pages.travel.words import Said
from starter.keys import LONGEST_KEY
from starter.travel.line_orders import ReplaceEsimDraft
from wording.pages import page_texts

_REASON = {"suspension_without_reason": "reason", "note_invalid": "reason"}


class SuspendForm(FormModel):
    """Why the line is suspended."""

    reason: str = Field(min_length=1, max_length=LONGEST_COMMENT)


class ResumeForm(FormModel):
    """Why the line is resumed, if that is to be recorded."""

    reason: str = Field(default="", max_length=LONGEST_COMMENT)


class ResendForm(FormModel):
    """Which e-mail, or the order of a plan that is confirmed again. `key`: the same key is the same e-mail,
    sent once.
    """

    email: str = Field(min_length=1, max_length=60)
    key: str = Field(min_length=1, max_length=100)


class ReplaceForm(FormModel):
    """Why the eSIM is replaced, and the confirmation that the old one is dead then."""

    reason: EsimReason
    key: str = Field(min_length=1, max_length=LONGEST_KEY)
    confirmed: str = ""


class RevokeForm(FormModel):
    """A button."""


async def ask_suspend(request: Request, who: SignedIn) -> Response:
    """The form of a suspension."""
    return await _page(request, who, "suspend", unsent())


async def suspend(request: Request, who: SignedIn) -> Response:
    """Suspend the line; the clocks of its plans go on."""
    line, sent = await line_of(request, who), await read_form(request, SuspendForm, who.language)
    with Asking(sent, who.language, _REASON) as asking:
        if sent.model is not None:
            reason = sent.model.reason.replace("\r\n", "\n")
            await who.desks.line_changes.suspend(who.caller, reference("EL", line.id), reason)
            return who.done(path_of(line), "travel_suspended")
    return await _page(request, who, "suspend", asking.form, asking.status)


async def ask_resume(request: Request, who: SignedIn) -> Response:
    """The form that resumes a line."""
    return await _page(request, who, "resume", unsent())


async def resume(request: Request, who: SignedIn) -> Response:
    """Resume the line."""
    line, sent = await line_of(request, who), await read_form(request, ResumeForm, who.language)
    with Asking(sent, who.language, _REASON) as asking:
        if sent.model is not None:
            reason = sent.model.reason.replace("\r\n", "\n")
            await who.desks.line_changes.resume(who.caller, reference("EL", line.id), reason)
            return who.done(path_of(line), "travel_resumed")
    return await _page(request, who, "resume", asking.form, asking.status)


async def ask_resend(request: Request, who: SignedIn) -> Response:
    """The choice of the e-mail."""
    return await _page(request, who, "resend", unsent(email=SentAgain.QR_CODE.value, key=uuid.uuid4().hex))


async def resend(request: Request, who: SignedIn) -> Response:
    """Send the QR code or the confirmation again, to the present address."""
    line, sent = await line_of(request, who), await read_form(request, ResendForm, who.language)
    with Asking(sent, who.language, {"unknown_order": "email"}) as asking:
        if (given := sent.model) is not None:
            code = given.email == SentAgain.QR_CODE
            of_order = given.email if given.email not in set(SentAgain) else None
            what = SentAgain.QR_CODE if code else SentAgain.CONFIRMATION
            name, key = reference("EL", line.id), f"{given.key} {given.email}"
            await who.desks.sending.resend(who.caller, name, what, order=of_order, key=key)
            return who.done(path_of(line), f"travel_resent_{what}")
    return await _page(request, who, "resend", asking.form, asking.status)


async def ask_replace(request: Request, who: SignedIn) -> Response:
    """What a replacement does, and whether it is meant."""
    return await _replacing(request, who, unsent(key=uuid.uuid4().hex))


async def replace_esim(request: Request, who: SignedIn) -> Response:
    """Order another eSIM for the line; again with the same key: the same order."""
    line, sent = await line_of(request, who), await read_form(request, ReplaceForm, who.language)
    if sent.model is not None and sent.model.confirmed != "yes":
        said = page_texts(who.language)["order_step"]["tick"]
        sent = replace(sent, model=None, errors={"confirmed": [said]})
    with Asking(sent, who.language) as asking:
        if (given := sent.model) is not None:
            draft = ReplaceEsimDraft(line=reference("EL", line.id), reason=given.reason, key=given.key)
            placed = await who.desks.line_orders.replace(who.caller, draft)
            return who.done(f"/travel/orders/{placed.order_id}/placed")
    return await _replacing(request, who, asking.form, asking.status)


async def ask_revoke(request: Request, who: SignedIn) -> Response:
    """What revoking a plan does; it cannot be undone."""
    line = await line_of(request, who)
    return _revoking(request, who, _Revoking(line, _plan_of(request, line)))


async def revoke(request: Request, who: SignedIn) -> Response:
    """Revoke a queued plan; where a connection has just started it, say so."""
    line, sent = await line_of(request, who), await read_form(request, RevokeForm, who.language)
    plan = _plan_of(request, line)
    with Asking(sent, who.language) as asking:
        if sent.model is not None:
            await who.desks.line_changes.revoke(who.caller, reference("PA", plan.id))
            return who.done(path_of(line), "travel_revoked", plan=plan.plan)
    return _revoking(request, who, _Revoking(line, plan, asking.form, asking.status))


def _plan_of(request: Request, line: EsimLineDetails) -> PlanOnLine:
    """The plan in the path. Raises `NotFound` where it is not on the line."""
    number = parse_reference("PA", request.path_params["plan"])
    found = next((plan for plan in line.plans if plan.id == number), None)
    if found is None:
        raise NotFound.because("unknown_plan_on_line")
    return found


@dataclass(frozen=True)
class _Revoking:
    """The page that asks whether a plan is to be revoked."""

    line: EsimLineDetails
    plan: PlanOnLine
    form: Sent[Any] = field(default_factory=unsent)
    status: int = 200


def _revoking(request: Request, who: SignedIn, asked: _Revoking) -> Response:
    facts = {"line": asked.line, "path": path_of(asked.line), "plan": asked.plan, "form": asked.form}
    return who.page(request, "travel/revoke", asked.status, say=Said(who.language), **facts)


async def _replacing(request: Request, who: SignedIn, sent: Sent[Any], status: int = 200) -> Response:
    """The form, or why the eSIM cannot be replaced now."""
    line, preview = await line_of(request, who), None
    draft = ReplaceEsimDraft(line=reference("EL", line.id), reason=EsimReason.NEW_PHONE)
    with Asking(unsent(), who.language) as asking:
        preview = await who.desks.line_orders.preview_replace(who.caller, draft)
    return who.page(
        request,
        "travel/replace",
        status,
        line=line,
        path=path_of(line),
        form=sent,
        preview=preview,
        why_not=[said for _, said in asking.form.summary],
        reasons=[reason.value for reason in EsimReason],
        say=Said(who.language),
    )


async def _page(request: Request, who: SignedIn, name: str, sent: Sent[Any], status: int = 200) -> Response:
    line = await line_of(request, who)
    facts = {"line": line, "path": path_of(line), "form": sent, "emails": list(SentAgain)}
    if name == "resend":
        facts["subscriber"] = await subscriber_of(who, line)
    return who.page(request, f"travel/{name}", status, **facts)


_LINE = "/travel/lines/{line}"
_SELLS = Permission.SELL_TRAVEL
routes = [
    page(f"{_LINE}/suspend", ask_suspend, needs=_SELLS),
    form(f"{_LINE}/suspend", suspend, needs=_SELLS),
    page(f"{_LINE}/resume", ask_resume, needs=_SELLS),
    form(f"{_LINE}/resume", resume, needs=_SELLS),
    page(f"{_LINE}/resend", ask_resend, needs=_SELLS),
    form(f"{_LINE}/resend", resend, needs=_SELLS),
    page(f"{_LINE}/replace", ask_replace, needs=_SELLS),
    form(f"{_LINE}/replace", replace_esim, needs=_SELLS),
    page(f"{_LINE}/plans/{{plan}}/revoke", ask_revoke, needs=_SELLS),
    form(f"{_LINE}/plans/{{plan}}/revoke", revoke, needs=_SELLS),
]
