"""The language of the person at the terminal: `--language`, else that of the locale, else English.

Refusals, warnings, hold reasons and labels are in it; what programs read is not.
"""

from collections.abc import Mapping

from models.codes.requests import RequestStatus
from models.errors import Refusal
from models.language import Language, parse_language
from models.orders.lifecycle import OrderStatus
from models.orders.rules import Action
from wording import labels
from wording.refusals import sentence
from wording.warnings import warning

_chosen: list[Language] = []


def choose(text: str | None) -> None:
    """Speak this language from here on. Raises `Refused` (`language_unknown`)."""
    _chosen.clear()
    if text is not None:
        _chosen.append(parse_language(text))


def spoken() -> Language:
    """The language that is spoken."""
    from settings import language_from_environment  # noqa: PLC0415  see `starter.cli.session`

    return _chosen[0] if _chosen else language_from_environment()


def why_not(refusal: Refusal) -> str:
    """A refusal, or what is odd with a row, in a sentence."""
    return sentence(refusal, spoken())


def cautioned(english: str) -> str:
    """A warning."""
    return warning(english, spoken())


def held(reason: str) -> str:
    """What waits for a person, and what to do."""
    return labels.hold_sentence(reason, spoken())


def action_label(action: Action) -> str:
    """An action as it is named to users."""
    return labels.action_label(action, spoken())


def kind_label(kind: str) -> str:
    """The kind of an order."""
    return labels.kind_label(kind, spoken())


def order_status(status: OrderStatus) -> str:
    """The status of an order."""
    return labels.order_status(status, spoken())


def request_status(status: RequestStatus) -> str:
    """The status of a request for a QR code."""
    return labels.request_status(status, spoken())


def not_sent_step(step: str) -> str:
    """What has not gone out yet."""
    return labels.not_sent_step(step, spoken())


def not_sent_words() -> Mapping[str, str]:
    """What is said around what has not gone out yet."""
    return labels.not_sent_words(spoken())


def not_sent_tries(tries: int) -> str:
    """How often it was tried."""
    return labels.not_sent_tries(tries, spoken())


def not_sent_reason(reason: str) -> str:
    """Why it has not gone out yet."""
    return labels.not_sent_reason(reason, spoken())
