"""`/numbers/{number}`: who uses a number, its eSIM on the tab Integrations, its history (L6, L27)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from models.errors import NotFound
from models.events import EventView
from models.identifiers import parse_reference, reference
from models.licences.numbers import LineType, NumberState, ReplaceReason, is_french_mobile
from models.licences.offers import keeps_licence_for_nothing, phone_known, why_not_assign, why_not_replace
from models.licences.views import AgentView, NumberView, UnfinishedChangeView
from models.orders.lifecycle import HoldReason
from models.orders.next_steps import next_steps
from models.people.callers import Permission
from portal.auth.signed_in import SignedIn
from portal.pages.forms import Sent, unsent
from portal.pages.orders.timeline import timeline
from portal.pages.routes import page
from starter.orders.waits_for import waits_for
from wording.dates import moment
from wording.labels import hold_sentence, kind_label, not_sent_reason, not_sent_step, order_status
from wording.licences.numbers import notice_words
from wording.refusals import sentence

_NOTIFICATION = "qr-notification-"
_OF_LINE_TYPE = ("number_shared",)
"""What the tab says in a place of its own, with the button that resolves it."""


class Hold(NamedTuple):
    """Why something waits for a person."""

    since: datetime
    what: str
    of_address: bool
    """It goes on when the agent has an e-mail address (L27)."""


def number_of(request: Request) -> str:
    """The id of the number in the path, such as `N-7`. Raises `NotFound` for what is none."""
    text: str = request.path_params["number"]
    number = parse_reference("N", text)
    if number is None:
        raise NotFound.because("unknown_number")
    return reference("N", number)


def path_of(number: NumberView, tab: str = "") -> str:
    """The address of a number's page, or of one of its tabs."""
    return f"/numbers/{reference('N', number.id)}{tab}"


async def agent_of(who: SignedIn, number: NumberView) -> AgentView | None:
    """The agent who uses the number."""
    if number.agent_id is None:
        return None
    return await who.desks.agents.agent(who.caller, reference("AG", number.agent_id))


async def show(request: Request, who: SignedIn) -> Response:
    """The number: its user, type and state."""
    number = await who.desks.numbers.number(who.caller, number_of(request), history=False)
    return await number_page(request, who, number)


async def number_page(
    request: Request, who: SignedIn, number: NumberView, sent: Sent[Any] | None = None, status: int = 200
) -> Response:
    """The page of the number, with what a button was refused for."""
    return who.page(
        request,
        "licences/number",
        status,
        number=number,
        path=path_of(number),
        agent=await agent_of(who, number),
        form=sent or unsent(),
        french=is_french_mobile(number.msisdn),
        **_unfinished_of(who, number),
    )


async def integrations(request: Request, who: SignedIn) -> Response:
    """The eSIM of the number, and what can be done about it."""
    number = await who.desks.numbers.number(who.caller, number_of(request), history=False)
    return await integrations_page(request, who, number)


async def integrations_page(
    request: Request, who: SignedIn, number: NumberView, sent: Sent[Any] | None = None, status: int = 200
) -> Response:
    """The tab, with what a button was refused for."""
    language, agent = who.language, await agent_of(who, number)
    why_not = why_not_assign(number, agent)
    lost = why_not_replace(number, agent, ReplaceReason.LOST)
    return who.page(
        request,
        "licences/integrations",
        status,
        number=number,
        path=path_of(number),
        agent=agent,
        form=sent or unsent(),
        phone_known=phone_known(agent),
        shared=number.line_type is LineType.SHARED and number.state is not NumberState.DELETED,
        kept=keeps_licence_for_nothing(number),
        assigns=not why_not,
        why_not=[sentence(each, language) for each in why_not if each.code not in _OF_LINE_TYPE],
        codes={each.code for each in why_not},
        replaces=not lost,
        holds=[_hold(hold, who) for hold in number.holds],
        kind=kind_label(number.order_kind, language) if number.order_kind else "",
        status_words=order_status(number.order_status, language) if number.order_status else "",
        **await _order_of(who, number),
        **_unfinished_of(who, number),
    )


async def show_history(request: Request, who: SignedIn) -> Response:
    """What happened to the number, the newest first."""
    number = await who.desks.numbers.number(who.caller, number_of(request))
    people = await who.desks.numbers.people(who.caller, number)
    events = [_addressed(event, people) for event in number.events]
    return who.page(
        request,
        "licences/history",
        number=number,
        path=path_of(number),
        events=timeline(events, people, who.language),
    )


def _addressed(event: EventView, people: Mapping[str, str]) -> EventView:
    """The event about a notification of a QR code, with the address that it goes to."""
    sent = (name for name in event.about if name.startswith(_NOTIFICATION))
    address = next((people[name] for name in sent if name in people), None)
    return event if address is None else event.model_copy(update={"data": {**event.data, "to": address}})


async def _order_of(who: SignedIn, number: NumberView) -> dict[str, Any]:
    """What the open order waits for, and what the person may do about it."""
    if number.open_order is None or not who.may(Permission.VIEW_ORDERS):
        return {"order": None, "waits": None, "may": set(), "unsent": []}
    order = await who.desks.orders.order(who.caller, number.open_order, history=False)
    return {
        "order": order,
        "waits": waits_for(order, who.desks.settings),
        "may": set(next_steps(order, who.caller)),
        "unsent": [
            (not_sent_step(one.step, who.language), not_sent_reason(one.reason, who.language))
            for one in order.not_sent
        ],
    }


def _unfinished_of(who: SignedIn, number: NumberView) -> dict[str, Any]:
    """What its provider is still to be asked, in words (L30)."""
    return {"unfinished": [_unfinished(change, who) for change in number.unfinished_changes]}


def _unfinished(change: UnfinishedChangeView, who: SignedIn) -> dict[str, Any]:
    words = notice_words(who.language)
    facts = {
        "distributor": change.distributor,
        "provider": change.provider,
        "sim": reference("S", change.sim_id or 0),
        "since": moment(change.since, who.language),
    }
    return {
        "id": change.id,
        "what": words[change.notice.value if change.notice else "change"].format_map(facts),
        "holds": [_hold(hold, who) for hold in change.holds],
        "unsent": [not_sent_reason(one.reason, who.language) for one in change.not_sent],
        "overdue": change.overdue,
    }


def _hold(hold: Any, who: SignedIn) -> Hold:
    words = hold_sentence(hold.reason, who.language)
    return Hold(hold.since, words, hold.reason == HoldReason.NO_AGENT_ADDRESS)


routes = [
    page("/numbers/{number}", show, needs=Permission.VIEW_LICENCES),
    page("/numbers/{number}/integrations", integrations, needs=Permission.VIEW_LICENCES),
    page("/numbers/{number}/history", show_history, needs=Permission.VIEW_LICENCES),
]
