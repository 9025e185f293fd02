"""The detail of a device, slot by slot, and of a SIM without a slot (P4, P5)."""

from datetime import datetime

from models.errors import Refusal
from models.fleet.inventory import LineView, SimView
from models.fleet.offers import ActionOffer
from models.identifiers import reference
from models.orders.rules import Action
from models.values import View


class CodeFacts(View):
    """What there is of an eSIM's QR code, without the code."""

    version: int | None = None
    """The number of the current version; None: there is no code yet."""
    file_type: str | None = None
    imported_at: datetime | None = None
    imported_by: str | None = None
    request: str | None = None
    """The open request."""
    requested_at: datetime | None = None


class SlotDetail(View):
    """A slot of a device: its line with its SIMs, and what may be done there."""

    slot: int
    line: LineView | None = None
    actions: tuple[Action, ...] = ()
    """Those that are offered; the others are absent (P5)."""
    why_not: tuple[Refusal, ...] = ()
    """Why the order that fits the SIM in place is not offered."""
    code: CodeFacts | None = None
    """Of an eSIM in place."""


class DeviceDetail(View):
    """A device with its three slots."""

    id: int
    account: str
    name: str
    slots: tuple[SlotDetail, ...]

    @property
    def device_id(self) -> str:
        """The id by which people name it: `D-3`."""
        return reference("D", self.id)


class SimDetail(View):
    """A SIM, also one without a slot."""

    sim: SimView
    line: LineView | None = None
    """The line that it serves."""
    former: LineView | None = None
    """The line that it served until it was discarded."""
    discarded_by: str | None = None
    """The order that discarded it."""
    code: CodeFacts | None = None


class WhyNot(View):
    """Why an action is offered to a user for a line or a SIM, or not (P5)."""

    user: str
    """The user's name and address."""
    profile: str
    """The authorised actions profile of the user."""
    offers: tuple[ActionOffer, ...]

    def of(self, action: Action) -> tuple[Refusal, ...]:
        """The reasons why this action is absent."""
        return next(offer.refusals for offer in self.offers if offer.action is action)


class HistoryEntry(View):
    """What happened to a device, its lines and SIMs."""

    at: datetime
    type: str
    """The event, for which `wording.history` has a sentence."""
    actor: str
    """`user:3`, `contact:7`, `provider`, `system`."""
    actor_name: str | None
    data: dict[str, object]
    about: tuple[str, ...]
    slot: int | None
    """Of the line that it is about."""
    people: dict[str, str]
    """The name and address of the recipient, by reference."""
    groups: tuple[str, ...] = ()
    """The names of the management groups that were set, added or removed."""

    @property
    def order(self) -> str | None:
        """The order that it is about."""
        return next((each for each in self.about if each.startswith("order-")), None)
