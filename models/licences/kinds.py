"""The kinds of order about an agent's number: assign a licence, replace its eSIM."""

from typing import Literal

from models.licences.numbers import ReplaceReason
from models.markdown import inert
from models.orders.ordered import Ordered, Shown
from models.values import Flag, RecordId


class OfNumber(Ordered):
    """An order about a number, whose distributor delivers the eSIM."""

    number_id: RecordId
    phone_confirmed: Flag = False
    """The administrator confirmed that the agent's phone supports eSIM (L12)."""

    @property
    def subject(self) -> str:
        """The number."""
        return f"number:{self.number_id}"

    def _title(self, what: str, shown: Shown) -> str:
        by = f" ({inert(shown.provider)})" if shown.provider else ""
        return f"{what} number N-{self.number_id}{by}"


class AssignLicence(OfNumber):
    """Assign an eSIM licence to a number: its agent gets an eSIM by e-mail (L4 to L9)."""

    kind: Literal["assign_licence"] = "assign_licence"
    licence_id: RecordId

    def summary(self, shown: Shown) -> str:
        """Such as `Assign an eSIM licence to number N-7 (Orange)`."""
        return self._title("Assign an eSIM licence to", shown)

    def records(self, shown: Shown) -> str:
        """The number and the licence."""
        by = f" Distributor: {inert(shown.distributor)}." if shown.distributor else ""
        return f"Number `N-{self.number_id}`. Licence `LI-{self.licence_id}`.{by}"


class ReplaceLicenceEsim(OfNumber):
    """Replace the eSIM of a number; the licence stays. The old eSIM stops when the new one is processed, or
    at once if the phone was lost or stolen (L29, L30).
    """

    kind: Literal["replace_licence_esim"] = "replace_licence_esim"
    reason: ReplaceReason

    def summary(self, shown: Shown) -> str:
        """Such as `Replace the eSIM of number N-7 (Orange)`."""
        return self._title("Replace the eSIM of", shown)

    def records(self, shown: Shown) -> str:
        """The number, and why."""
        why = self.reason.value.replace("_", " ")
        by = f" Distributor: {inert(shown.distributor)}." if shown.distributor else ""
        return f"Number `N-{self.number_id}`, {why}.{by}"
