"""What a change does to a number as it is: its columns, its eSIM, and what ends."""

from dataclasses import dataclass, field
from typing import Any

from models.fleet.inventory import SimState
from models.licences.changes import NumberChange
from models.licences.numbers import Change, LineType, Notice, NumberState
from models.licences.rules import NumberFacts
from store.row import now


@dataclass(frozen=True)
class Plan:
    """What a change does to the number."""

    event: str
    data: dict[str, Any] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    """The columns of the number that change."""
    ends: bool = False
    """Whether the open order, the eSIM and, unless it is kept, the use of the licence end."""
    keeps_licence: bool = False
    """The licence stays in use: a replacement of the eSIM follows."""
    moves: tuple[SimState, SimState, Notice] | None = None
    """The eSIM's state before and after, and what the provider is asked for that."""


def plan_of(change: NumberChange, number: NumberFacts, licence_id: int | None) -> Plan | None:
    """What this change does to the number as it is; None if it is so already (L26)."""
    deleted, suspended = number.state is NumberState.DELETED, number.state is NumberState.SUSPENDED
    in_use = number.sim_id is not None or number.open_order is not None or licence_id is not None
    user = {"agent": change.agent_id, "agent_before": number.agent_id}
    deletes = {"deleted_at": now(), "agent_id": None}
    suspends = {"suspended_at": now(), "suspended_note_id": change.note_id}
    resumes: dict[str, Any] = {"suspended_at": None, "suspended_note_id": None}
    off = (SimState.ACTIVE, SimState.SUSPENDED, Notice.SUSPEND)
    on = (SimState.SUSPENDED, SimState.ACTIVE, Notice.RESUME)
    plans = {
        Change.CHANGE_USER: (
            number.agent_id != change.agent_id,
            Plan("number.user_changed", user, {"agent_id": change.agent_id}, ends=True),
        ),
        Change.DELETE: (not deleted, Plan("number.deleted", {}, deletes, ends=True)),
        Change.RECOVER: (deleted, Plan("number.recovered", {}, {"deleted_at": None})),
        Change.SUSPEND: (not suspended, Plan("number.suspended", {}, suspends, moves=off)),
        Change.RESUME: (suspended, Plan("number.resumed", {}, resumes, moves=on)),
        Change.MAKE_DIRECT: _to(LineType.DIRECT, number),
        Change.MAKE_SHARED: _to(LineType.SHARED, number),
        Change.STOP_ESIM: _stop(change, number, in_use=in_use),
    }
    changes, plan = plans[change.change]
    return plan if changes else None


def _stop(change: NumberChange, number: NumberFacts, *, in_use: bool) -> tuple[bool, Plan]:
    """Before a replacement only the eSIM in place is stopped: without one nothing of the number works, and
    its open order stays.
    """
    keeps = change.keeps_licence
    plan = Plan("number.esim_stopped", ends=True, keeps_licence=keeps)
    return number.sim_id is not None if keeps else in_use, plan


def _to(line_type: LineType, number: NumberFacts) -> tuple[bool, Plan]:
    return number.line_type is not line_type, Plan(
        f"number.made_{line_type}", {}, {"line_type": line_type.value}
    )
