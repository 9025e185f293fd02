"""Agents: the people who use the numbers of an account. Events hold their ids and which fields changed.

An agent is locked last (`store.locks`): after the numbers, orders and SIMs that concern them.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select, union, update
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refused
from models.licences.views import AgentView
from models.orders.lifecycle import HoldReason
from models.paging import WHOLE, Page, Wanted
from models.people.callers import By, Scope
from store import events
from store.codes.tables import QrRequestRow
from store.fleet.tables import SimRow
from store.licences.tables import AgentRow, LicenceOrderRow, NumberRow
from store.locks import keep_account_open
from store.made_keys import Made
from store.operations.tables import HoldRow
from store.paging import by_account
from store.people.languages import language_of
from store.people.tables import AccountRow
from store.row import now
from store.scopes import within
from store.session import constraint_of

_ONE_ADDRESS = "uq_agents_email"
_LOCK = select(AgentRow).where(AgentRow.id == bindparam("agent")).with_for_update(key_share=True)
# FOR UPDATE: no number is given to the agent meanwhile
_LOCK_ALONE = select(AgentRow.id).where(AgentRow.id == bindparam("agent")).with_for_update()
_NUMBERS = (
    select(NumberRow.id)
    .where(NumberRow.agent_id == bindparam("agent"), NumberRow.account_id == bindparam("account"))
    .order_by(NumberRow.id)
)
_FOR_ADDRESS = HoldRow.reason == HoldReason.NO_AGENT_ADDRESS.value
_HELD = union(
    select(HoldRow.workflow_id)
    .join(LicenceOrderRow, LicenceOrderRow.order_id == HoldRow.workflow_id)
    .where(
        LicenceOrderRow.agent_id == bindparam("agent"),
        LicenceOrderRow.account_id == bindparam("account"),
        _FOR_ADDRESS,
    ),
    select(HoldRow.workflow_id)
    .join(QrRequestRow, QrRequestRow.id == HoldRow.workflow_id)
    .join(SimRow, SimRow.id == QrRequestRow.sim_id)
    .join(NumberRow, NumberRow.subject == SimRow.holder)
    .where(
        NumberRow.agent_id == bindparam("agent"), NumberRow.account_id == bindparam("account"), _FOR_ADDRESS
    ),
)


async def agents(
    connection: AsyncConnection,
    scope: Scope,
    wanted: Wanted = WHOLE,
    chosen: tuple[ColumnElement[bool], ...] = (),
) -> Page[AgentView]:
    """Agents with the numbers that they use, sorted by account and name; `chosen`: only these."""
    statement = _agents().where(within(scope, AgentRow.account_id), *chosen)
    return (await by_account(scope, AgentRow.name, AgentRow.id).page(connection, statement, wanted)).of(_view)


async def agent(connection: AsyncConnection, scope: Scope, agent_id: int) -> AgentView:
    """One agent, who must exist in the scope."""
    statement = _agents().where(AgentRow.id == agent_id, within(scope, AgentRow.account_id))
    return _view((await connection.execute(statement)).one())


async def create(
    connection: AsyncConnection,
    account_id: int,
    by: By,
    *,
    phone_confirmed: bool,
    key: str | None = None,
    **fields: Any,
) -> AgentView:
    """Create an agent with these `fields`: name, email, language, eid; once per key.

    Raises `Refused` (`agent_exists`, `key_reused`, `account_closed`).
    """
    await keep_account_open(connection, account_id)
    made = Made.of(account_id, key, {"phone_confirmed": phone_confirmed, **fields})
    if known := await _made(connection, account_id, made):
        return known
    confirmed_at = now() if phone_confirmed else None
    values = {"account_id": account_id, "phone_confirmed_at": confirmed_at, **fields, **made.columns}
    added = insert(AgentRow).values(values).on_conflict_do_nothing().returning(AgentRow.id)
    agent_id = (await connection.execute(added)).scalar_one_or_none()
    if agent_id is None:
        if known := await _made(connection, account_id, made):  # by a call at the same time
            return known
        raise Refused.because("agent_exists")
    await _record(connection, account_id, agent_id, by, ("agent.created", {}))
    return await _agent(connection, agent_id)


async def _made(connection: AsyncConnection, account_id: int, made: Made) -> AgentView | None:
    """The agent who was created under this key, as the agent is now."""
    agent_id = await made.find(connection, AgentRow, AgentRow.account_id == account_id)
    if agent_id is None:
        return None
    return (await _agent(connection, agent_id)).model_copy(update={"replayed": True})


async def edit(
    connection: AsyncConnection,
    agent_id: int,
    by: By,
    fields: Mapping[str, Any],
    *,
    phone_confirmed: bool | None = None,
) -> AgentView:
    """Change these `fields` (name, email, language, eid) where they differ; the event says which.

    Raises `Refused` (`agent_exists`).
    """
    before = (await connection.execute(_LOCK, {"agent": agent_id})).one()
    values = {name: value for name, value in fields.items() if getattr(before, name) != value}
    if phone_confirmed is not None and phone_confirmed is not (before.phone_confirmed_at is not None):
        values["phone_confirmed_at"] = now() if phone_confirmed else None
    if values:
        try:
            await connection.execute(update(AgentRow).where(AgentRow.id == agent_id).values(values))
        except IntegrityError as twice:
            if constraint_of(twice) != _ONE_ADDRESS:
                raise
            raise Refused.because("agent_exists") from None
        happened = ("agent.changed", {"fields": sorted(values)})
        await _record(connection, before.account_id, agent_id, by, happened)
    return await _agent(connection, agent_id)


async def deactivate(connection: AsyncConnection, agent_id: int, by: By) -> AgentView | None:
    """Deactivate an agent who uses no number any more; idempotent. None, and nothing is changed, where the
    agent was given a number meanwhile.
    """
    await connection.execute(_LOCK_ALONE, {"agent": agent_id})
    if (found := await _agent(connection, agent_id)).number_ids:
        return None
    if found.deactivated_at is not None:
        return found
    return await _set_active(connection, found, by, active=False)


async def activate(connection: AsyncConnection, agent_id: int, by: By) -> AgentView:
    """Activate a deactivated agent; idempotent."""
    await connection.execute(_LOCK_ALONE, {"agent": agent_id})
    found = await _agent(connection, agent_id)
    if found.deactivated_at is None:
        return found
    return await _set_active(connection, found, by, active=True)


async def _set_active(connection: AsyncConnection, agent: AgentView, by: By, *, active: bool) -> AgentView:
    values = {"deactivated_at": None if active else now()}
    await connection.execute(update(AgentRow).where(AgentRow.id == agent.id).values(values))
    happened = "agent.activated" if active else "agent.deactivated"
    await _record(connection, agent.account_id, agent.id, by, (happened, {}))
    return await _agent(connection, agent.id)


async def numbers_of(connection: AsyncConnection, account_id: int, agent_id: int) -> list[int]:
    """The numbers that the agent uses."""
    known = {"agent": agent_id, "account": account_id}
    return list(await connection.scalars(_NUMBERS, known))


async def held_for_address(connection: AsyncConnection, account_id: int, agent_id: int) -> list[str]:
    """The orders for this agent, and the requests for the codes of the agent's eSIMs, that are held because
    the agent has no address (L27).
    """
    known = {"agent": agent_id, "account": account_id}
    return sorted(await connection.scalars(_HELD, known))


async def _record(
    connection: AsyncConnection, account_id: int, agent_id: int, by: By, happened: events.Happening
) -> None:
    kind, data = happened
    about = (f"agent:{agent_id}",)
    await events.append(
        connection, account_id, about, by.actor, (kind, {"agent": agent_id, **data}), origin_id=by.origin_id
    )


async def _agent(connection: AsyncConnection, agent_id: int) -> AgentView:
    return _view((await connection.execute(_agents().where(AgentRow.id == agent_id))).one())


def _agents() -> Select[Any]:
    one = func.jsonb_build_array(NumberRow.id, NumberRow.msisdn)
    each: Any = func.jsonb_agg(aggregate_order_by(one, NumberRow.id))
    uses = select(each).where(NumberRow.agent_id == AgentRow.id, NumberRow.account_id == AgentRow.account_id)
    return select(
        AgentRow.id,
        AccountRow.name.label("account"),
        AgentRow.account_id,
        AgentRow.name,
        AgentRow.email,
        language_of(AgentRow).label("language"),
        AgentRow.eid,
        AgentRow.phone_confirmed_at,
        AgentRow.deactivated_at,
        uses.correlate(AgentRow).scalar_subquery().label("uses"),
    ).join(AccountRow, AccountRow.id == AgentRow.account_id)


def _view(row: Any) -> AgentView:
    cells = dict(row._mapping)
    uses = cells.pop("uses") or ()
    ids, msisdns = tuple(number_id for number_id, _ in uses), tuple(msisdn for _, msisdn in uses)
    return AgentView(**cells, number_ids=ids, msisdns=msisdns)
