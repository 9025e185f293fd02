"""What can be done about the eSIM of a number now, and why not: for the pages of a number (L6, L20)."""

from models.errors import Refusal
from models.licences.numbers import ReplaceReason
from models.licences.rules import LicenceFacts, NumberFacts, assign_refusals, replace_refusals
from models.licences.views import AgentView, NumberView

_FREE = LicenceFacts(number=None, over=False)


def phone_known(agent: AgentView | None) -> bool:
    """Whether it is known that the agent's phone supports eSIM (L12)."""
    return agent is not None and (agent.eid is not None or agent.phone_confirmed_at is not None)


def why_not_assign(number: NumberView, agent: AgentView | None) -> list[Refusal]:
    """Why no licence can be assigned to the number, whichever it is. That the phone supports eSIM is asked
    when one is assigned.
    """
    return assign_refusals(_facts(number, agent), _FREE, phone_confirmed=True)


def why_not_replace(number: NumberView, agent: AgentView | None, reason: ReplaceReason) -> list[Refusal]:
    """Why the eSIM of the number cannot be replaced. Of a lost or stolen phone it is stopped first, which
    cancels an open order.
    """
    facts = _facts(number, agent)
    if reason.stops_at_once:
        facts = facts.model_copy(update={"open_order": None})
    licensed = number.licence_id is not None
    found = replace_refusals(facts, reason, phone_confirmed=True, licensed=licensed)
    return [refusal for refusal in found if refusal.code != "esim_not_stopped"]


def keeps_licence_for_nothing(number: NumberView) -> bool:
    """Whether the number has kept the licence of a lost eSIM whose replacement did not follow (L30)."""
    return number.licence_id is not None and number.sim_id is None and number.open_order is None


def _facts(number: NumberView, agent: AgentView | None) -> NumberFacts:
    return NumberFacts(
        msisdn=number.msisdn,
        line_type=number.line_type,
        state=number.state,
        agent_id=number.agent_id,
        agent_deactivated=agent is not None and agent.deactivated_at is not None,
        phone_known=phone_known(agent),
        sim_id=number.sim_id,
        sim_state=number.sim_state,
        open_order=number.open_order,
    )
