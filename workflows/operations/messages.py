"""What the workflow `RetryHeld` is started with, what its steps are given, and what they answer: ids only."""

from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from models.markdown import code
from models.operations.retries import LONGEST_QUERY, Held, one_line
from models.values import Flag, Frozen

BATCH = 200
"""So many are retried at a time: no payload holds the ids of all."""


def _one_line(text: str) -> str:
    if not one_line(text):
        raise PydanticCustomError("control_characters", "It has control characters.")
    return text


Line = Annotated[str, AfterValidator(_one_line)]
"""Text without control characters."""


class RetryMany(Frozen):
    """Starts the workflow `RetryHeld`: all that is held for this reason, is selected by this query, or both.

    A field that is not known is refused: a mistyped one would else select more than is meant.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: Line | None = Field(default=None, min_length=1, max_length=64)
    """Such as `mail_unavailable`."""
    query: Line | None = Field(default=None, min_length=1, max_length=LONGEST_QUERY)
    """Of Temporal, over what its list shows as held."""
    all: Flag = False
    """Everything that is held."""
    why: Line | None = Field(default=None, max_length=200)
    """For other operators; it is part of the history, so it names no person."""

    @property
    def chosen(self) -> str:
        """What is retried, for people."""
        parts = [f"for {code(self.reason)}"] if self.reason else []
        parts += [f"and selected by {code(self.query)}"] if self.query else []
        return " ".join(["All that is held", *parts])


class ChooseHeld(Frozen):
    """Input of the step `choose_held`: which ones, after this id in the order of ids."""

    reason: str | None = None
    query: str | None = None
    after: str = ""


class HeldBatch(Frozen):
    """The next that are to be retried, and how many there are with those after them."""

    held: tuple[Held, ...]
    left: int


class RetryBatch(Frozen):
    """Input of the step `retry_batch`."""

    held: tuple[Held, ...]


class RetriedCount(Frozen):
    """How many of them came to the same end. `outcome` and `reason` are as `order retry --json` has them."""

    outcome: str
    reason: str
    count: int


class RetriedMany(Frozen):
    """What became of a batch, and of all: the result of the workflow."""

    retried: int = 0
    outcomes: tuple[RetriedCount, ...] = ()

    def plus(self, other: "RetriedMany") -> "RetriedMany":
        """Both together."""
        counts = {(it.outcome, it.reason): it.count for it in self.outcomes}
        for it in other.outcomes:
            counts[it.outcome, it.reason] = counts.get((it.outcome, it.reason), 0) + it.count
        outcomes = tuple(
            RetriedCount(outcome=outcome, reason=reason, count=count)
            for (outcome, reason), count in sorted(counts.items())
        )
        return RetriedMany(retried=self.retried + other.retried, outcomes=outcomes)
