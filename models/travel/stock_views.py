"""The stock of travel eSIMs as it is read: each eSIM with whom it is allocated to, and each profile (T12)."""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum

from pydantic import Field

from models.csv_text import csv_text
from models.identifiers import reference
from models.values import View


class StockState(StrEnum):
    """What an eSIM of the stock serves."""

    FREE = "free"
    """It can be reserved."""
    RESERVED = "reserved"
    """For an order that is not processed yet."""
    ON_LINE = "on_line"
    """On an eSIM line, active or suspended."""
    REVEALED = "revealed"
    """Its code was shown while it was in stock: it is not handed out any more."""
    ENDED = "ended"
    """Its last day is over, and it was never on a line."""
    DISCARDED = "discarded"


class StockEsim(View):
    """An eSIM of the stock. The subscriber is named by reference: `SB-4`."""

    sim_id: int
    account: str
    iccid: str
    profile: int
    provider: str
    ends_on: date | None
    state: StockState
    order_id: str | None
    """The order for which it is reserved, or that has put it on its line."""
    esim_line_id: int | None
    subscriber_id: int | None
    subscriber: str | None = Field(default=None, exclude=True)
    """Their name, for pages: what leaves the portal has the reference."""
    revealed: bool
    """Whether its code was sent or shown to anybody."""
    imported_at: datetime


MOST_FREE = 100
"""Free eSIMs of a profile are counted up to this number, which stands for that many or more: who sells or
orders sees whether they run out. What is in the stock is a list.
"""


class StockProfile(View):
    """The stock of one profile of an account."""

    account: str
    profile: int
    free: int
    """Counted up to `MOST_FREE`, or up to the threshold where that is higher."""
    waiting: int
    """Orders that wait for it."""
    threshold: int
    """With fewer free eSIMs than this the staff is alerted."""
    low_since: datetime | None


_COLUMNS = (
    *("sim", "iccid", "profile", "provider", "ends_on", "state", "order", "esim_line", "subscriber"),
    "imported_at",
)


def stock_csv(esims: Iterable[StockEsim]) -> str:
    """A row for each eSIM; its activation code is not in the file."""
    return csv_text(
        _COLUMNS,
        (
            (
                reference("S", esim.sim_id),
                esim.iccid,
                str(esim.profile),
                esim.provider,
                esim.ends_on.isoformat() if esim.ends_on else "",
                esim.state.value,
                esim.order_id or "",
                _reference("EL", esim.esim_line_id),
                _reference("SB", esim.subscriber_id),
                esim.imported_at.isoformat(),
            )
            for esim in esims
        ),
    )


def _reference(letters: str, record_id: int | None) -> str:
    return "" if record_id is None else reference(letters, record_id)
