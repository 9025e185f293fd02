"""The inventory as a grid: its filter, its sort, its columns and the views that ship (P2).

One model is the query string of the page, of the API and of the CSV, and what a bulk action chooses by:

    InventoryQuery(provider="Orange", code="none", sort="-iccid")
    InventoryQuery.parse("provider=Orange&code=none&sort=-iccid").address()

A row is a slot of a device that has a line, filled or empty, or a SIM without a slot. Discarded SIMs are
listed only when asked for.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal, Self
from urllib.parse import parse_qsl, urlencode

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
)
from pydantic_core import PydanticCustomError

from models.characters import LONGEST_NAME
from models.errors import Refused
from models.fleet.inventory import SimKind
from models.identifiers import storable
from models.invalid_input import input_invalid

MOST_COUNTED = 1_000
"""Rows are counted up to here; more are "1,000+"."""


class RowState(StrEnum):
    """The state of a row: that of its SIM, or `empty`."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    TEMPORARY = "temporary"
    """The slot has a temporary eSIM, besides its SIM in place."""
    EMPTY = "empty"
    IN_STOCK = "in_stock"
    DISCARDED = "discarded"


class RowOrder(StrEnum):
    """Whether a line has an open order, and its status."""

    OPEN = "open"
    NONE = "none"
    SUBMITTED = "submitted"
    PROVIDER_PROCESSING = "provider_processing"


class RowCode(StrEnum):
    """Whether an eSIM has its QR code, or it has been requested."""

    PRESENT = "present"
    REQUESTED = "requested"
    NONE = "none"


class Sort(StrEnum):
    """What the grid is sorted by; with a minus from the end. Rows without a value come last, or first."""

    DEVICE = "device"
    NUMBER = "msisdn"
    ICCID = "iccid"
    EMPLOYEE = "employee_name"
    PROVIDER = "provider"
    NEWEST = "newest"
    """By when the SIM was added, oldest first; `-newest`: newest first."""
    DEVICE_DOWN = "-device"
    NUMBER_DOWN = "-msisdn"
    ICCID_DOWN = "-iccid"
    EMPLOYEE_DOWN = "-employee_name"
    PROVIDER_DOWN = "-provider"
    NEWEST_DOWN = "-newest"

    @property
    def key(self) -> "Sort":
        """The same in ascending sequence."""
        return Sort(self.removeprefix("-"))

    @property
    def descending(self) -> bool:
        """Whether it begins at the end."""
        return self.startswith("-")

    @property
    def turned(self) -> "Sort":
        """The same in the other direction, which a click on the heading asks for."""
        return self.key if self.descending else Sort(f"-{self}")


class Column(StrEnum):
    """A column of the grid and of its CSV: by the heading of the import, where that has it."""

    ACCOUNT = "account"
    DEVICE = "device"
    SLOT = "slot"
    MSISDN = "msisdn"
    PROVIDER = "provider"
    SIM_TYPE = "sim_type"
    ICCID = "iccid"
    DISTRIBUTOR = "distributor"
    EMPLOYEE_NAME = "employee_name"
    EMPLOYEE_EMAIL = "employee_email"
    MANAGEMENT_GROUPS = "management_groups"
    STATE = "state"
    TEMPORARY_ICCID = "temporary_iccid"
    ORDER = "open_order"
    ORDER_STATUS = "order_status"
    QR_CODE = "qr_code"


SHOWN = (
    *(Column.DEVICE, Column.SLOT, Column.MSISDN, Column.STATE, Column.ORDER_STATUS, Column.EMPLOYEE_NAME),
    *(Column.SIM_TYPE, Column.ICCID, Column.QR_CODE, Column.PROVIDER, Column.MANAGEMENT_GROUPS),
)
"""The columns where none are chosen: what asks for something is first, so that a narrow screen shows it."""


def _stripped(given: Any) -> Any:
    return given.strip() if isinstance(given, str) else given


def _name(text: str) -> str:
    if not storable(text):
        raise PydanticCustomError("text_invalid", "The text has characters that cannot be stored.")
    return text


def _columns(given: Any) -> Any:
    return tuple(given.split(",")) if isinstance(given, str) else given


Name = Annotated[
    str, BeforeValidator(_stripped), Field(min_length=1, max_length=LONGEST_NAME), AfterValidator(_name)
]
Columns = Annotated[tuple[Column, ...], BeforeValidator(_columns), Field(max_length=len(Column))]


class InventoryFilter(BaseModel):
    """Which rows: all conditions hold together. A name that the account does not have finds none."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
    q: Name | None = None
    """A number, an ICCID or its last digits, words of names, an address, an order."""
    provider: Name | None = None
    sim_type: SimKind | None = None
    state: RowState | None = None
    order: RowOrder | None = None
    code: RowCode | None = None
    employee: Name | None = None
    """A name, an address or `E-3`; `none`: rows that no employee uses."""
    group: Name | None = None
    device: Name | None = None
    """A name, or `D-3`."""
    distributor: Name | None = None
    slot: Literal[1, 2, 3] | None = None
    to_do: bool | None = None
    """Only rows with an open order or a requested code."""

    @field_validator("slot", mode="before")
    @classmethod
    def _slot(cls, given: Any) -> Any:
        return int(given) if isinstance(given, str) and given.isascii() and given.isdigit() else given

    @property
    def conditions(self) -> dict[str, Any]:
        """The conditions that are given, by name: each is a chip that can be removed."""
        return {name: getattr(self, name) for name in InventoryFilter.model_fields if self._given(name)}

    def without(self, *names: str) -> Self:
        """The same without these conditions."""
        return self.model_copy(update=dict.fromkeys(names))

    def _given(self, name: str) -> bool:
        return getattr(self, name) not in (None, False)

    @property
    def contradicts_itself(self) -> bool:
        """Whether no row can fulfil it: a physical SIM has no code, an empty slot no SIM."""
        of_esim = self.code is not None
        without_slot = self.state in (RowState.IN_STOCK, RowState.DISCARDED)
        busy = self.order not in (None, RowOrder.NONE) or self.state is RowState.TEMPORARY
        return (
            (of_esim and (self.sim_type is SimKind.PHYSICAL or self.state is RowState.EMPTY))
            or (self.state is RowState.EMPTY and (self.sim_type is not None or self.distributor is not None))
            or (self.state is RowState.TEMPORARY and self.order in (RowOrder.NONE, RowOrder.SUBMITTED))
            or (without_slot and (busy or self.slot is not None or self.device is not None))
        )


class InventoryQuery(InventoryFilter):
    """The whole state of the grid but for the page: filter, sort and columns."""

    sort: Sort = Sort.DEVICE
    columns: Columns = SHOWN

    @field_validator("columns")
    @classmethod
    def _each_once(cls, given: tuple[Column, ...]) -> tuple[Column, ...]:
        return tuple(dict.fromkeys(given)) or SHOWN

    @classmethod
    def given(cls, parameters: Mapping[str, Any]) -> Self:
        """The query with these parameters. Raises `Refused` (`input_invalid`)."""
        try:
            return cls.model_validate(
                {name: value for name, value in parameters.items() if _stripped(value) != ""}
            )
        except ValidationError as invalid:
            raise Refused(input_invalid(invalid)) from None

    @classmethod
    def parse(cls, query: str) -> Self:
        """The query in the address of a page. Raises `Refused` (`input_invalid`)."""
        return cls.given(dict(parse_qsl(query, max_num_fields=100)))

    @property
    def filter(self) -> InventoryFilter:
        """The filter alone."""
        return InventoryFilter(**self.conditions)

    def address(self) -> str:
        """The query string of the page: what is as it is anyway is left out."""
        items: dict[str, Any] = {
            name: "true" if value is True else value for name, value in self.conditions.items()
        }
        if self.sort is not Sort.DEVICE:
            items["sort"] = self.sort
        if self.columns != SHOWN:
            items["columns"] = ",".join(self.columns)
        return urlencode(items)


SHIPPED: Mapping[str, InventoryQuery] = {
    "to_do": InventoryQuery(to_do=True, sort=Sort.NEWEST_DOWN),
    "temporary": InventoryQuery(state=RowState.TEMPORARY),
    "without_code": InventoryQuery(code=RowCode.NONE),
}
"""The views that every user has."""
