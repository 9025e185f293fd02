"""The kinds of order about travel eSIMs: a new line with a plan, a further plan, another eSIM for a line."""

from typing import Annotated, Literal

from pydantic import Field

from models.markdown import inert
from models.orders.ordered import Ordered, Shown
from models.travel.profiles import EsimReason
from models.values import Flag, RecordId

Country = Annotated[str, Field(pattern="^[A-Z]{2}$")]
"""ISO 3166-1 alpha-2."""


class AddLine(Ordered):
    """Give a subscriber an eSIM from stock with a plan on it (T7 to T11). Several may be open at once."""

    kind: Literal["add_line"] = "add_line"
    subscriber_id: RecordId
    plan_id: RecordId
    destinations: Annotated[tuple[Country, ...], Field(max_length=50)] = ()
    """The countries that the subscriber names. The line is named after the only one, else after the plan
    (T8).
    """
    complimentary: Flag = False
    """Free of charge; the subscriber's own plan must allow it (T2)."""

    def summary(self, shown: Shown) -> str:
        """Such as `Add an eSIM line for subscriber SB-4`."""
        return f"Add an eSIM line for subscriber SB-{self.subscriber_id}{_from(shown)}"

    def records(self, shown: Shown) -> str:
        """The subscriber and the plan."""
        return f"Subscriber `SB-{self.subscriber_id}`. Plan `TP-{self.plan_id}`."


class OfEsimLine(Ordered):
    """An order about an eSIM line, which has one such order at a time."""

    esim_line_id: RecordId

    @property
    def subject(self) -> str:
        """The eSIM line."""
        return f"esim_line:{self.esim_line_id}"


class AddPlan(OfEsimLine):
    """Add a plan to an eSIM line; the eSIM stays (T6, T14)."""

    kind: Literal["add_plan"] = "add_plan"
    plan_id: RecordId

    def summary(self, shown: Shown) -> str:
        """Such as `Add plan TP-3 to eSIM line EL-9`."""
        return f"Add plan TP-{self.plan_id} to eSIM line EL-{self.esim_line_id}{_from(shown)}"

    def records(self, shown: Shown) -> str:
        """The line and the plan."""
        return f"eSIM line `EL-{self.esim_line_id}`. Plan `TP-{self.plan_id}`."


class ReplaceLineEsim(OfEsimLine):
    """Replace the eSIM of a line by one of the same profile from stock: its plans stay on the line (T34)."""

    kind: Literal["replace_line_esim"] = "replace_line_esim"
    reason: EsimReason

    def summary(self, shown: Shown) -> str:
        """Such as `Replace the eSIM of eSIM line EL-9`."""
        return f"Replace the eSIM of eSIM line EL-{self.esim_line_id}{_from(shown)}"

    def records(self, shown: Shown) -> str:
        """The line, and why."""
        return f"eSIM line `EL-{self.esim_line_id}`, {self.reason.value.replace('_', ' ')}."


def _from(shown: Shown) -> str:
    return f" ({inert(shown.provider)})" if shown.provider else ""
