"""What has not gone out yet, as people read it in a terminal."""

from collections.abc import Mapping, Sequence

from models.not_sent import NotSentView
from starter.cli.language import not_sent_reason, not_sent_step
from starter.cli.output import full_time


def rows(not_sent: Sequence[NotSentView], people: Mapping[str, str]) -> list[tuple[str, str]]:
    """One row for each e-mail or call: what and to whom, since when, how often tried, and why."""
    return [("not sent", in_words(waits, people)) for waits in not_sent]


def in_words(waits: NotSentView, people: Mapping[str, str]) -> str:
    """One e-mail or call in a sentence; `people` names its recipients."""
    to = ", ".join(people.get(person, person) for person in waits.recipients)
    what = not_sent_step(waits.step) + (f" ({to})" if to else "")
    tries = "1 try" if waits.attempts == 1 else f"{waits.attempts} tries"
    return f"{what}, since {full_time(waits.since)} ({tries}). {not_sent_reason(waits.reason)}"


def mark(not_sent: Sequence[NotSentView]) -> str:
    """What a list adds to the status of an order, a request or a notification."""
    return " (not sent)" if not_sent else ""
