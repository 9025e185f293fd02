"""What a person reports about an order: acknowledged, the ICCID, processed, cancelled (F43, F48 to F51).

Each has a page of its own that says what will happen; those that cannot be undone want a confirmation.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from models.errors import Refusal
from models.orders.lifecycle import OrderStatus
from models.orders.next_steps import OrderStep, why_not
from models.orders.notes import LONGEST_COMMENT
from models.orders.placement import OrderState
from models.orders.views import OrderView
from models.people.callers import Caller, Permission
from portal.auth.signed_in import SignedIn
from portal.pages.forms import Asking, FormModel, Sent, read_form, unsent
from portal.pages.orders.order import order_of
from portal.pages.routes import Page, form, page
from starter.orders.desk import OrderDesk
from wording.pages import page_texts
from wording.refusals import sentence
from wording.warnings import warning

_LONGEST_ICCID = 40
_FIELDS = {
    "iccid_invalid": "iccid",
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
        sent = await read_form(request, self.model, who.language)
        if sent.model is not None and self.confirms and sent.values.get("confirmed") != "yes":
            sent = replace(sent, model=None, errors={"confirmed": [_texts(who)["tick"]]})
        with Asking(sent, who.language, _FIELDS) as asking:
            if sent.model is not None:
                order = order_of(request)
                return self._done(who, await self.call(who.desks.orders, who.caller, order, sent.model))
        return await self._page(request, who, asking.form, asking.status)

    def _done(self, who: SignedIn, state: OrderState) -> Response:
        path = f"/orders/{state.order_id}"
        warned = " ".join(warning(each, who.language) for each in state.warnings)
        if warned:
            return who.done(path, "order_warned", warning=warned)
        return who.done(path, f"order_{self.name}")

    async def _page(self, request: Request, who: SignedIn, sent: Sent[Any], status: int = 200) -> Response:
        order = await who.desks.orders.order(who.caller, order_of(request), history=False)
        refusal = self._why_not(who, order)
        return who.page(
            request,
            "orders/step",
            status,
            step=self.name,
            order=order,
            form=sent,
            wrong=bool(sent.errors),
            why_not=sentence(refusal, who.language) if refusal else "",
        )

    def _why_not(self, who: SignedIn, order: OrderView) -> Refusal | None:
        """Why this would be refused now.

        A cancelled order keeps the form of processed: the desk refuses it, but records the late report as an
        incident.
        """
        late = self.name is OrderStep.PROCESSED and order.status is OrderStatus.CANCELLED
        return None if late else why_not(self.name, order, who.caller)


def _texts(who: SignedIn) -> Any:
    return page_texts(who.language)["order_step"]


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
