"""When a licence can be assigned, an eSIM replaced and a number changed: each rule says why not.

The desk refuses by these before it starts anything, and the transaction that accepts checks them again with
current facts. Source: requirements L4 to L6, L12 to L24, L29, L39.
"""

from datetime import date

from pydantic import BaseModel, ConfigDict

from models.errors import Refusal
from models.fleet.inventory import SimState
from models.identifiers import reference
from models.licences.numbers import Change, LineType, NumberState, ReplaceReason, is_french_mobile
from models.orders.placement import mark_of


class NumberFacts(BaseModel):
    """A number as the rules see it, read in one statement."""

    model_config = ConfigDict(frozen=True)

    msisdn: str
    line_type: LineType
    state: NumberState
    agent_id: int | None
    agent_deactivated: bool = False
    phone_known: bool = False
    """The agent's phone supports eSIM: its EID is known, or an administrator confirmed it (L12)."""
    sim_id: int | None = None
    sim_state: SimState | None = None
    """Of the eSIM that is in place: active or suspended."""
    open_order: str | None = None
    recoverable: bool = True
    """Whether the time in which a deleted number can be recovered is not over."""
    msisdn_in_use: bool = False
    """Whether another number, in whatever account, has the phone number of this one, which is deleted."""


class LicenceFacts(BaseModel):
    """A licence as the rules see it."""

    model_config = ConfigDict(frozen=True)

    number: str | None
    """The number that uses it, such as `N-7`, also while the order is open."""
    over: bool
    """It was given back, and its paid period has ended."""
    usable_until: date | None = None
    """Its last day, if it was given back (L32)."""


def shown_agent(agent_id: int | None) -> str:
    """The agent of a number, as a confirmation remembers whom it showed."""
    return "nobody" if agent_id is None else reference("AG", agent_id)


def agent_refusals(number: NumberFacts, mark: str | None) -> list[Refusal]:
    """Why what was confirmed is not done: another agent uses the number by now, for whom it was not meant.
    `mark`: that of `shown_agent`; None where nothing was shown.
    """
    if mark is None or mark == mark_of(shown_agent(number.agent_id)):
        return []
    return [Refusal.of("agent_changed")]


def assign_refusals(number: NumberFacts, licence: LicenceFacts, *, phone_confirmed: bool) -> list[Refusal]:
    """Every reason why this licence cannot be assigned to this number (L5, L6, L12, L19, L20, L39)."""
    found = _number(number)
    if number.sim_id is not None:
        found.append(Refusal.of("number_has_esim", sim=f"S-{number.sim_id}"))
    found += _order(number)
    found += _agent(number, phone_confirmed=phone_confirmed)
    if licence.over:
        found.append(Refusal.of("licence_over"))
    elif licence.number is not None:
        found.append(Refusal.of("licence_in_use", number=licence.number))
    return found


def replace_refusals(
    number: NumberFacts, reason: ReplaceReason, *, phone_confirmed: bool, licensed: bool
) -> list[Refusal]:
    """Every reason why the eSIM of this number cannot be replaced (L29, L30).

    The eSIM of a lost phone is mostly stopped already: then a number that has kept its licence gets its
    replacement all the same. If it is not, and the replacement is refused, that is said too.
    """
    found = _number(number)
    if not licensed or (number.sim_id is None and not reason.stops_at_once):
        found.append(Refusal.of("number_without_esim"))
    found += _order(number)
    found += _agent(number, phone_confirmed=phone_confirmed)
    if found and reason.stops_at_once and number.sim_id is not None:
        found.append(Refusal.of("esim_not_stopped", sim=f"S-{number.sim_id}"))
    return found


def change_refusals(change: Change, number: NumberFacts, *, reason: bool = True) -> list[Refusal]:
    """Every reason why the number cannot be changed so (L13, L22, L39). What is so already is no reason: the
    change then changes nothing. `reason`: the caller says why, as is needed for a suspension.
    """
    if change is Change.RECOVER:
        if number.state is not NumberState.DELETED:
            return []
        if not number.recoverable:
            return [Refusal.of("number_gone")]
        return [Refusal.of("number_taken")] if number.msisdn_in_use else []
    if number.state is NumberState.DELETED:
        return [] if change is Change.DELETE else [Refusal.of("number_deleted")]
    if change is Change.MAKE_SHARED and number.line_type is LineType.DIRECT:
        found = _order(number)
        if number.sim_id is not None:
            found.append(Refusal.of("number_has_esim", sim=f"S-{number.sim_id}"))
        return found
    if change is Change.SUSPEND and number.state is NumberState.ACTIVE:
        found = _order(number)
        return found if reason else [*found, Refusal.of("reason_needed")]
    return []


def _number(number: NumberFacts) -> list[Refusal]:
    if number.state is NumberState.DELETED:
        return [Refusal.of("number_deleted")]
    found = []
    if not is_french_mobile(number.msisdn):
        found.append(Refusal.of("not_french_mobile"))
    if number.line_type is LineType.SHARED:
        found.append(Refusal.of("number_shared"))
    if number.state is NumberState.SUSPENDED:
        found.append(Refusal.of("number_suspended"))
    return found


def _order(number: NumberFacts) -> list[Refusal]:
    return [Refusal.of("number_open_order", order=number.open_order)] if number.open_order else []


def _agent(number: NumberFacts, *, phone_confirmed: bool) -> list[Refusal]:
    if number.agent_id is None:
        return [Refusal.of("number_without_agent")]
    if number.agent_deactivated:
        return [Refusal.of("agent_deactivated")]
    if not (phone_confirmed or number.phone_known):
        return [Refusal.of("phone_unconfirmed")]
    return []
