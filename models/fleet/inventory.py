"""Records of the inventory as they are read: lines and SIMs."""

from datetime import datetime
from enum import StrEnum

from models.language import Language
from models.values import View


class SimKind(StrEnum):
    """Physical card or profile in an eUICC."""

    PHYSICAL = "physical"
    ESIM = "esim"


class SimState(StrEnum):
    """The state of a SIM in its lifecycle. `discarded` is final (F21)."""

    IN_STOCK = "in_stock"
    TEMPORARY = "temporary"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    DISCARDED = "discarded"


IN_PLACE = (SimState.ACTIVE, SimState.SUSPENDED)
"""The states of the one SIM that serves its holder, or is suspended on it."""


SIM_CARDS_SECTION = "SIM Cards"


TEMPORARY_MARK = "SIM-Temp"


class SimView(View):
    """A SIM. `mark` is `SIM-Temp` on a temporary eSIM, else empty (F17)."""

    id: int
    iccid: str | None
    kind: SimKind
    state: SimState
    provider: str
    distributor: str | None
    employee: str | None
    employee_email: str | None = None
    employee_language: Language | None = None
    """The language of e-mails to the employee: their own, else the account's."""
    groups: tuple[str, ...] = ()
    order_id: str | None = None
    discarded_at: datetime | None = None
    holder: str | None = None
    """What it serves, or as a temporary eSIM will serve, such as `line:42`."""

    @property
    def mark(self) -> str:
        """The mark of a temporary eSIM in the inventory."""
        return TEMPORARY_MARK if self.state is SimState.TEMPORARY else ""


class DeviceView(View):
    """A device, such as a phone, with the number of its lines."""

    id: int
    account: str
    name: str
    lines: int


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
