"""The things in the inventory, as they are read: accounts' lines, SIMs and order packs."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from models.language import Language
from models.people.callers import Role, UserKind


class SimKind(StrEnum):
    """Physical card or profile in an eUICC."""

    PHYSICAL = "physical"
    ESIM = "esim"


class SimState(StrEnum):
    """Where a SIM is in its life. `discarded` is final (F21)."""

    IN_STOCK = "in_stock"
    TEMPORARY = "temporary"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    DISCARDED = "discarded"


IN_PLACE = (SimState.ACTIVE, SimState.SUSPENDED)
"""The states of the one SIM that serves its holder, or is suspended on it."""


class ContactRole(StrEnum):
    """What a distributor's contact is written to for."""

    ORDER = "order"
    ESIM_QR_CODE = "esim_qr_code"

    @property
    def label(self) -> str:
        """The role as people read it."""
        return "eSIM QR Code" if self is ContactRole.ESIM_QR_CODE else "Order"


SIM_CARDS_SECTION = "SIM Cards"
TEMPORARY_MARK = "SIM-Temp"


class View(BaseModel):
    """A record as it was when it was read."""

    model_config = ConfigDict(frozen=True)


class SimView(View):
    """A SIM. `mark` is `SIM-Temp` on a temporary eSIM, else empty (F17)."""

    id: int
    iccid: str | None
    kind: SimKind
    state: SimState
    provider: str
    distributor: str | None
    employee: str | None
    employee_language: Language | None = None
    """The one that e-mails to the employee are in: their own, else that of the account."""
    groups: tuple[str, ...] = ()
    order_id: str | None = None
    discarded_at: datetime | None = None
    holder: str | None = None
    """What it serves, or as a temporary eSIM will serve: `line:42`."""

    @property
    def mark(self) -> str:
        """How the inventory shows that this SIM is not final yet."""
        return TEMPORARY_MARK if self.state is SimState.TEMPORARY else ""


class LineView(View):
    """A line in its slot, with the SIM in place and the temporary eSIM of an open order."""

    id: int
    account: str
    device: str
    slot: int
    msisdn: str
    provider: str
    groups: tuple[str, ...] = ()
    sim: SimView | None
    temporary: SimView | None = None
    open_order: str | None = None


class PackView(View):
    """An order pack and the item in it that matters here."""

    id: int
    name: str
    item: str
    section: str
    provider: str | None
    esim: bool
    distributor: str
    available: bool = True
    account: str = ""


class ContactView(View):
    """Whom orders of a distributor are sent to."""

    distributor: str
    name: str
    email: str
    language: Language
    """The one that e-mails to them are in: their own, else that of the account."""
    account: str = ""


class CatalogueItem(PackView):
    """An item of the catalogue, with the contacts that orders of its pack are sent to."""

    order_contacts: tuple[ContactView, ...] = ()


class EventView(View):
    """One thing that happened. Events are never changed or removed."""

    at: datetime
    actor: str
    type: str
    data: dict[str, object]
    about: tuple[str, ...] = ()
    """References, what it is foremost about first: an order, a request, `sim:12`, `link:5`."""


class HoldView(View):
    """A step that waits for a person, and why (a `HoldReason`)."""

    step: str
    reason: str
    since: datetime


class UserView(View):
    """A user of an account: its role says what it may do, its profile on which lines and SIMs."""

    id: int
    account: str
    account_id: int
    name: str
    email: str
    profile: str
    language: Language
    """The one that e-mails to them are in: their own, else that of the account."""
    role: Role
    kind: UserKind
    distributor_id: int | None = None
    """Whose orders a user of the provider desk sees."""
    distributor: str | None = None
    deactivated_at: datetime | None = None
    account_closed_at: datetime | None = None

    @property
    def actor(self) -> str:
        """How events name the user."""
        return f"user:{self.id}"
