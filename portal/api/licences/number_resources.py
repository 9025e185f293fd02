"""Numbers as the API answers them: agent, licence, eSIM, open order, and what waits (L8)."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import Field

from models.identifiers import named, reference
from models.language import Language
from models.licences.changes import ChangeResult
from models.licences.numbers import Change, LineType, Notice, NumberState
from models.licences.views import NumberView, UnfinishedChangeView
from models.people.callers import Caller
from portal.api.events import EventResource, events_of
from portal.api.fields import Resource, id_or_none, one_of
from portal.api.licences.shared import AddOnName
from portal.api.waiting import HoldResource, NotSentResource, holds_of, not_sent_of


class AgentOfNumber(Resource):
    """The agent who uses a number."""

    id: str = Field(examples=["AG-4"])
    name: str


class LicenceOfNumber(Resource):
    """The licence that a number uses."""

    id: str = Field(examples=["LI-3"])
    add_on: AddOnName


class EsimOfNumber(Resource):
    """The eSIM in place."""

    id: str = Field(examples=["S-12"])
    state: str
    iccid: str | None
    code_known: bool = Field(description="Its QR code was imported.")


class OrderOfNumber(Resource):
    """The open order."""

    id: str
    kind: str
    status: str


class UnfinishedChangeResource(Resource):
    """A change that has left something to be done: mostly, the provider is still to be asked."""

    id: str = Field(examples=["number-change-abcdefghijklmnop"])
    change: str = Field(description=one_of(Change))
    since: datetime
    notice: str | None = Field(description=f"What the provider is still to be asked. {one_of(Notice)}")
    esim: str | None
    provider: str
    distributor: str
    overdue: bool = Field(description="It is held, has failed, or takes longer than it may.")
    held: bool
    holds: list[HoldResource]
    not_sent: list[NotSentResource]


class NumberResource(Resource):
    """A number with its agent and its assignment."""

    id: str = Field(examples=["N-7"])
    msisdn: str = Field(examples=["+33612345678"])
    line_type: str = Field(description=one_of(LineType))
    state: str = Field(description=one_of(NumberState))
    provider: str
    distributor: str
    agent: AgentOfNumber | None
    licence: LicenceOfNumber | None = Field(description="Also while the order that assigns it is open.")
    esim: EsimOfNumber | None
    temporary_esim: str | None = Field(description="The eSIM of the open order: `S-12`.")
    order: OrderOfNumber | None
    held: bool
    holds: list[HoldResource] = Field(description="Of the open order, or the last one that is held.")
    unfinished_changes: list[UnfinishedChangeResource]
    suspended_at: datetime | None
    suspended_for: str | None
    deleted_at: datetime | None
    recoverable_until: datetime | None
    events: list[EventResource] | None = Field(default=None, description="With `expand=events`.")
    people: dict[str, str] | None = Field(
        default=None,
        description="With `expand=people`: names and addresses of the people in its events by id, such as "
        "`U-3`; the address of each notification of a QR code.",
    )


class NumberChangeResource(Resource):
    """What a change of a number has changed."""

    id: str = Field(examples=["number-change-abcdefghijklmnop"])
    number: str = Field(examples=["N-7"])
    change: str = Field(description=one_of(Change))
    changed: bool = Field(description="False if it was so already: then no provider is asked.")
    cancelled_order: str | None = Field(description="The open order that the change cancelled.")
    ended_request: str | None = Field(description="The request for a QR code that ended with the eSIM.")
    esim: str | None = Field(description="The eSIM that was stopped, suspended or resumed.")
    notice: str | None = Field(description=f"What its provider is asked to do with it. {one_of(Notice)}")

    @classmethod
    def of(cls, result: ChangeResult) -> "NumberChangeResource":
        """The change as it is answered."""
        return cls(
            **result.model_dump(include={"change", "changed", "cancelled_order", "ended_request", "notice"}),
            id=result.change_id,
            number=reference("N", result.number_id),
            esim=id_or_none("S", result.sim_id),
        )


def number_resource(
    number: NumberView, caller: Caller, *, events: bool = False, people: Mapping[str, str] | None = None
) -> NumberResource:
    """A number as this caller sees it."""
    language = Language(caller.language)
    return NumberResource(
        **number.model_dump(
            include={
                *("msisdn", "line_type", "state", "provider", "distributor"),
                *("suspended_at", "suspended_for", "deleted_at", "recoverable_until"),
            }
        ),
        id=reference("N", number.id),
        agent=_agent(number),
        licence=_licence(number),
        esim=_esim(number),
        temporary_esim=id_or_none("S", number.temporary_id),
        order=_order(number),
        held=bool(number.holds),
        holds=holds_of(number.holds, language),
        unfinished_changes=[_unfinished(change, language) for change in number.unfinished_changes],
        events=events_of(number.events) if events else None,
        people=None if people is None else {named(each): name for each, name in people.items()},
    )


def _agent(number: NumberView) -> AgentOfNumber | None:
    if number.agent_id is None or number.agent is None:
        return None
    return AgentOfNumber(id=reference("AG", number.agent_id), name=number.agent)


def _licence(number: NumberView) -> LicenceOfNumber | None:
    if number.licence_id is None or number.add_on is None:
        return None
    return LicenceOfNumber(id=reference("LI", number.licence_id), add_on=number.add_on)


def _esim(number: NumberView) -> EsimOfNumber | None:
    if number.sim_id is None or number.sim_state is None:
        return None
    return EsimOfNumber(
        id=reference("S", number.sim_id),
        state=number.sim_state,
        iccid=number.iccid,
        code_known=number.code_known,
    )


def _order(number: NumberView) -> OrderOfNumber | None:
    if number.open_order is None or number.order_kind is None or number.order_status is None:
        return None
    return OrderOfNumber(id=number.open_order, kind=number.order_kind, status=number.order_status)


def _unfinished(change: UnfinishedChangeView, language: Language) -> UnfinishedChangeResource:
    return UnfinishedChangeResource(
        **change.model_dump(
            include={"id", "change", "since", "notice", "provider", "distributor", "overdue"}
        ),
        esim=id_or_none("S", change.sim_id),
        held=bool(change.holds),
        holds=holds_of(change.holds, language),
        not_sent=not_sent_of(change.not_sent, language),
    )
