"""Changes of a number against the steps of its order: one outcome, and no circle of locks."""

import pytest
from sqlalchemy import make_url

from models.licences.changes import ChangeResult
from models.licences.numbers import Change
from models.orders.placement import Acceptance, StepResult
from sandbox.postgres import ThrowAwayPostgres
from store.session import Database
from tests.builders import run
from tests.licences_world import (
    accepted,
    add_agent,
    add_licence,
    add_number,
    assignment,
    licences_world,
    replacement,
)
from tests.server_log import ServerLog
from tests.store.licences.number_ways import change
from tests.store.licences.order_ways import NEW, OLD, assigned, codes_of, sims, step, used_by
from tests.store.licences.races import HELD, TURNS, at_once, holder


@pytest.fixture
def log(postgres: ThrowAwayPostgres) -> ServerLog:
    return ServerLog(postgres)


@pytest.fixture
async def number(database_url: str, database: Database) -> int:
    """A number with an agent; a circle is seen at once."""
    await run(database, f"ALTER DATABASE {make_url(database_url).database} SET deadlock_timeout = '100ms'")
    await licences_world(database)
    return await add_number(database, 1, await add_agent(database))


@pytest.mark.covers("L15", "L23")
@HELD
@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("ending", [Change.DELETE, Change.CHANGE_USER])
async def test_of_a_change_and_processed_exactly_one_comes_first(
    database: Database, log: ServerLog, number: int, ending: Change, turn: int, *, held: bool
) -> None:
    replaces = turn // 2 % 2 == 0
    if replaces:
        licence = await assigned(database, number, OLD)
        order = await accepted(database, await replacement(database, number))
    else:
        licence = await add_licence(database)
        order = await accepted(database, await assignment(database, number, licence))
    await step(database, "acknowledge", order)
    theo = await add_agent(database, "Theo", "theo@acme.example")
    changed, completed = await at_once(
        database,
        holder(turn, held),
        change(database, number, ending, agent_id=theo if ending is Change.CHANGE_USER else None),
        step(database, "complete", order, NEW, "race"),
        late=bool(turn % 2),
    )
    assert isinstance(changed, ChangeResult)
    assert isinstance(completed, StepResult)
    cancelled = changed.cancelled_order is not None
    lost = completed.refusal and completed.refusal.code
    assert lost == ("already_cancelled" if cancelled else None), "the loser learns which"
    assert changed.esim_stopped is (replaces or not cancelled)
    brought = int(replaces) + int(not cancelled)
    assert [state for state, _, _ in await sims(database)] == ["discarded"] * brought
    assert await used_by(database, licence) is None
    assert log.circles() == 0


@pytest.mark.covers("L19", "L23", "L28")
@HELD
@pytest.mark.parametrize("turn", TURNS)
async def test_of_a_change_and_a_new_order_neither_leaves_a_licence_behind(
    database: Database, log: ServerLog, number: int, turn: int, *, held: bool
) -> None:
    licence = await add_licence(database)
    asked = await assignment(database, number, licence)
    order, deleted = await at_once(
        database,
        holder(turn, held),
        accepted(database, asked),
        change(database, number, Change.DELETE),
        late=bool(turn % 2),
    )
    assert isinstance(order, Acceptance)
    assert isinstance(deleted, ChangeResult)
    assert deleted.changed
    assert (deleted.cancelled_order is not None) is order.accepted
    assert order.accepted or codes_of(order)[0] == "number_deleted"
    assert (await sims(database), await used_by(database, licence)) == ([], None)
    assert log.circles() == 0
