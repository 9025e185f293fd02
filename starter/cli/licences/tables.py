"""Format numbers, their changes and agents for a terminal."""

from collections.abc import Mapping, Sequence

from models.events import EventView
from models.identifiers import reference
from models.licences.changes import ChangeResult
from models.licences.numbers import NumberState
from models.licences.views import AgentView, NumberView
from starter.cli.language import change_result, headings, kept_licence, kind_label, order_status, worded
from starter.cli.language import held as hold_sentence
from starter.cli.licences import unfinished
from starter.cli.orders.tables import print_events
from starter.cli.output import full_time, is_wide, print_facts, print_json, print_table, say

_NOTIFICATION = "qr-notification-"


def print_numbers(numbers: Sequence[NumberView]) -> None:
    """Print one row per number, by account: agent, licence, eSIM and open order (L8)."""
    if not numbers:
        say("There are no such numbers.")
    more = ("provider", "distributor") if is_wide() else ()
    columns = ("id", "number", "type", *more, "agent", "licence", "eSIM", "order")
    for account in dict.fromkeys(number.account for number in numbers):
        rows = [
            (
                reference("N", number.id),
                number.msisdn,
                _type(number),
                *((number.provider, number.distributor) if more else ()),
                number.agent,
                _licence(number),
                _esim(number, unfinished.marks(number.unfinished_changes)),
                _order(number),
            )
            for number in numbers
            if number.account == account
        ]
        print_table(account, columns, rows, whole=("id", "number"))
    unfinished.explain(numbers)


def print_number(number: NumberView, people: Mapping[str, str]) -> None:
    """Print a number with its facts and its history; `people` has names and addresses by reference."""
    facts = [
        ("number", number.msisdn),
        ("account", number.account),
        ("type", number.line_type.value),
        ("state", _state(number)),
        ("suspended for", number.suspended_for),
        ("provider", f"{number.provider}, by {number.distributor}"),
        ("agent", number.agent and f"{number.agent} ({reference('AG', number.agent_id or 0)})"),
        ("licence", _kept(number) or _licence(number)),
        ("eSIM", _esim(number)),
        ("ICCID", number.iccid),
        ("order", _order(number)),
        *(("held", f"{hold.reason}. {hold_sentence(hold.reason)}") for hold in number.holds),
        *unfinished.rows(number.unfinished_changes),
    ]
    print_facts(reference("N", number.id), [fact for fact in facts if fact[1]])
    print_events([_addressed(event, people) for event in number.events], people)


def _addressed(event: EventView, people: Mapping[str, str]) -> EventView:
    """The event about a notification of a QR code, with the address that it goes to."""
    sent = (name for name in event.about if name.startswith(_NOTIFICATION))
    address = next((people[name] for name in sent if name in people), None)
    return event if address is None else event.model_copy(update={"data": {**event.data, "to": address}})


def print_change(result: ChangeResult, *, json: bool) -> None:
    """Print what a change of a number has changed."""
    if json:
        print_json(result)
        return
    say(change_result(result))


def what_ends(number: NumberView) -> str:
    """What stops for good when a number is deleted or gets another user."""
    parts = []
    if number.sim_id is not None:
        parts.append(f"its eSIM {reference('S', number.sim_id)} stops at once, with its QR code and links")
    if number.open_order is not None:
        parts.append(f"the open order {number.open_order} is cancelled")
    return f"{reference('N', number.id)}, {number.msisdn}: {'; '.join(parts)}."


def print_agents(agents: Sequence[AgentView]) -> None:
    """Print one row per agent, by account."""
    if not agents:
        say(worded("There are no such agents."))
    columns = headings("id", "name", "e-mail", "language", "phone", "numbers")
    for account in dict.fromkeys(agent.account for agent in agents):
        rows = [
            (
                reference("AG", agent.id),
                worded("{name} (deactivated)", name=agent.name) if agent.deactivated_at else agent.name,
                agent.email,
                agent.language,
                _phone(agent),
                ", ".join(reference("N", number_id) for number_id in agent.number_ids) or None,
            )
            for agent in agents
            if agent.account == account
        ]
        print_table(account, columns, rows, whole=headings("id"))


def _phone(agent: AgentView) -> str | None:
    """How it is known that the phone supports eSIM."""
    return "EID" if agent.eid else worded("confirmed") if agent.phone_confirmed_at else None


def _type(number: NumberView) -> str:
    active = number.state is NumberState.ACTIVE
    return number.line_type.value + ("" if active else f" ({number.state})")


def _state(number: NumberView) -> str:
    since = number.suspended_at if number.state is NumberState.SUSPENDED else number.deleted_at
    until = f"; recoverable until {full_time(number.recoverable_until)}" if number.deleted_at else ""
    return number.state.value + (f" since {full_time(since)}{until}" if since else "")


def _licence(number: NumberView) -> str | None:
    if number.licence_id is None or number.add_on is None:
        return None
    return f"{reference('LI', number.licence_id)} {number.add_on.label}"


def _kept(number: NumberView) -> str | None:
    """That the licence is in use for nothing, as after a call for a replacement that was interrupted."""
    licence = _licence(number)
    if licence is None or number.sim_id is not None or number.open_order is not None:
        return None
    return kept_licence(licence, reference("N", number.id))


def _esim(number: NumberView, marks: Sequence[str] = ()) -> str | None:
    parts = []
    if number.sim_id is not None and number.sim_state is not None:
        code = "" if number.code_known else ", no QR code yet"
        parts.append(f"{reference('S', number.sim_id)} {number.sim_state}{code}")
    if number.temporary_id is not None:
        parts.append(f"SIM-Temp {reference('S', number.temporary_id)}")
    parts += marks
    return "\n".join(parts) or None


def _order(number: NumberView) -> str | None:
    held = f"held: {number.held_reason}" if number.held_reason else None
    if number.open_order is None or number.order_kind is None or number.order_status is None:
        return held
    status = f"{kind_label(number.order_kind)}: {order_status(number.order_status).lower()}"
    return f"{status} ({held})" if held else f"{status} ({number.open_order})"
