"""Numbers and their agents as they are read, and what changes of them have left to be done."""

from datetime import datetime

from pydantic import Field

from models.events import EventView
from models.fleet.inventory import SimState
from models.language import Language
from models.licences.add_ons import AddOn
from models.licences.changes import ChangeResult
from models.licences.numbers import Change, LineType, Notice, NumberState
from models.operations.not_sent import NotSentView
from models.operations.views import HoldView
from models.orders.lifecycle import HoldReason, OrderKind, OrderStatus
from models.values import View


class UnfinishedChangeView(View):
    """A change of a number that has left something to be done: mostly, the provider of an eSIM is to be asked
    to stop, suspend or resume it, and is not notified yet (L30).
    """

    id: str
    """`number-change-...`: what `order retry` continues."""
    change: Change
    since: datetime
    """When the number was changed."""
    notice: Notice | None = None
    """What the provider is still to be asked; None if it was asked, and another step is held."""
    sim_id: int | None = None
    provider: str
    distributor: str
    """Whose order contacts are asked."""
    overdue: bool
    """It is held, an attempt has failed, or it takes longer than one attempt may take."""
    holds: tuple[HoldView, ...] = ()
    held_reason: HoldReason | None = None
    held_since: datetime | None = None
    not_sent: tuple[NotSentView, ...] = ()
    """What an attempt to send has failed for."""


class NumberView(View):
    """A number with its agent and its assignment: the licence, the eSIM and the open order (L8)."""

    id: int
    account: str
    msisdn: str
    line_type: LineType
    state: NumberState
    provider: str
    distributor: str
    agent_id: int | None = None
    agent: str | None = None
    """The name of the agent."""
    licence_id: int | None = None
    """The licence that it uses, also while its order is open."""
    add_on: AddOn | None = None
    """What the licence is today."""
    sim_id: int | None = None
    """The eSIM in place."""
    sim_state: SimState | None = None
    iccid: str | None = None
    temporary_id: int | None = None
    """The temporary eSIM of the open order."""
    code_known: bool = False
    """Whether the QR code of the eSIM in place was imported."""
    open_order: str | None = None
    order_kind: OrderKind | None = None
    order_status: OrderStatus | None = None
    holds: tuple[HoldView, ...] = ()
    """Why its open order, or the last one until its agent is notified, waits for a person; oldest first."""
    held_reason: HoldReason | None = None
    held_since: datetime | None = None
    unfinished_changes: tuple[UnfinishedChangeView, ...] = ()
    """What its provider is still to be asked because it was changed, and changes that are held; the oldest
    first (L30).
    """
    suspended_at: datetime | None = None
    suspended_for: str | None = None
    deleted_at: datetime | None = None
    recoverable_until: datetime | None = None
    """Until when a deleted number can be recovered (L13)."""
    events: tuple[EventView, ...] = ()
    """What happened to it, oldest first; only where one number is read."""


class Changed(ChangeResult):
    """The result of a change of a number, as its caller gets it."""

    replayed: bool = Field(default=False, exclude=True)
    """The number was changed before under the key of this call."""


class AgentView(View):
    """An agent: a person who uses numbers of the account and needs no sign-in (L1)."""

    id: int
    account: str
    account_id: int
    name: str
    email: str | None = None
    language: Language
    """The language of e-mails to them: their own, else the account's."""
    eid: str | None = None
    """The EID of the phone, which shows that it supports eSIM."""
    phone_confirmed_at: datetime | None = None
    """When an administrator confirmed that the phone supports eSIM (L12)."""
    deactivated_at: datetime | None = None
    number_ids: tuple[int, ...] = ()
    """The numbers that the agent uses."""
    msisdns: tuple[str, ...] = Field(default=(), exclude=True)
    """The same as phone numbers."""
    replayed: bool = Field(default=False, exclude=True)
    """The agent was created before under the key of this call."""
