"""Calls that fail, each in its way: the caller gets one answer, and the event loop has nothing to report."""

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from models.errors import Refused, Unavailable
from settings import Settings
from store.session import Database
from temporal.calls import Calls, NoSuchWorkflow
from temporal.connection import connect
from tests.builders import OPERATOR, world
from tests.system.scene import Scene
from tests.temporal_server import eventually
from workflows.messages import Retry
from workflows.orders.messages import PlaceOrder
from workflows.orders.order import EsimOrder
from workflows.search_attributes import labels

NOWHERE = "127.0.0.1:9"


@asynccontextmanager
async def reported() -> AsyncIterator[list[dict[str, Any]]]:
    """What the event loop reports meanwhile, such as exceptions that were never retrieved."""
    found: list[dict[str, Any]] = []
    loop = asyncio.get_running_loop()
    gc.collect()  # what tests before left is not of these calls
    before = loop.get_exception_handler()
    loop.set_exception_handler(lambda _, context: found.append(context))
    try:
        yield found
        await asyncio.sleep(0)  # callbacks of what has just ended
        gc.collect()
        await asyncio.sleep(0)
    finally:
        loop.set_exception_handler(before)


async def _start(scene: Scene) -> PlaceOrder:
    draft = scene.draft(key="any")
    return await scene.desk._read(await scene.ana(), draft, draft.key or "")


def _place(calls: Calls, start: PlaceOrder) -> Awaitable[Any]:
    return calls.start_and_ask(
        EsimOrder.run,
        EsimOrder.place,
        start,
        start.order.order_id,
        labels(start.order, start.shown),
        WorkflowIDReusePolicy.REJECT_DUPLICATE,
    )


def _begin(calls: Calls, start: PlaceOrder) -> Awaitable[Any]:
    return calls.start(EsimOrder.run, start, start.order.order_id, labels(start.order, start.shown))


def _cancel(calls: Calls, start: PlaceOrder) -> Awaitable[Any]:
    return calls.update(start.order.order_id, EsimOrder.cancel, {"actor": "operator"})


def _update(calls: Calls, start: PlaceOrder) -> Awaitable[Any]:
    return calls.update(start.order.order_id, EsimOrder.enter_iccid, {"iccid": "8933"})


def _signal(calls: Calls, start: PlaceOrder) -> Awaitable[Any]:
    return calls.signal(start.order.order_id, EsimOrder.retry, Retry())


CALLS: dict[str, Callable[[Calls, PlaceOrder], Awaitable[Any]]] = {
    "start_and_ask": _place,
    "start": _begin,
    "update": _cancel,
    "signal": _signal,
}


def test_every_call_is_tried() -> None:
    assert {name for name in vars(Calls) if not name.startswith("_")} == CALLS.keys()


@pytest.mark.covers("W4")
async def test_calls_of_an_order_that_has_ended_leave_nothing_behind(scene: Scene) -> None:
    await world(scene.database)
    start = await _start(scene)
    order_id = await scene.placed()
    calls = Calls(scene.temporal.client, scene.database, scene.settings)
    await _place(calls, start)
    await scene.ended(start.order.order_id)  # refused: the line has an open order
    async with reported() as found:
        with pytest.raises(WorkflowAlreadyStartedError):
            await _place(calls, start)
        for call in (_cancel, _signal):
            with pytest.raises(NoSuchWorkflow):
                await call(calls, start)
        with pytest.raises(Refused):
            await scene.desk.acknowledge(OPERATOR, order_id, iccid="8933")
        with pytest.raises(Refused):
            await scene.desk.place(await scene.ana(), scene.draft(key="any"))
    assert found == []


@pytest.mark.covers("W4")
async def test_a_call_that_is_refused_leaves_nothing_behind(scene: Scene) -> None:
    await world(scene.database)
    order_id = await scene.placed()
    start = await _start(scene)
    start = start.model_copy(update={"order": start.order.model_copy(update={"order_id": order_id})})
    async with reported() as found:
        with pytest.raises(Refused) as refused:
            await _update(Calls(scene.temporal.client, scene.database, scene.settings), start)
        assert [reason.code for reason in refused.value.refusals] == ["iccid_invalid"]
    assert found == []


@pytest.mark.covers("W1")
@pytest.mark.parametrize("name", CALLS)
async def test_a_call_that_reaches_no_temporal_leaves_nothing_behind(name: str, idle_scene: Scene) -> None:
    await world(idle_scene.database)
    settings = Settings(temporal_address=NOWHERE, answer_timeout=timedelta(seconds=5))
    calls = Calls(await connect(settings, lazy=True), idle_scene.database, settings)
    start = await _start(idle_scene)
    async with reported() as found:
        with pytest.raises(Unavailable) as unavailable:
            await CALLS[name](calls, start)
        assert unavailable.value.component == "temporal"
    assert found == []


@pytest.mark.covers("W1", "W11")
@pytest.mark.parametrize("name", ["start_and_ask", "update"])
async def test_a_call_that_is_not_answered_for_want_of_the_database_says_so(
    name: str, idle_scene: Scene
) -> None:
    await world(idle_scene.database)
    settings = idle_scene.settings.model_copy(update={"answer_timeout": timedelta(seconds=0.3)})
    nowhere = Database("postgresql+asyncpg://esim@127.0.0.1:1/esim", pool_size=1)
    calls = Calls(idle_scene.temporal.client, nowhere, settings)
    start = await _start(idle_scene)
    await _begin(Calls(idle_scene.temporal.client, idle_scene.database, settings), start)
    with pytest.raises(Unavailable) as unavailable:
        await CALLS[name](calls, start)
    assert unavailable.value.component == "database"
    await nowhere.close()


@pytest.mark.covers("W1")
@pytest.mark.parametrize("name", ["start_and_ask", "update"])
async def test_a_call_that_no_worker_answers_leaves_nothing_behind(name: str, idle_scene: Scene) -> None:
    await world(idle_scene.database)
    settings = idle_scene.settings.model_copy(update={"answer_timeout": timedelta(seconds=0.3)})
    calls = Calls(idle_scene.temporal.client, idle_scene.database, settings)
    start = await _start(idle_scene)
    await _begin(calls, start)
    async with reported() as found:
        with pytest.raises(Unavailable) as unavailable:
            await CALLS[name](calls, start)
        assert unavailable.value.component == "worker"
        call = asyncio.ensure_future(CALLS[name](calls, start))
        await asyncio.sleep(0)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
    assert found == []
    await eventually(lambda: idle_scene.desk.orders(OPERATOR), lambda orders: orders == [])
