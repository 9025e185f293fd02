"""Buy licences, and give several back: the owner's, with what it costs said before (L2, L3, L32 to L34)."""

import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from models.licences.add_ons import AddOn
from models.licences.entered import MOST_LICENCES
from models.people.callers import Permission
from portal.auth.signed_in import SignedIn
from portal.pages.forms import Asking, FormModel, Sent, read_form, unsent
from portal.pages.licences.words import said
from portal.pages.routes import form, page

_FIELDS = {
    **dict.fromkeys(("unknown_add_on", "no_price"), "add_on"),
    **dict.fromkeys(("licences_invalid", "too_few_licences"), "quantity"),
}


class QuantityForm(FormModel):
    """How many licences of which add-on. `key`: the same form is the same purchase."""

    add_on: AddOn
    quantity: int = Field(ge=1, le=MOST_LICENCES)
    key: str = Field(default="", max_length=100)


class BuyForm(QuantityForm):
    """The confirmation. `shown`: what it said the purchase costs."""

    shown: str = Field(default="", max_length=200)


async def ask(request: Request, who: SignedIn) -> Response:
    """Choose the add-on and the number of licences."""
    return await _form(request, who, Sent(dict(request.query_params)))


async def check(request: Request, who: SignedIn) -> Response:
    """Say what the purchase costs now and what follows monthly, and ask; or choose again."""
    sent = await read_form(request, QuantityForm, who.language, _asked(request))
    with Asking(sent, who.language, _FIELDS) as asking:
        if (given := sent.model) is not None:
            fresh = given.model_copy(update={"key": uuid.uuid4().hex})
            return await _confirm(request, who, fresh, sent)
    return await _form(request, who, asking.form, asking.status)


async def buy(request: Request, who: SignedIn) -> Response:
    """Buy, once per form, at what the confirmation said; if it is something else now, ask again."""
    sent = await read_form(request, BuyForm, who.language)
    with Asking(sent, who.language, _FIELDS) as asking:
        if (given := sent.model) is not None:
            bought = await who.desks.licences.buy(
                who.caller,
                None,
                given.add_on,
                given.quantity,
                key=given.key or None,
                shown=given.shown or None,
            )
            return who.done(
                "/licences",
                "licences_bought",
                purchase=bought.reference,
                quantity=str(bought.quantity),
                add_on=bought.add_on.label,
                amount=said(who, bought.currency)["money"](bought.amount),
            )
    if sent.model is not None and asking.refused and asking.refused.refusals[0].code == "offer_changed":
        form_again, status = asking.form, asking.status
        with Asking(form_again, who.language, _FIELDS) as asking:
            return await _confirm(request, who, sent.model, form_again, status)
    return await _form(request, who, asking.form, asking.status)


async def _confirm(
    request: Request, who: SignedIn, given: QuantityForm, sent: Sent[Any], status: int = 200
) -> Response:
    offer = await who.desks.licence_plan.check_buy(who.caller, None, given.add_on, given.quantity)
    return who.page(
        request,
        "licences/buy_confirm",
        status,
        form=sent,
        offer=offer,
        key=given.key or uuid.uuid4().hex,
        back=urlencode({"add_on": given.add_on.value, "quantity": given.quantity}),
        **said(who, offer.currency),
    )


async def _form(request: Request, who: SignedIn, sent: Sent[Any], status: int = 200) -> Response:
    plan = await who.desks.licence_plan.plan(who.caller)
    return who.page(request, "licences/buy", status, form=sent, plan=plan, **said(who, plan.currency))


async def ask_give_back(request: Request, who: SignedIn) -> Response:
    """How many free licences of an add-on to give back, and what that means."""
    return await _give_back(request, who, unsent(**request.query_params, key=uuid.uuid4().hex))


async def give_back(request: Request, who: SignedIn) -> Response:
    """Give back the newest free ones, once per form."""
    sent = await read_form(request, QuantityForm, who.language)
    with Asking(sent, who.language, _FIELDS) as asking:
        if (given := sent.model) is not None:
            done = await who.desks.licences.give_back(
                who.caller, add_on=given.add_on, quantity=given.quantity, key=given.key or None
            )
            last = max(each.usable_until for each in done if each.usable_until)
            names = ", ".join(each.reference for each in done)
            return who.done(
                "/licences", "licences_given_back", licences=_short(names), day=said(who)["day"](last)
            )
    return await _give_back(request, who, asking.form, asking.status)


async def _give_back(request: Request, who: SignedIn, sent: Sent[Any], status: int = 200) -> Response:
    plan = await who.desks.licence_plan.plan(who.caller)
    free = [each for each in plan.add_ons if each.free]
    return who.page(
        request,
        "licences/give_back_some",
        status,
        form=sent,
        plan=plan,
        free=free,
        **said(who, plan.currency),
    )


def _asked(request: Request) -> Mapping[str, list[str]]:
    return {name: request.query_params.getlist(name) for name in request.query_params}


def _short(names: str, most: int = 200) -> str:
    """As much as a cookie holds."""
    return names if len(names) <= most else f"{names[:most].rpartition(',')[0]}…"


_BUY = Permission.BUY_LICENCES
routes = [
    page("/licences/buy", ask, needs=_BUY, recent=True),
    page("/licences/buy/confirm", check, needs=_BUY, recent=True),
    form("/licences/buy", buy, needs=_BUY, recent=True),
    page("/licences/give-back", ask_give_back, needs=_BUY, recent=True),
    form("/licences/give-back", give_back, needs=_BUY, recent=True),
]
