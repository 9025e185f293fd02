"""Format what changes of a number have left to be done, for a terminal (L30)."""

from collections.abc import Sequence

from models.identifiers import reference
from models.licences.views import NumberView, UnfinishedChangeView
from starter.cli.language import held as hold_sentence
from starter.cli.language import not_sent_reason, not_sent_tries, notice_words
from starter.cli.output import full_time, say


def rows(changes: Sequence[UnfinishedChangeView]) -> list[tuple[str, str]]:
    """One row for each: what is asked of whom and since when, why it is not sent, how to continue."""
    words = notice_words()
    return [
        (words["label" if change.notice else "change_label"], "\n".join([_what(change), *_why(change)]))
        for change in changes
    ]


def marks(changes: Sequence[UnfinishedChangeView]) -> list[str]:
    """The eSIMs of a list about which a provider should have been asked by now."""
    label = notice_words()["label"]
    return [
        f"{reference('S', change.sim_id)}: {label}"
        for change in changes
        if change.overdue and change.notice and change.sim_id
    ]


def explain(numbers: Sequence[NumberView]) -> None:
    """Print the sentence of each reason for which changes of these numbers are held."""
    held = (change.held_reason for number in numbers for change in number.unfinished_changes)
    for reason in dict.fromkeys(filter(None, held)):
        say(f"{reason}: {hold_sentence(reason)}")


def _what(change: UnfinishedChangeView) -> str:
    return notice_words()[change.notice or "change"].format(
        distributor=change.distributor,
        provider=change.provider,
        sim=reference("S", change.sim_id or 0),
        since=full_time(change.since),
    )


def _why(change: UnfinishedChangeView) -> list[str]:
    """Why it is not done, and how to continue; what is not held is tried again by itself."""
    words = notice_words()
    if change.holds:
        held = [
            words["held"].format(
                reason=hold.reason, since=full_time(hold.since), sentence=hold_sentence(hold.reason)
            )
            for hold in change.holds
        ]
        return [*held, words["continue"].format(change=change.id)]
    if change.not_sent:
        return [
            words["failed"].format(
                tries=not_sent_tries(unsent.attempts), reason=not_sent_reason(unsent.reason)
            )
            for unsent in change.not_sent
        ]
    return [words["late" if change.overdue else "sending"]]
