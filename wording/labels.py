"""Statuses, actions and hold reasons in the reader's language; `models` defines the English ones."""

from collections.abc import Mapping

from models.codes.requests import RequestStatus
from models.fleet.inventory import SimState
from models.language import Language
from models.licences.charges import ChargeReason
from models.licences.licence_views import CHARGE_REASONS, LicenceStatus
from models.operations.not_sent import AN_EMAIL, MAIL, STEPS, WORDS, NotSentReason
from models.orders.kinds import kind_label as english
from models.orders.lifecycle import HoldReason, OrderStatus
from models.orders.rules import Action
from models.people.callers import Permission
from models.refusals.words import WORDS as ENGLISH_WORDS
from models.travel.profiles import Outcome, PlanState, Reported
from models.travel.stock_views import StockState
from wording.french import labels as french
from wording.french.spaces import spaced
from wording.french.words import WORDS as FRENCH_WORDS
from wording.numbers import Plural, counted

_KINDS = {str(name): words for name, words in spaced(french.ACTIONS | french.KINDS).items()}
_HOLDS, _NOT_SENT = frozenset(HoldReason), frozenset(NotSentReason)


def action_label(action: Action, language: Language) -> str:
    """The action's name as it is shown to users."""
    return action.label if language is Language.EN else spaced(french.ACTIONS[action])


def permission_label(permission: Permission, language: Language) -> str:
    """What a permission allows: `place orders`."""
    if language is Language.EN:
        return ENGLISH_WORDS["permission"][permission]
    return spaced(FRENCH_WORDS["permission"][permission])


def kind_label(kind: str, language: Language) -> str:
    """The name of an order's kind as it is shown to users; in English if it is not translated."""
    return _KINDS.get(kind, english(kind)) if language is Language.FR else english(kind)


def order_status(status: OrderStatus, language: Language) -> str:
    """The status of an order."""
    return status.label if language is Language.EN else spaced(french.ORDER_STATUSES[status])


def request_status(status: RequestStatus, language: Language) -> str:
    """The status of a request for a QR code."""
    return status.label if language is Language.EN else spaced(french.REQUEST_STATUSES[status])


def licence_status(status: LicenceStatus, language: Language) -> str:
    """The status of a licence."""
    return status.label if language is Language.EN else spaced(french.LICENCE_STATUSES[status])


def plan_state(state: PlanState, language: Language) -> str:
    """The state of a plan on an eSIM line."""
    return state.value if language is Language.EN else spaced(french.PLAN_STATES[state])


def sim_state(state: SimState, language: Language) -> str:
    """The state of a SIM."""
    return state.replace("_", " ") if language is Language.EN else spaced(french.SIM_STATES[state])


def stock_state(state: StockState, language: Language) -> str:
    """The state of an eSIM of the stock."""
    return state.replace("_", " ") if language is Language.EN else spaced(french.STOCK_STATES[state])


def reported(report: Reported, language: Language) -> str:
    """What is reported of an eSIM line."""
    return report.value if language is Language.EN else spaced(french.REPORTED[report])


def outcome(of: Outcome, language: Language) -> str:
    """What a report of an eSIM line led to."""
    return of.replace("_", " ") if language is Language.EN else spaced(french.OUTCOMES[of])


def charge_reason(reason: ChargeReason, language: Language) -> str:
    """Why a licence is charged."""
    return CHARGE_REASONS[reason] if language is Language.EN else spaced(french.CHARGE_REASONS[reason])


def hold_sentence(reason: str, language: Language) -> str:
    """Why an order or a request is held, and what to do. A reason of another version is shown as it is."""
    if reason not in _HOLDS:
        return reason
    known = HoldReason(reason)
    return known.sentence if language is Language.EN else spaced(french.HOLDS[known])


def not_sent_step(step: str, language: Language) -> str:
    """What has not been sent yet: a step without a translation is an e-mail, or is shown as it is."""
    name = step.partition(":")[0]
    if step.startswith(MAIL):
        return AN_EMAIL if language is Language.EN else spaced(french.AN_EMAIL)
    words = STEPS if language is Language.EN else spaced(french.STEPS)
    return words.get(name, name)


def not_sent_words(language: Language) -> Mapping[str, str]:
    """The words around unsent e-mails and calls in lists and details, by the keys of `WORDS`."""
    return WORDS if language is Language.EN else spaced(french.NOT_SENT_WORDS)


def not_sent_tries(tries: int, language: Language) -> str:
    """The number of attempts."""
    words = not_sent_words(language)
    return counted(tries, Plural(words["one_try"], words["tries"]), language)


def not_sent_reason(reason: str, language: Language) -> str:
    """Why it has not been sent yet. A reason of another version is shown as it is."""
    if reason not in _NOT_SENT:
        return reason
    known = NotSentReason(reason)
    return known.sentence if language is Language.EN else spaced(french.NOT_SENT[known])
