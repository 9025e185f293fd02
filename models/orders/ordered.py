"""What every kind of order has in common: the base class of what is ordered, and what operators see of it."""

from models.markdown import code, inert
from models.values import Frozen


class Shown(Frozen):
    """What operators see of an order besides its ids. A field is empty if the kind has no such thing."""

    slot: int | None = None
    provider: str = ""
    distributor: str = ""


class Ordered(Frozen):
    """What an order asks for: ids of records and the caller's choices, never names or numbers (W6)."""

    kind: str

    @property
    def subject(self) -> str | None:
        """The subject of the order, such as `line:42`, which can have one open order at most. None if several
        may be open at once.
        """
        return None

    def summary(self, shown: Shown) -> str:
        """One line without personal data, shown in Temporal's list of workflows."""
        name = self.kind.replace("_", " ").capitalize()
        return f"{name} ({inert(shown.provider)})" if shown.provider else name

    def records(self, shown: Shown) -> str:
        """The records of the order in Markdown, by the ids that `esim-orders` accepts."""
        return f"Subject {code(self.subject)}." if self.subject else ""

    def same_as(self, other: "Ordered") -> bool:
        """Whether both ask for the same: an idempotency key identifies one order only."""
        return self == other
