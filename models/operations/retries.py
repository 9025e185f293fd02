"""What is held and may be retried, and what became of it."""

from dataclasses import dataclass
from enum import Enum

from models.characters import CONTROL

LONGEST_QUERY = 2000


def one_line(text: str) -> bool:
    """Whether the text has no control characters: some servers never answer a query that has one."""
    return not CONTROL.search(text)


class Outcome(Enum):
    """What became of one that was retried, while it was watched."""

    GOES_ON = "goes on"
    STARTED_AGAIN = "is started again"
    HELD_AGAIN = "held again"
    NOTHING_YET = "not taken up yet"
    OVER = "was over before"
    NOT_REACHED = "Temporal did not answer"


@dataclass(frozen=True)
class Held:
    """Something that waits for a person, or has no workflow any more."""

    id: str
    kind: str
    """order, qr_request or notification."""
    reason: str
    """Empty where it is not held."""


@dataclass(frozen=True)
class Retried:
    """What became of it. `reason`: what it is held for now, else what it was held for."""

    id: str
    kind: str
    outcome: Outcome
    reason: str
