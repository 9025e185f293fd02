"""Assign a licence to a number, replace its eSIM, send its agent the e-mail again (L7, L12, L29 to L31)."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from models.errors import Refused
from models.identifiers import reference
from models.licences.licence_views import LicenceStatus, LicenceView
from models.licences.numbers import ReplaceReason
from models.licences.offers import phone_known, why_not_assign, why_not_replace
from models.licences.plan_views import AddOnOffer
from models.licences.rules import shown_agent
from models.licences.views import NumberView
from models.paging import LARGEST_PAGE
from models.people.callers import Permission
from portal.auth.signed_in import SignedIn
from portal.pages.forms import Asking, FormModel, Sent, read_form, unsent
from portal.pages.licences.changes import KeyForm
from portal.pages.licences.number import agent_of, number_of, path_of
from portal.pages.licences.words import said
from portal.pages.routes import form, page
from starter.licences.assignments import AssignDraft, ReplaceDraft
from wording.pages import page_texts
from wording.refusals import sentences

_FIELDS = {
    **dict.fromkeys(("no_free_licence", "unknown_add_on", "licence_not_chosen"), "add_on"),
    **dict.fromkeys(("licence_in_use", "licence_over", "unknown_licence"), "licence"),
    "phone_unconfirmed": "phone",
    "unknown_replace_reason": "reason",
}


class AssignForm(FormModel):
    """Any free licence of an add-on, or a certain one; that the agent's phone supports eSIM."""

    add_on: str = Field(default="", max_length=50)
    licence: str = Field(default="", max_length=50)
    phone: str = ""
    key: str = Field(default="", max_length=100)
    agent_shown: str = Field(default="", max_length=30)
    """Whose phone it is about, on the page that confirms."""

    def draft(self, number: str) -> AssignDraft:
        """The order as the desk takes it: a certain licence is chosen before any of the add-on."""
        licence = self.licence.strip() or None
        return AssignDraft(
            number=number,
            licence=licence,
            add_on=None if licence else self.add_on or None,
            phone_confirmed=self.phone == "yes",
            key=self.key or None,
            shown=self.agent_shown or None,
        )


class ReplaceForm(KeyForm):
    """Why the eSIM is replaced."""

    reason: str = Field(default="", max_length=20)
    phone: str = ""


async def ask(request: Request, who: SignedIn) -> Response:
    """Choose the licence."""
    asked = {name: [value] for name, value in request.query_params.items()}
    sent = await read_form(request, AssignForm, who.language, asked)
    return await _choose(request, who, Sent(sent.values, sent.model))


async def check(request: Request, who: SignedIn) -> Response:
    """Say what the chosen licence will do, and ask to confirm; or choose again."""
    asked = {name: [value] for name, value in request.query_params.items()}
    sent = await read_form(request, AssignForm, who.language, asked)
    name = number_of(request)
    number = await who.desks.numbers.number(who.caller, name, history=False)
    with Asking(sent, who.language, _FIELDS) as asking:
        if sent.model is not None:
            what = await who.desks.assignments.check_assign(who.caller, sent.model.draft(name))
            licence = await who.desks.licences.licence(who.caller, reference("LI", what.licence_id))
            return await _confirm(request, who, number, sent, licence)
    return await _choose(request, who, asking.form, asking.status)


async def assign(request: Request, who: SignedIn) -> Response:
    """Place the order: once per form."""
    name = number_of(request)
    number = await who.desks.numbers.number(who.caller, name, history=False)
    sent = await read_form(request, AssignForm, who.language)
    with Asking(sent, who.language, _FIELDS) as asking:
        if sent.model is not None:
            placed = await who.desks.assignments.assign(who.caller, sent.model.draft(name))
            return who.done(path_of(number, "/integrations"), "number_assigned", order=placed.order_id)
    return await _choose(request, who, asking.form, asking.status)


async def _confirm(
    request: Request, who: SignedIn, number: NumberView, sent: Sent[AssignForm], licence: LicenceView
) -> Response:
    fields = {name: str(value) for name, value in sent.values.items() if name not in ("key", "agent_shown")}
    return who.page(
        request,
        "licences/assign_confirm",
        number=number,
        path=path_of(number),
        agent=await agent_of(who, number),
        licence=licence,
        certain=bool(sent.values.get("licence")),
        chosen=fields | {"key": uuid.uuid4().hex, "agent_shown": shown_agent(number.agent_id)},
        back=request.url.query,
        **said(who),
    )


async def _choose(request: Request, who: SignedIn, sent: Sent[Any], status: int = 200) -> Response:
    number = await who.desks.numbers.number(who.caller, number_of(request), history=False)
    agent = await agent_of(who, number)
    plan, why_not = await who.desks.licence_plan.plan(who.caller), why_not_assign(number, agent)
    bought = [each for each in plan.add_ons if each.bought]
    free = [each.add_on.value for each in bought if each.free + each.given_back]
    return who.page(
        request,
        "licences/assign",
        status,
        number=number,
        path=path_of(number),
        agent=agent,
        form=sent,
        bought=bought,
        first=free[0] if len(free) == 1 else "",
        certain=await _free_licences(who, bought),
        phone_known=phone_known(agent),
        why_not=sentences(Refused(*why_not), who.language) if why_not else [],
        **said(who),
    )


async def _free_licences(who: SignedIn, bought: Sequence[AddOnOffer]) -> Sequence[LicenceView]:
    """Licences to choose from, first those that were given back and are usable for a while."""
    desk, found = who.desks.licences, list[LicenceView]()
    there = {
        LicenceStatus.GIVEN_BACK: any(each.given_back for each in bought),
        LicenceStatus.FREE: any(each.free for each in bought),
    }
    for status in (status for status, some in there.items() if some):
        found += await desk.licences(who.caller, status=status.value, limit=LARGEST_PAGE)
    return found[:LARGEST_PAGE]


async def ask_replace(request: Request, who: SignedIn) -> Response:
    """Choose why, and confirm."""
    return await _replace(request, who, unsent(key=uuid.uuid4().hex))


async def replace_esim(request: Request, who: SignedIn) -> Response:
    """Order a new eSIM; of a lost or stolen phone the old one is stopped first (L30)."""
    sent = await read_form(request, ReplaceForm, who.language)
    if sent.model is not None and sent.model.confirmed != "yes":
        tick = page_texts(who.language)["order_step"]["tick"]
        sent = replace(sent, model=None, errors={"confirmed": [tick]})
    name = number_of(request)
    number = await who.desks.numbers.number(who.caller, name, history=False)
    with Asking(sent, who.language, _FIELDS) as asking:
        if (given := sent.model) is not None:
            draft = ReplaceDraft(
                number=name,
                reason=given.reason,
                phone_confirmed=given.phone == "yes",
                key=given.key or None,
                shown=given.agent_shown or None,
            )
            placed = await who.desks.assignments.replace(who.caller, draft)
            said = "number_replaced" if given.reason == ReplaceReason.NEW_PHONE else "number_stopped"
            return who.done(path_of(number, "/integrations"), said, order=placed.order_id)
    return await _replace(request, who, asking.form, asking.status)


async def _replace(request: Request, who: SignedIn, sent: Sent[Any], status: int = 200) -> Response:
    number = await who.desks.numbers.number(who.caller, number_of(request), history=False)
    agent = await agent_of(who, number)
    reasons = [reason for reason in ReplaceReason if not why_not_replace(number, agent, reason)]
    why_not = why_not_replace(number, agent, ReplaceReason.LOST)
    return who.page(
        request,
        "licences/replace",
        status,
        number=number,
        path=path_of(number),
        agent=agent,
        form=sent,
        agent_shown=shown_agent(number.agent_id),
        reasons=reasons,
        phone_known=phone_known(agent),
        why_not=sentences(Refused(*why_not), who.language) if why_not and not reasons else [],
    )


async def ask_resend(request: Request, who: SignedIn) -> Response:
    """Say to which address the e-mail goes, and that earlier links end."""
    return await _resend(request, who, unsent(key=uuid.uuid4().hex))


async def resend(request: Request, who: SignedIn) -> Response:
    """Send the agent's e-mail again: once per form (L31)."""
    sent = await read_form(request, KeyForm, who.language)
    name = number_of(request)
    with Asking(sent, who.language) as asking:
        if (given := sent.model) is not None:
            notified = await who.desks.assignments.resend(who.caller, name, key=given.key or None)
            return who.done(f"/numbers/{name}/integrations", "number_resent", to=notified.address)
    return await _resend(request, who, asking.form, asking.status)


async def _resend(request: Request, who: SignedIn, sent: Sent[Any], status: int = 200) -> Response:
    number = await who.desks.numbers.number(who.caller, number_of(request), history=False)
    return who.page(
        request,
        "licences/resend",
        status,
        number=number,
        path=path_of(number),
        agent=await agent_of(who, number),
        form=sent,
    )


_ASSIGN = Permission.ASSIGN_LICENCES
routes = [
    page("/numbers/{number}/assign", ask, needs=_ASSIGN),
    page("/numbers/{number}/assign/confirm", check, needs=_ASSIGN),
    form("/numbers/{number}/assign", assign, needs=_ASSIGN),
    page("/numbers/{number}/replace", ask_replace, needs=_ASSIGN),
    form("/numbers/{number}/replace", replace_esim, needs=_ASSIGN),
    page("/numbers/{number}/resend", ask_resend, needs=_ASSIGN),
    form("/numbers/{number}/resend", resend, needs=_ASSIGN),
]
