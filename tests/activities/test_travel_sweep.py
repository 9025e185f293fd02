"""What the sweep wakes: all of it, and one that cannot be woken keeps no other from it."""

from datetime import timedelta
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import ActivityEnvironment

from activities.travel.sweep import GIVEN_UP_AFTER, TravelSweep
from models.identifiers import order_id
from store.session import Database
from store.travel import sweep
from tests.builders import run
from tests.travel_world import (
    SUE,
    add_esim_line,
    add_stock,
    add_subscriber,
    add_travel_plan,
    assign_plan,
    travel_world,
)
from workflows.travel.messages import Wake, WakeTravel

MANY = 101
UNWOKEN = "SELECT id FROM esim_lines WHERE due_at IS DISTINCT FROM woken_for ORDER BY id"


class Calls:
    """A client that notes which workflows were called, and cannot reach some."""

    def __init__(self) -> None:
        self.called: list[str] = []
        self.lost: set[str] = set()

    def get_workflow_handle(self, workflow_id: str) -> "Handle":
        return Handle(self, workflow_id)

    async def start_workflow(self, *_: Any, id: str, **__: Any) -> None:  # noqa: A002  as the client has it
        self.call(id)

    def call(self, workflow_id: str) -> None:
        if workflow_id in self.lost:
            raise RPCError("too long", RPCStatusCode.INVALID_ARGUMENT, b"")
        self.called.append(workflow_id)


class Handle:
    def __init__(self, calls: Calls, workflow_id: str) -> None:
        self.calls, self.id = calls, workflow_id

    async def signal(self, *_: Any) -> None:
        self.calls.call(self.id)


async def woken(database: Database, calls: Calls, part: Wake) -> int:
    async def no_alerts(_: object) -> None: ...

    steps = TravelSweep(database, calls, no_alerts, timedelta(days=90), timedelta(days=7))  # type: ignore[arg-type]
    return (await ActivityEnvironment().run(steps.wake_travel, WakeTravel(part=part))).done


@pytest.mark.covers("T17")
async def test_all_orders_are_woken_for_which_an_esim_is_reserved(database: Database) -> None:
    await travel_world(database)
    ids = [order_id(1, f"order {number}") for number in range(MANY)]
    for number, order in enumerate(ids):
        sim = await add_stock(database, number)
        await run(
            database,
            "INSERT INTO orders (id, account_id, kind, status, status_since, placed_by, what) SELECT :order,"
            " account_id, 'add_line', 'submitted', esim_now() - interval '1 hour', id, '{}' FROM users"
            " WHERE email = :sue",
            order=order,
            sue=SUE,
        )
        await run(
            database, "UPDATE travel_stock SET order_id = :order WHERE sim_id = :sim", order=order, sim=sim
        )
    calls = Calls()
    assert await woken(database, calls, Wake.ORDERS) == MANY
    assert sorted(calls.called) == sorted(ids)


async def due_lines(database: Database, number: int) -> list[int]:
    """Lines whose workflow is to be woken."""
    await travel_world(database)
    subscriber, plan = await add_subscriber(database), await add_travel_plan(database)
    lines = [await add_esim_line(database, subscriber, one) for one in range(number)]
    for line in lines:
        await assign_plan(database, line, plan)
    await run(database, "UPDATE esim_lines SET due_at = esim_now()")
    return lines


@pytest.mark.covers("T23")
async def test_a_line_that_cannot_be_woken_keeps_no_other_from_it_and_is_seen(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "BATCH", 2)
    lost, *others = await due_lines(database, 5)
    calls = Calls()
    calls.lost = {f"travel-line-{lost}"}
    with pytest.raises(ApplicationError, match="1 of them failed") as failed:
        await woken(database, calls, Wake.LINES)
    assert failed.value.non_retryable, "the others are woken: the next sweep tries it again"
    assert calls.called == [f"travel-line-{line}" for line in others]
    assert [row.id for row in await run(database, UNWOKEN)] == [lost]
    calls.lost.clear()
    assert await woken(database, calls, Wake.LINES) == 1
    assert await run(database, UNWOKEN) == []


@pytest.mark.covers("T23")
async def test_where_none_can_be_woken_the_step_is_tried_again_soon(database: Database) -> None:
    lines = await due_lines(database, GIVEN_UP_AFTER + 1)
    calls = Calls()
    calls.lost = {f"travel-line-{line}" for line in lines[:GIVEN_UP_AFTER]}
    with pytest.raises(RPCError):
        await woken(database, calls, Wake.LINES)
    assert calls.called == [], "after so many in a row Temporal is unavailable"
