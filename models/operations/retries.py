"""Held work that may be retried, and the outcome of a retry."""

from dataclasses import dataclass
from enum import Enum

from models.characters import CONTROL

LONGEST_QUERY = 2000


def one_line(text: str) -> bool:
    """Whether the text has no control characters: some Temporal servers never answer a query with one."""
    return not CONTROL.search(text)


class Outcome(Enum):
    """The outcome of a retry, as far as it was watched."""

    CONTINUES = "continues"
    STARTED_AGAIN = "is started again"
    HELD_AGAIN = "held again"
    NOTHING_YET = "not executed yet"
    OVER = "had ended before"
    NOT_REACHED = "Temporal did not answer"


@dataclass(frozen=True)
class Held:
    """Work that waits for a person, or whose workflow is gone."""

    id: str
    kind: str
    """order, qr_request or notification."""
    reason: str
    """Empty if it is not held."""


@dataclass(frozen=True)
class Retried:
    """The outcome of a retry. `reason` is why it is held now, else why it was held."""

    id: str
    kind: str
    outcome: Outcome
    reason: str
