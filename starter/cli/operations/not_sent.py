"""What has not gone out yet, as people read it in a terminal."""

from collections.abc import Mapping, Sequence

from models.operations.not_sent import NotSentView
from starter.cli.language import not_sent_reason, not_sent_step, not_sent_tries, not_sent_words
from starter.cli.output import full_time


def rows(not_sent: Sequence[NotSentView], people: Mapping[str, str]) -> list[tuple[str, str]]:
    """One row for each e-mail or call: what and to whom, since when, how often tried, and why."""
    return [(label(), in_words(unsent, people)) for unsent in not_sent]


def label() -> str:
    """How a detail names it."""
    return not_sent_words()["label"]


def in_words(unsent: NotSentView, people: Mapping[str, str]) -> str:
    """One e-mail or call in a sentence; `people` names its recipients."""
    to = ", ".join(people.get(person, person) for person in unsent.recipients)
    return not_sent_words()["sentence"].format(
        what=not_sent_step(unsent.step) + (f" ({to})" if to else ""),
        since=full_time(unsent.since),
        tries=not_sent_tries(unsent.attempts),
        reason=not_sent_reason(unsent.reason),
    )


def mark(not_sent: Sequence[NotSentView]) -> str:
    """What a list adds to the status of an order, a request or a notification."""
    return f" ({label()})" if not_sent else ""
