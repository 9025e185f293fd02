"""Translate output into the language of the terminal: `--language`, else that of the locale, else English.

Refusals, warnings, hold reasons and labels are translated; output for programs is not.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from models.codes.requests import RequestStatus
from models.errors import Refusal
from models.fleet.inventory import SimState
from models.language import Language, parse_language
from models.licences.changes import ChangeResult
from models.licences.charges import ChargeReason
from models.licences.licence_views import LicenceStatus
from models.orders.lifecycle import OrderStatus
from models.orders.rules import Action
from models.travel.countries import country_name, country_names
from models.travel.entered import data_volume
from models.travel.profiles import Outcome, PlanState, Reported
from models.travel.stock_views import StockState
from models.travel.volumes import MB
from wording import facts, labels, numbers
from wording.command_words import command_words
from wording.licences import numbers as agents_numbers
from wording.refusals import sentence
from wording.warnings import warning

_chosen: list[Language] = []


def choose(text: str | None) -> None:
    """Use this language from here on. Raises `Refused` (`language_unknown`)."""
    _chosen.clear()
    if text is not None:
        _chosen.append(parse_language(text))


def spoken() -> Language:
    """The language that is used."""
    from settings import language_from_environment  # noqa: PLC0415  see `starter.cli.session`

    return _chosen[0] if _chosen else language_from_environment()


def why_not(refusal: Refusal) -> str:
    """The sentence of a refusal, or of a warning about a row of a file."""
    return sentence(refusal, spoken())


def cautioned(english: str) -> str:
    """The sentence of a warning."""
    return warning(english, spoken())


def held(reason: str) -> str:
    """The sentence of a hold reason: what happened, and what to do."""
    return labels.hold_sentence(reason, spoken())


def action_label(action: Action) -> str:
    """The name of an action."""
    return labels.action_label(action, spoken())


def kind_label(kind: str) -> str:
    """The name of a kind of order."""
    return labels.kind_label(kind, spoken())


def order_status(status: OrderStatus) -> str:
    """The name of an order's status."""
    return labels.order_status(status, spoken())


def request_status(status: RequestStatus) -> str:
    """The name of the status of a request for a QR code."""
    return labels.request_status(status, spoken())


def licence_status(status: LicenceStatus) -> str:
    """The name of a licence's status."""
    return labels.licence_status(status, spoken())


def plan_state(state: PlanState) -> str:
    """The name of the state of a plan on an eSIM line."""
    return labels.plan_state(state, spoken())


def sim_state(state: SimState) -> str:
    """The name of a SIM's state."""
    return labels.sim_state(state, spoken())


def stock_state(state: StockState) -> str:
    """The name of the state of an eSIM of the stock."""
    return labels.stock_state(state, spoken())


def reported(report: Reported) -> str:
    """The name of what is reported of an eSIM line."""
    return labels.reported(report, spoken())


def outcome(of: Outcome) -> str:
    """What a report of an eSIM line led to."""
    return labels.outcome(of, spoken())


def charge_reason(reason: ChargeReason) -> str:
    """Why a licence is charged."""
    return labels.charge_reason(reason, spoken())


def change_result(result: ChangeResult) -> str:
    """What a change of a number has changed."""
    return agents_numbers.changed(result, spoken())


def kept_licence(licence: str, number: str) -> str:
    """The licence of a number that has neither an eSIM nor an open order."""
    return agents_numbers.kept(licence, number, spoken())


def notice_words() -> Mapping[str, str]:
    """The labels and sentences about what a provider is still to be asked."""
    return agents_numbers.notice_words(spoken())


def money(amount: Decimal, currency: str) -> str:
    """An amount with its currency."""
    return numbers.money(amount, currency, spoken())


def volume(megabytes: int) -> str:
    """A data volume, such as `1.5 GB`, as it is entered."""
    if spoken() is Language.EN:
        return data_volume(megabytes)
    return facts.Volume(megabytes * MB).words(spoken())


def worded(english: str, **facts: object) -> str:
    """A heading, label or sentence of a command, with these facts."""
    return command_words(english, spoken()).format_map(facts)


def headings(*english: str) -> tuple[str, ...]:
    """The headings of a table."""
    return tuple(map(worded, english))


def country(code: str) -> str:
    """The name of a country."""
    return country_name(code, spoken())


def countries(codes: Iterable[str]) -> str:
    """The names of countries, sorted and with commas."""
    return ", ".join(country_names(codes, spoken()))


def not_sent_step(step: str) -> str:
    """The name of an e-mail or call that was not sent yet."""
    return labels.not_sent_step(step, spoken())


def not_sent_words() -> Mapping[str, str]:
    """The labels and sentences about what was not sent yet."""
    return labels.not_sent_words(spoken())


def not_sent_tries(tries: int) -> str:
    """The number of attempts in words."""
    return labels.not_sent_tries(tries, spoken())


def not_sent_reason(reason: str) -> str:
    """The sentence why it was not sent yet."""
    return labels.not_sent_reason(reason, spoken())
