"""A receiver that misbehaves at random gets every event, whatever is killed meanwhile (A11)."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy.exc import SQLAlchemyError

from models.errors import EsimError
from settings import Settings
from starter import callers
from starter.desks import Desks
from store.key_ring import KeyRing
from store.session import Database
from temporal.connection import connect
from tests.builders import line, run, world
from tests.portal.api.keys import Keyring
from tests.system.parts import a_postgres, a_temporal_server
from tests.system.scene import Scene, a_mailbox, msisdn
from tests.system.test_api_killed import House
from tests.temporal_server import Temporal, a_task_queue, eventually
from tests.webhooks.hooked import event_ids, happens
from tests.webhooks.receiver import HANGS, RESETS, Receiver, a_receiver

PATIENCE = 120.0
ANSWERS = (*[200] * 12, 202, 204, 500, 503, 302, RESETS, RESETS, HANGS)
"""Drawn at random; now and then 410 besides."""
_AWAY = (EsimError, SQLAlchemyError, OSError)


class Story:
    """What happens while everything is killed in turn."""

    def __init__(self, house: House, receiver: Receiver, headers: dict[str, str], seed: int) -> None:
        self.house = house
        self.receiver = receiver
        self.headers = headers
        self.random = random.Random(seed)
        self.over = False
        self.placed = 0

    def answer(self, number: int) -> int:
        return 410 if number % 97 == 96 else self.random.choice(ANSWERS)

    async def tell(self) -> None:
        """Events, and now and then an order by the portal."""
        told = 0
        while not self.over:
            with suppress(*_AWAY):
                await happens(self.house.scene.database)
                told += 1
            if told % 15 == 14:
                await self.order()
            await asyncio.sleep(0.1)

    async def order(self) -> None:
        number = self.placed % 5 + 1
        self.placed += 1
        body = {"kind": "switch_to_esim", "line": msisdn(number), "discard_confirmed": True}
        with suppress(httpx.HTTPError):
            await self.call("POST", "/orders", json=body, key=f"order {self.placed}")

    async def call(self, method: str, path: str, key: str = "a", **more: Any) -> httpx.Response:
        headers = {**self.headers, "Idempotency-Key": f"{key} of {self.house.port}"}
        base = f"http://127.0.0.1:{self.house.port}/api/v1"
        async with httpx.AsyncClient(base_url=base, headers=headers, timeout=20) as client:
            return await client.request(method, path, **more)

    async def pass_time(self) -> None:
        """Let a second be hours for the endpoint, and enable it where a 410 has disabled it."""
        while not self.over:
            with suppress(*_AWAY, httpx.HTTPError):
                await _sooner(self.house.scene.database)
                for webhook in (await self.call("GET", "/webhooks")).json().get("data", ()):
                    if webhook["state"] == "disabled":
                        await self.call("POST", f"/webhooks/{webhook['id']}/enable")
            await asyncio.sleep(1)

    async def die(self) -> None:
        """The receiver, too, is away for a while."""
        while not self.over:
            await asyncio.sleep(self.random.uniform(4, 8))
            self.receiver.dies()
            await asyncio.sleep(self.random.uniform(0.2, 1.5))
            await self.receiver.lives()


async def _sooner(database: Database) -> None:
    later = "next_attempt_at > esim_now() + interval '2 s'"
    for change in ("webhooks SET woken_until = NULL,", "webhook_attempts SET"):
        await run(database, f"UPDATE {change} next_attempt_at = esim_now() WHERE {later}")


@asynccontextmanager
async def _a_house(
    folder: Path,
) -> AsyncIterator[tuple[House, dict[str, Callable[[], Awaitable[None]]], dict[str, str]]]:
    async with AsyncExitStack() as stack:
        part = await stack.enter_async_context(a_postgres(folder))
        server = await stack.enter_async_context(a_temporal_server(folder))
        mailbox = await stack.enter_async_context(a_mailbox())
        settings = Settings(
            data_dir=folder,
            database_url=part.address,
            temporal_address=server.address,
            task_queue=a_task_queue(),
            smtp_url=f"smtp://127.0.0.1:{mailbox.port}",
            secret_keys=KeyRing.new_key(),
            webhooks_to_loopback=True,
        )
        database = Database(settings.database_url)
        stack.push_async_callback(database.close)
        await world(database, *(line(number) for number in range(1, 6)))
        client = await connect(settings, lazy=True)
        desks = Desks.of(client, database, settings)
        headers = await Keyring(desks, callers.operator()).of()
        scene = Scene(Temporal(client), database, settings, mailbox)
        house = House(scene, folder, stack, ESIM_WEBHOOKS_TO_LOOPBACK="true")
        await house.start_worker()
        await house.start_portal()
        kills: dict[str, Callable[[], Awaitable[None]]] = {
            "worker": house.kill_worker,
            "portal": house.kill_portal,
            "database": part.is_killed,
            "temporal": server.is_killed,
        }
        yield house, kills, headers


@pytest.mark.timeout(900)
@pytest.mark.covers("A11", "W1")
@pytest.mark.parametrize("rounds", [1, pytest.param(10, marks=pytest.mark.night)])
async def test_every_event_arrives_whatever_is_killed(rounds: int, tmp_path: Path) -> None:
    async with _a_house(tmp_path) as (house, kills, headers), a_receiver() as receiver:
        story = Story(house, receiver, headers, seed=rounds)
        made = (await story.call("POST", "/webhooks", json={"url": receiver.url})).json()
        receiver.answers = story.answer
        await eventually(lambda: _taken(receiver), lambda taken: len(taken) >= 1, within=PATIENCE)
        told = [asyncio.create_task(what()) for what in (story.tell, story.pass_time, story.die)]
        for _ in range(rounds):
            for kill in story.random.sample(sorted(kills), len(kills)):
                await asyncio.sleep(story.random.uniform(0.5, 2.5))
                await kills[kill]()
        await asyncio.sleep(1)
        receiver.answers = lambda _: 204
        told[0].cancel()
        told[2].cancel()
        await asyncio.wait(told, timeout=1)
        if not receiver.is_alive:
            await receiver.lives()

        number = int(made["id"].removeprefix("WH-"))
        database = Database(house.scene.settings.database_url)

        async def missing() -> set[str]:
            with suppress(*_AWAY):
                return await event_ids(database, number) - await _taken(receiver)
            return {"unknown"}

        await eventually(missing, lambda left: not left, within=PATIENCE)
        story.over = True
        assert await _taken(receiver) == await event_ids(database, number)
        await database.close()
        _check(receiver, made["secret"])
        log = (tmp_path / "worker.log").read_text()
        assert made["secret"] not in log
        assert str(receiver.port) not in log
        await asyncio.wait(told)
    assert len(receiver.requests) > len(await _taken(receiver)), "the receiver did misbehave"


async def _taken(receiver: Receiver) -> set[str]:
    return {one.id for one in receiver.taken}


def _check(receiver: Receiver, secret: str) -> None:
    """Each request is signed, and a repeat is the same: its id stands for one content."""
    contents: dict[str, bytes] = {}
    for one in receiver.requests:
        one.verified(secret)
        assert contents.setdefault(one.id, one.body) == one.body
    assert len(set(contents.values())) == len(contents)
