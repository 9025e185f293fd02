"""The messages of the workflows of travel eSIMs: inputs of their starts and steps, and what steps answer."""

from datetime import timedelta
from enum import StrEnum

from models.identifiers import travel_line_id
from models.travel.notices import NoticeId
from models.travel.profiles import Notice
from models.values import Duration, Frozen, RecordId, Retries


class LineLifeStatus(StrEnum):
    """The status of the workflow of an eSIM line, as operators filter by it."""

    RUNNING = "running"
    ENDED = "ended"

    @property
    def label(self) -> str:
        """The status as operators read it."""
        return _LABELS[self]


_LABELS = {
    LineLifeStatus.RUNNING: "Something of its plans is due later",
    LineLifeStatus.ENDED: "Nothing of its plans is due",
}


class LiveLine(Frozen):
    """Starts the workflow `EsimLineLife` under the id `travel-line-9`."""

    esim_line_id: RecordId
    account_id: RecordId
    given_up_after: Duration = timedelta(days=7)
    retries: Retries = 0
    """How often an operator retried before: above 0 only where the workflow is started again."""

    @property
    def line_id(self) -> str:
        """The id of the workflow."""
        return travel_line_id(self.esim_line_id)

    @property
    def summary(self) -> str:
        """What the workflow is about, in one line without personal data."""
        return f"The plans of eSIM line EL-{self.esim_line_id}"

    @property
    def details(self) -> str:
        """Which records it is about, for the Web UI."""
        return (
            f"eSIM line `EL-{self.esim_line_id}` of account {self.account_id}. "
            f"All of it: `esim-orders travel lines EL-{self.esim_line_id}`"
        )


class AdvanceLine(Frozen):
    """Input of the step `advance_line`."""

    esim_line_id: int
    account_id: int


class LineAdvanced(Frozen):
    """What is left of a line to be done: notices to be sent now, and the next end of a plan."""

    due_in: timedelta | None = None
    """By the database's clock; None where no plan runs."""
    notices: tuple[str, ...] = ()


class SendTravelNotice(Frozen):
    """Starts the workflow `EsimTravelNotice` under the id `notice_id`; its row must exist."""

    notice_id: NoticeId
    account_id: RecordId
    notice: Notice
    given_up_after: Duration = timedelta(days=7)
    retries: Retries = 0

    @property
    def summary(self) -> str:
        """The notice in one line without personal data, such as `Notify the staff: stock low`."""
        return f"Notify the staff: {self.notice.value.replace('_', ' ')}"

    @property
    def details(self) -> str:
        """Which records the notice is about, for the Web UI."""
        return f"Account {self.account_id}. The stock: `esim-orders travel stock`"


class SendNotice(Frozen):
    """Input of the step `send_notice`; `retries` as in `ProviderInput`."""

    notice_id: str
    retries: int = 0


class DropNotice(Frozen):
    """Input of the step `drop_notice`. `dropped`: by an operator, not because it was held for too long."""

    notice_id: str
    dropped: bool = False


class Sweep(StrEnum):
    """The parts of the sweep, in the sequence in which they are done."""

    LAPSED = "lapsed"
    """Plans that were not used within their shelf life."""
    LAPSES_SOON = "lapses_soon"
    NOT_INSTALLED = "not_installed"
    """eSIMs that no phone has downloaded by the configured date, and a notice some days before."""
    ENDED_STOCK = "ended_stock"
    """Free eSIMs whose last day is over."""


class SweepTravel(Frozen):
    """Input of the step `sweep_travel`: one batch of one part."""

    part: Sweep


class Wake(StrEnum):
    """What may have lost its call: the parts of the sweep that come first."""

    LINES = "lines"
    ORDERS = "orders"
    """Orders for which an eSIM is reserved."""
    ALERTS = "alerts"
    """Alerts of the stock that are due."""


class WakeTravel(Frozen):
    """Input of the step `wake_travel`: one part of what may have lost its call."""

    part: Wake


class Swept(Frozen):
    """How much a step of the sweep has done, and whether more is left."""

    done: int = 0
    more: bool = False
