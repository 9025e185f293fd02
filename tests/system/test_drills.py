"""Drills: a part goes away while orders are placed, and comes back: all end, each once (W1, W5)."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError

from models.codes.requests import RequestStatus
from models.errors import Unavailable
from models.orders.lifecycle import HoldReason, OrderStatus
from models.people.views import ContactRole
from qr.draw import png
from sandbox.ports import free_port
from sandbox.temporal_server import find_temporal
from starter.codes.drafts import QrRequestDraft
from store.session import Database
from temporal.connection import connect
from tests.builders import ACCOUNT, ANA, OPERATOR, iccid, line, world
from tests.system.parts import Part, a_postgres, a_temporal_server
from tests.system.qr_scene import QrScene, a_code
from tests.system.scene import Scene, a_mailbox
from tests.system.whole_orders import (
    PROVIDER,
    every_mail_came_once,
    everything_happened_once,
    go_all_the_way,
    happenings,
)
from tests.temporal_server import Temporal, comes_true, eventually

REFUSES = "550 5.1.1 No such user"
TAKES = "250 2.0.0 taken"
HAPPENINGS_EACH = 9
NIGHT = (pytest.mark.night, pytest.mark.timeout(1800))


def with_settings(scene: Scene, **changes: Any) -> Scene:
    settings = scene.settings.model_copy(update=changes)
    return Scene(scene.temporal, scene.database, settings, scene.mailbox)


async def temporal_command(scene: Scene, *words: str) -> str:
    """What an operator types, and what it prints."""
    process = await asyncio.create_subprocess_exec(
        *(str(find_temporal()), "workflow", *words, "--address", scene.temporal.address),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, printed.decode()
    return printed.decode()


def held_for(scene: Scene, reason: HoldReason) -> str:
    """The query of the runbook, for this test's orders alone: all tests share a Temporal server."""
    return f"HoldReason='{reason}' AND TaskQueue='{scene.settings.task_queue}'"


async def all_held(scene: Scene, orders: list[str], reason: HoldReason) -> None:
    """In the database, and in the list that an operator looks at."""

    async def count() -> int:
        return (await scene.temporal.client.count_workflows(held_for(scene, reason))).count

    await eventually(count, len(orders).__le__, within=60)
    listed = json.loads(
        await temporal_command(scene, "list", "--query", held_for(scene, reason), "--output", "json")
    )
    assert sorted(order["execution"]["workflowId"] for order in listed) == sorted(orders)
    for order_id in orders:
        assert (await scene.desk.order(OPERATOR, order_id)).held_reason == reason


async def retry_all(scene: Scene, reason: HoldReason) -> None:
    await temporal_command(
        scene,
        *("signal", "--query", held_for(scene, reason), "--name", "retry", "--reason", "drill", "--yes"),
    )


async def steered_to_its_end(scene: Scene, number: int, order_id: str) -> OrderStatus:
    """Every tenth is cancelled, the others are processed."""
    if number % 10 == 0:
        state = await scene.desk.cancel(OPERATOR, order_id, reason="Not needed any more.")
    else:
        await scene.desk.acknowledge(OPERATOR, order_id)
        state = await scene.desk.processed(OPERATOR, order_id, iccid=iccid(700 + number))
    await scene.ended(order_id)
    return state.status


@pytest.mark.covers("W1", "W4", "W5")
@pytest.mark.timeout(240)
@pytest.mark.parametrize("many", [10, pytest.param(100, marks=NIGHT)])
async def test_many_orders_that_the_mail_server_refused_go_on_with_one_command(
    scene: Scene, many: int
) -> None:
    scene, numbers = with_settings(scene, answer_timeout=timedelta(minutes=1)), range(1, many + 1)
    await world(scene.database, *(line(number) for number in numbers))
    scene.mailbox.answer = REFUSES
    orders = await asyncio.gather(*(scene.placed(number) for number in numbers))
    await all_held(scene, orders, HoldReason.MAIL_REJECTED)
    assert scene.mailbox.mails == []

    scene.mailbox.answer = TAKES
    await retry_all(scene, HoldReason.MAIL_REJECTED)
    await comes_true(lambda: len(scene.mailbox.mails) == len(orders), within=60)
    ends = await asyncio.gather(*map(partial(steered_to_its_end, scene), numbers, orders))

    cancelled = many // 10
    assert Counter(ends) == {OrderStatus.PROCESSED: many - cancelled, OrderStatus.CANCELLED: cancelled}
    assert max(Counter(mail.message_id for mail in scene.mailbox.mails).values()) == 1
    to = Counter(scene.mailbox.recipients())
    assert (to.pop(PROVIDER), to.pop(ANA)) == (many + cancelled, many)
    assert to == Counter(f"employee{number}@acme.example" for number in numbers if number % 10), (
        "who uses a line hears only of what was done to it"
    )
    assert [order for order in await scene.desk.orders(OPERATOR, limit=1000) if order.held_reason] == []
    for order_id in orders:
        events = Counter(await scene.events(order_id))
        assert (events["order.held"], events["order.released"]) == (1, 1)


@pytest.mark.covers("W1", "W5")
async def test_orders_placed_while_no_mail_server_is_there_wait_an_hour_and_go_on_with_one_command(
    idle_scene: Scene,
) -> None:
    port = free_port()
    scene = with_settings(idle_scene, smtp_url=f"smtp://127.0.0.1:{port}")
    numbers = range(1, 4)
    await world(scene.database, *(line(number) for number in numbers))
    async with scene.worker():
        orders = await asyncio.gather(*(scene.placed(number) for number in numbers))
        for order_id in orders:
            handle = scene.temporal.client.get_workflow_handle(order_id)
            await scene.temporal.forward(handle, timedelta(minutes=61))
        await all_held(scene, orders, HoldReason.MAIL_UNAVAILABLE)
        async with a_mailbox(port) as scene.mailbox:
            await retry_all(scene, HoldReason.MAIL_UNAVAILABLE)
            await comes_true(lambda: len(scene.mailbox.mails) == len(orders))
            ends = await asyncio.gather(*map(partial(steered_to_its_end, scene), numbers, orders))
            assert ends == [OrderStatus.PROCESSED] * len(orders)
            await every_mail_came_once(scene, len(orders))


async def killed_under_load(
    part: Part, scene: Scene, load: asyncio.Future[Any], orders: int, kills: int
) -> None:
    """Killed once in each of so many equal parts of all that happens to the orders, who knows when."""
    dice = random.Random(20261122 + orders)
    for kill in range(kills):
        share = (kill + dice.uniform(0.1, 0.6)) / kills
        until = int(share * orders * HAPPENINGS_EACH)
        await eventually(partial(happenings, scene), until.__le__, within=90)
        assert not load.done(), "it is killed under load"
        await part.is_killed()


@pytest.mark.timeout(240)
@pytest.mark.covers("W1", "W8")
@pytest.mark.parametrize(("many", "kills"), [(8, 2), pytest.param(100, 10, marks=NIGHT)])
async def test_a_database_killed_under_load_loses_nothing(
    idle_scene: Scene, tmp_path: Path, many: int, kills: int
) -> None:
    numbers = range(1, many + 1)
    async with a_postgres(tmp_path) as postgres:
        database = Database(postgres.address)
        settings = idle_scene.settings.model_copy(update={"database_url": postgres.address})
        scene = Scene(idle_scene.temporal, database, settings, idle_scene.mailbox)
        try:
            await world(database, *(line(number) for number in numbers))
            async with scene.worker():
                load = asyncio.gather(*(go_all_the_way(scene, number) for number in numbers))
                await killed_under_load(postgres, scene, load, many, kills)
                orders = await load
                await asyncio.gather(*map(scene.ended, orders))
            for number, order_id in zip(numbers, orders, strict=True):
                await everything_happened_once(scene, number, order_id)
            await every_mail_came_once(scene, len(orders))
        finally:
            await database.close()


async def a_code_is_got(world: QrScene, number: int) -> str:
    """Asked for, uploaded through the link and told of, each again until it is answered; the request's id."""
    sim, contact = await world.sim_of(number), contact_of(number)
    wish = QrRequestDraft(sim=sim, key=f"code {number}")

    async def asked() -> str | None:
        try:
            return (await world.desk.request(await world.scene.ana(), wish)).request_id
        except Unavailable:
            return None

    request_id = str(await eventually(asked, bool, within=60))
    link = await world.upload_link(contact)
    async with world.browser() as browser:
        assert (await world.upload(browser, link, png(a_code(number)))).status_code == 200

        async def told() -> int:
            return (await browser.post(f"{link}/notify")).status_code

        await eventually(told, lambda status: status == 200, within=60)
    return request_id


def contact_of(number: int) -> str:
    return f"codes@telvia{number}.example"


async def a_fleet_with_requests(scene: Scene, numbers: Iterable[int], requests: Iterable[int]) -> QrScene:
    """Lines to order for, and lines with an eSIM, each of a distributor of its own."""
    esims = [line(number, sim_type="esim", distributor=f"Telvia {number}") for number in requests]
    await world(scene.database, *map(line, numbers), *esims)
    for number in requests:
        contact = (ACCOUNT, f"Telvia {number}", "Codes", contact_of(number))
        await scene.desks.contacts.add_contact(OPERATOR, *contact, (ContactRole.ESIM_QR_CODE,))
    return QrScene(scene)


async def request_ends(scene: Scene, request_id: str) -> None:
    """A request that could not be told of its code looks for it by itself within a day."""
    handle = scene.temporal.client.get_workflow_handle(request_id)
    if (await handle.describe()).status is WorkflowExecutionStatus.RUNNING:
        with suppress(RPCError):  # it may end meanwhile
            await scene.temporal.forward(handle, timedelta(days=1, minutes=16))
    await scene.ended(request_id)


@pytest.mark.timeout(240)
@pytest.mark.covers("W1", "W8")
@pytest.mark.parametrize(("many", "codes", "kills"), [(7, 2, 2), pytest.param(80, 25, 10, marks=NIGHT)])
async def test_a_temporal_server_killed_under_load_loses_nothing(
    idle_scene: Scene, tmp_path: Path, many: int, codes: int, kills: int
) -> None:
    numbers, requests = range(1, many + 1), range(501, 501 + codes)
    async with a_temporal_server(tmp_path) as temporal:
        settings = idle_scene.settings.model_copy(update={"temporal_address": temporal.address})
        client = Temporal(await connect(settings))
        scene = Scene(client, idle_scene.database, settings, idle_scene.mailbox)
        fleet = await a_fleet_with_requests(scene, numbers, requests)
        async with scene.worker():
            load = asyncio.gather(
                asyncio.gather(*(go_all_the_way(scene, number) for number in numbers)),
                asyncio.gather(*(a_code_is_got(fleet, number) for number in requests)),
            )
            await killed_under_load(temporal, scene, load, many, kills)
            orders, asked = await load
            await asyncio.gather(*map(scene.ended, orders))
            await asyncio.gather(*map(partial(request_ends, scene), asked))
            await comes_true(lambda: scene.mailbox.recipients().count(ANA) >= len(orders) + len(asked))
        for number, order_id in zip(numbers, orders, strict=True):
            await everything_happened_once(scene, number, order_id)
        for number in requests:
            await the_code_came_once(fleet, number)
    copies = Counter(mail.message_id for mail in scene.mailbox.mails)
    assert set(copies.values()) == {1}
    to = Counter(scene.mailbox.recipients())
    assert [to[contact_of(number)] for number in requests] == [1] * len(requests)
    assert to[PROVIDER] == len(orders)
    assert to[ANA] == len(orders) + len(requests)


async def the_code_came_once(world: QrScene, number: int) -> None:
    sim = await world.sim_of(number)
    shown = await world.desk.show(OPERATOR, sim)
    assert (shown.code, shown.version.number) == (a_code(number), 1)
    history = await world.history(sim)
    assert [request.status for request in history.requests] == [RequestStatus.IMPORTED]
    assert len(history.notifications) == 1
