"""What a person reports about an order: acknowledged, the ICCID, processed, cancelled (F43, F48 to F51).

Each has a page of its own that says what will happen; those that cannot be undone want a confirmation.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from models.errors import Refusal
from models.language import Language
from models.orders.lifecycle import OrderKind, OrderStatus
from models.orders.next_steps import OrderStep, why_not
from models.orders.notes import LONGEST_COMMENT
from models.orders.placement import OrderState
from models.orders.views import OrderView
from models.people.callers import Caller, Permission
from portal.auth.next_page import next_page
from portal.auth.signed_in import SignedIn
from portal.pages.forms import Asking, FormModel, Sent, read_form, unsent
from portal.pages.orders.order import order_of
from portal.pages.routes import Page, form, page
from starter.orders.desk import OrderDesk
from wording.pages import page_texts
from wording.refusals import sentence
from wording.warnings import warning

_LONGEST_ICCID = 40
_PLACE = re.compile(r"row-[a-z0-9-]{1,60}")
_ABOUT_NUMBERS = frozenset({OrderKind.ASSIGN_LICENCE, OrderKind.REPLACE_LICENCE_ESIM})
_OF_A_SIM = frozenset({OrderKind.SWITCH_TO_ESIM, OrderKind.REPLACE_ESIM})
FIELDS = {
    "iccid_invalid": "iccid",
    "iccid_rounded": "iccid",
    "iccid_scientific": "iccid",
    "iccid_in_use": "iccid",
    "iccid_unknown": "iccid",
    "iccid_not_entered": "iccid",
    "note_invalid": "reason",
}


class AcknowledgeForm(FormModel):
    """The eSIM, if it is known already."""

    iccid: str = Field(default="", max_length=_LONGEST_ICCID)


class IccidForm(FormModel):
    """The eSIM."""

    iccid: str = Field(min_length=1, max_length=_LONGEST_ICCID)


class ProcessedForm(AcknowledgeForm):
    """The eSIM, if it was not entered before, and the confirmation."""

    confirmed: str = ""


class CancelForm(FormModel):
    """Why, and the confirmation."""

    reason: str = Field(default="", max_length=LONGEST_COMMENT)
    confirmed: str = ""


Call = Callable[[OrderDesk, Caller, str, Any], Awaitable[OrderState]]


@dataclass(frozen=True)
class Step:
    """One of the steps, with its page and its form."""

    name: OrderStep
    model: type[FormModel]
    call: Call

    @property
    def confirms(self) -> bool:
        """Whether it cannot be undone."""
        return "confirmed" in self.model.model_fields

    async def show(self, request: Request, who: SignedIn) -> Response:
        """Say what will happen, and ask."""
        return await self._page(request, who, unsent())

    async def send(self, request: Request, who: SignedIn) -> Response:
        """Do it, or say why not beside what was typed."""
        sent = await self.read(request, who.language)
        with Asking(sent, who.language, FIELDS) as asking:
            if sent.model is not None:
                order = order_of(request)
                state = await self.call(who.desks.orders, who.caller, order, sent.model)
                return await self._done(who, state, back_of(request))
        return await self._page(request, who, asking.form, asking.status)

    async def read(self, request: Request, language: Language) -> Sent[Any]:
        """The form as it was sent; one that confirms nothing is invalid."""
        sent = await read_form(request, self.model, language)
        if sent.model is not None and self.confirms and sent.values.get("confirmed") != "yes":
            tick = page_texts(language)["order_step"]["tick"]
            return replace(sent, model=None, errors={"confirmed": [tick]})
        return sent

    async def _done(self, who: SignedIn, state: OrderState, back: str) -> Response:
        path = back or f"/orders/{state.order_id}"
        warned = " ".join(warning(each, who.language) for each in state.warnings)
        if warned:
            return who.done(path, "order_warned", warning=warned)
        if back:
            return who.done(path, f"queued_{self.name}", order=state.order_id)
        order = await who.desks.orders.order(who.caller, state.order_id, history=False)
        if order.kind in _ABOUT_NUMBERS:
            return who.done(path, f"order_of_number_{self.name}")
        if order.kind in _OF_A_SIM:
            return who.done(path, f"order_{self.name}")
        return who.done(path, f"queued_{self.name}", order=order.id)

    async def _page(self, request: Request, who: SignedIn, sent: Sent[Any], status: int = 200) -> Response:
        order = await who.desks.orders.order(who.caller, order_of(request), history=False)
        refusal = self.why_not(order, who.caller)
        return who.page(
            request,
            "orders/step",
            status,
            step=self.name,
            words=step_words(self.name, order, who.language),
            back=back_of(request),
            order=order,
            form=sent,
            wrong=bool(sent.errors),
            why_not=sentence(refusal, who.language) if refusal else "",
        )

    def why_not(self, order: OrderView, caller: Caller) -> Refusal | None:
        """Why this would be refused now.

        A cancelled order keeps the form of processed: the desk refuses it, but records the late report as an
        incident.
        """
        late = self.name is OrderStep.PROCESSED and order.status is OrderStatus.CANCELLED
        return None if late else why_not(self.name, order, caller)


def step_words(step: OrderStep, order: OrderView, language: Language) -> Mapping[str, str]:
    """The words of a step: what it does differs where the order is about a number (L26 to L29)."""
    texts = page_texts(language)
    of_number: Mapping[str, Mapping[str, str]] = texts["order_step_of_number"]
    own = of_number.get(step, {}) if order.kind in _ABOUT_NUMBERS else {}
    return {**texts["order_step"][step], **own}


def over_words(order: OrderView, language: Language) -> Mapping[str, str]:
    """How an order that has ended did so, for the contact who came by its link."""
    texts = page_texts(language)
    own: Mapping[str, str] = {}
    if order.kind in _ABOUT_NUMBERS:
        own = texts["order_link_of_number"].get(order.status.value, {})
    return {**texts["order_link"]["over"][order.status.value], **own}


def back_of(request: Request) -> str:
    """The page of ours that the step was opened from, with the place on it; "" for the order's own page."""
    path, _, place = request.query_params.get("back", "").partition("#")
    known = next_page(request.app, path)
    if not known:
        return ""
    return f"{known}#{place}" if _PLACE.fullmatch(place) else known


ACKNOWLEDGE = Step(
    OrderStep.ACKNOWLEDGE,
    AcknowledgeForm,
    lambda desk, caller, order, sent: desk.acknowledge(caller, order, iccid=sent.iccid.strip() or None),
)
ICCID = Step(
    OrderStep.ICCID, IccidForm, lambda desk, caller, order, sent: desk.enter_iccid(caller, order, sent.iccid)
)
PROCESSED = Step(
    OrderStep.PROCESSED,
    ProcessedForm,
    lambda desk, caller, order, sent: desk.processed(caller, order, iccid=sent.iccid.strip() or None),
)
CANCEL = Step(
    OrderStep.CANCEL,
    CancelForm,
    lambda desk, caller, order, sent: desk.cancel(caller, order, reason=sent.reason.replace("\r\n", "\n")),
)


STEPS: Mapping[str, Step] = {step.name.value: step for step in (ACKNOWLEDGE, ICCID, PROCESSED, CANCEL)}
"""The steps by the last part of their address."""


def _routes(step: Step, needs: Permission) -> list[Page]:
    path = f"/orders/{{order}}/{step.name}"
    return [page(path, step.show, needs=needs), form(path, step.send, needs=needs)]


routes = [
    *_routes(ACKNOWLEDGE, Permission.ACKNOWLEDGE_ORDERS),
    *_routes(ICCID, Permission.ENTER_ICCID),
    *_routes(PROCESSED, Permission.REPORT_PROCESSED),
    # before the acknowledgement, who may place an order may cancel it: the desk knows
    *_routes(CANCEL, Permission.VIEW_ORDERS),
]
