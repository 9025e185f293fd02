"""Format e-mails and calls that were not sent yet for a terminal."""

from collections.abc import Mapping, Sequence

from models.operations.not_sent import NotSentView
from starter.cli.language import not_sent_reason, not_sent_step, not_sent_tries, not_sent_words
from starter.cli.output import full_time


def rows(not_sent: Sequence[NotSentView], people: Mapping[str, str]) -> list[tuple[str, str]]:
    """One row for each e-mail or call: what, recipients, since when, number of attempts, reason."""
    return [(label(), in_words(unsent, people)) for unsent in not_sent]


def label() -> str:
    """The label of such a row."""
    return not_sent_words()["label"]


def in_words(unsent: NotSentView, people: Mapping[str, str]) -> str:
    """The sentence about one e-mail or call; `people` has the names of its recipients."""
    to = ", ".join(people.get(person, person) for person in unsent.recipients)
    return not_sent_words()["sentence"].format(
        what=not_sent_step(unsent.step) + (f" ({to})" if to else ""),
        since=full_time(unsent.since),
        tries=not_sent_tries(unsent.attempts),
        reason=not_sent_reason(unsent.reason),
    )


def mark(not_sent: Sequence[NotSentView]) -> str:
    """The suffix of the status of an order, a request or a notification in a list."""
    return f" ({label()})" if not_sent else ""
