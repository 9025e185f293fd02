"""Rows of the inventory's grid as they are read, saved views of it, and what a search finds."""

from enum import StrEnum

from models.fleet.grid import Column, RowCode, RowState
from models.fleet.inventory import TEMPORARY_MARK, SimKind
from models.identifiers import reference
from models.orders.lifecycle import OrderStatus
from models.values import View


class GridRow(View):
    """A row of the grid."""

    id: int
    line_id: int | None
    sim_id: int | None
    """The SIM in place, or the one without a slot."""
    device_id: int | None
    device: str | None
    slot: int | None
    msisdn: str | None
    provider: str
    """The line's; of a SIM without a slot its own."""
    sim_type: SimKind | None
    iccid: str | None
    state: RowState
    """Of the SIM in place: `temporary_id` says whether there is a temporary eSIM, too."""
    distributor: str | None
    employee_id: int | None
    employee_name: str | None
    employee_email: str | None
    management_groups: tuple[str, ...]
    temporary_id: int | None
    temporary_iccid: str | None
    open_order: str | None
    order_status: OrderStatus | None
    qr_code: RowCode | None
    """None where the SIM is no eSIM."""
    account: str

    @property
    def name(self) -> str:
        """How people and addresses name the row: `L-42`, or `S-7` without a slot."""
        if self.line_id is not None:
            return reference("L", self.line_id)
        return reference("S", self.sim_id or 0)

    @property
    def mark(self) -> str:
        """`SIM-Temp` where there is a temporary eSIM (F17)."""
        return "" if self.temporary_id is None else TEMPORARY_MARK

    def cell(self, column: Column) -> str:
        """What the CSV has in a column: as the import reads it."""
        value = getattr(self, column.value)
        if column is Column.MANAGEMENT_GROUPS:
            return ";".join(value)
        return "" if value is None else str(value)


class Choices(View):
    """Names that a filter of the inventory offers."""

    providers: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    distributors: tuple[str, ...] = ()


class Count(View):
    """How many rows there are, counted up to `MOST_COUNTED`."""

    number: int
    more: bool = False
    """There are more than this."""


class SavedView(View):
    """A view that a user saved, as one user sees it (P2)."""

    id: int
    name: str
    query: str
    """The query string of the grid."""
    is_default: bool
    """Whether the user's inventory opens with it."""
    shared: bool = False
    """Whether all users of the account have it."""
    own: bool = True
    """Whether the user has saved it."""
    saved_by: str = ""
    """The name of who has."""

    @property
    def view_id(self) -> str:
        """The id by which it is named: `V-7`."""
        return reference("V", self.id)


class HitKind(StrEnum):
    """What a search found."""

    LINE = "line"
    SIM = "sim"
    ORDER = "order"
    DEVICE = "device"
    JOB = "job"
    EMPLOYEE = "employee"
    USER = "user"


class SearchHit(View):
    """Something that the search box found: what it is, what to show of it, and where it leads (P3)."""

    kind: HitKind
    id: str
    """`L-42`, `S-7`, `order-...`, `D-3`, `J-3`, `E-3`, `U-3`."""
    title: str
    """What is looked for: a number, an ICCID, an order, a name."""
    detail: str | None = None
    """What else there is to say of it: a device, an address."""
    status: str | None = None
    """Of an order, and of a SIM that serves no line."""
    device_id: int | None = None
    slot: int | None = None
