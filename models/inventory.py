"""The things in the inventory, as they are read: accounts' lines, SIMs and order packs."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from models.errors import Refusal
from models.language import Language
from models.lifecycle import OrderKind, OrderStatus


class SimKind(StrEnum):
    """Physical card or profile in an eUICC."""

    PHYSICAL = "physical"
    ESIM = "esim"


class SimState(StrEnum):
    """Where a SIM is in its life. `discarded` is final (F21)."""

    IN_STOCK = "in_stock"
    TEMPORARY = "temporary"
    ACTIVE = "active"
    DISCARDED = "discarded"


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
    line_id: int | None = None
    """The line it serves, or as a temporary eSIM will serve."""

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
    """One thing that happened to an order. Events are never changed or removed."""

    at: datetime
    actor: str
    type: str
    data: dict[str, object]


class OrderView(View):
    """An order as the database has it, readable while workers are down."""

    id: str
    account_id: int
    kind: OrderKind
    status: OrderStatus
    line_id: int
    msisdn: str
    device: str
    slot: int
    provider: str
    distributor: str
    pack: str
    pack_id: int
    placed_by: int
    placed_at: datetime
    status_since: datetime
    held_reason: str | None
    held_since: datetime | None
    sim_in_place_id: int | None
    iccid_in_place: str | None
    esim_id: int | None
    iccid: str | None
    cancel_reason: str | None
    refusals: tuple[Refusal, ...] = ()
    incident: bool = False
    """Whether the provider reported it processed after it was cancelled: two SIMs may be in use."""
    events: tuple[EventView, ...] = ()


class UserView(View):
    """A user of an account, with the authorised actions profile that rules what they may do."""

    id: int
    account: str
    account_id: int
    name: str
    email: str
    profile: str
    language: Language
    """The one that e-mails to them are in: their own, else that of the account."""
