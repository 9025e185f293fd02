"""A receiver that misbehaves at random gets every event, whatever is killed meanwhile (A11)."""

import asyncio
import random
from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
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
from tests.contract.in_node import node_code, verified
from tests.portal.api.keys import Keyring
from tests.system.parts import a_postgres, a_temporal_server
from tests.system.scene import Scene, a_mailbox, msisdn
from tests.system.test_api_killed import House
from tests.temporal_server import Temporal, a_task_queue, comes_true, eventually
from tests.webhooks import hasty_worker
from tests.webhooks.hooked import event_ids, happens
from tests.webhooks.receiver import DIES, HANGS, HOLDS, RESETS, Received, Receiver, a_receiver

__all__ = ["node_code"]
PATIENCE = 120.0
ANSWERS = (*[200] * 12, 202, 204, 500, 503, 302, RESETS, RESETS, HANGS)
"""Drawn at random."""
EVERYTHING = (500, 200, RESETS, 200, DIES, 200, HANGS, 200, 410)
RECORDED = {("status", 500), ("connection", None), ("timeout", None), ("status", 410)}
"""What comes of it."""
_AWAY = (EsimError, SQLAlchemyError, OSError)


class Story:
    """What happens while everything is killed in turn."""

    def __init__(self, house: House, receiver: Receiver, headers: dict[str, str], seed: int) -> None:
        self.house = house
        self.receiver = receiver
        self.headers = headers
        self.random = random.Random(seed)
        self.script: deque[int] = deque()
        """The next answers; after these they are drawn at random."""
        self.over = False
        self.placed = 0
        self._returns: set[asyncio.Task[None]] = set()

    def answer(self, _: int) -> int:
        status = self.script.popleft() if self.script else self.random.choice(ANSWERS)
        if status == DIES:
            self._returns.add(asyncio.create_task(self._returned()))
        return status

    async def _returned(self) -> None:
        await asyncio.sleep(0.3)
        await self.receiver.lives()

    async def kills(self, kill: Callable[[], Awaitable[None]]) -> str:
        """Kill it while the receiver has an event that it has not answered: which one."""
        self.script.appendleft(HOLDS)
        event, goes_on = await asyncio.wait_for(self.receiver.held.get(), PATIENCE)
        await kill()
        goes_on.set()
        return event

    async def misbehaves(self, database: Database) -> None:
        """Have the receiver do everything that is wrong, and wait until all of it is recorded."""
        self.script.extend(EVERYTHING)
        await eventually(lambda: _recorded(database), lambda seen: seen >= RECORDED, within=PATIENCE)
        await comes_true(lambda: not self.script)

    async def rotates(self, webhook: str) -> str:
        """The new secret."""
        return str((await self._done("POST", f"/webhooks/{webhook}/rotate"))["secret"])

    async def moves(self, webhook: str, path: str) -> None:
        """Have events sent to another path from now on, and wait for the first."""
        url = self.receiver.url + path
        assert (await self._done("PATCH", f"/webhooks/{webhook}", json={"url": url}))["url"] == url
        await comes_true(lambda: any(one.path.endswith(path) for one in self.receiver.requests), PATIENCE)

    async def _done(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        """The answer. A try that failed while the portal found its database again had no effect."""
        while True:
            with suppress(httpx.HTTPError):
                answer = await self.call(method, path, key=f"try {self.random.random()}", **more)
                if answer.is_success:
                    return dict(answer.json())
            await asyncio.sleep(0.1)

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
        async with httpx.AsyncClient(base_url=base, headers=headers, timeout=5) as client:
            return await client.request(method, path, **more)

    async def pass_time(self) -> None:
        """Let a moment be hours for the endpoint, and enable it where a 410 has disabled it."""
        while not self.over:
            with suppress(*_AWAY, httpx.HTTPError):
                await _sooner(self.house.scene.database)
                for webhook in (await self.call("GET", "/webhooks")).json().get("data", ()):
                    if webhook["state"] == "disabled":
                        await self.call("POST", f"/webhooks/{webhook['id']}/enable")
            await asyncio.sleep(0.3)


async def _recorded(database: Database) -> set[tuple[str, int | None]]:
    """How attempts have failed."""
    with suppress(*_AWAY):
        return set(map(tuple, await run(database, "SELECT DISTINCT outcome, status FROM webhook_attempts")))
    return set()


async def _sooner(database: Database) -> None:
    later = "next_attempt_at > esim_now() + interval '0.5 s'"
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
        house = House(scene, folder, stack, hasty_worker.MODULE, ESIM_WEBHOOKS_TO_LOOPBACK="true")
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
async def test_every_event_arrives_whatever_is_killed(
    rounds: int, tmp_path: Path, node_code: Path | None
) -> None:
    async with _a_house(tmp_path) as (house, kills, headers), a_receiver() as receiver:
        story = Story(house, receiver, headers, seed=rounds)
        made = (await story.call("POST", "/webhooks", json={"url": receiver.url})).json()
        database = Database(house.scene.settings.database_url)
        receiver.answers = story.answer
        tells, passes = (asyncio.create_task(what()) for what in (story.tell, story.pass_time))
        interrupted: dict[str, list[str]] = {kill: [] for kill in kills}
        secrets = [made["secret"]]
        for number in range(rounds):
            for kill in story.random.sample(sorted(kills), len(kills)):
                interrupted[kill].append(await story.kills(kills[kill]))
                await story.moves(made["id"], f"/after-{kill}")
            if number == 0:
                secrets.append(await story.rotates(made["id"]))
            await story.misbehaves(database)
        receiver.answers = lambda _: 204
        tells.cancel()
        await asyncio.wait({tells})

        webhook = int(made["id"].removeprefix("WH-"))
        missing = partial(_missing, database, webhook, receiver)
        await eventually(missing, lambda left: not left, within=PATIENCE)
        assert _taken(receiver) == await event_ids(database, webhook)
        story.over = True
        await passes
        await database.close()

    requests = Counter(one.id for one in receiver.requests)
    assert all(requests[event] > 1 for event in interrupted["worker"]), "no worker knew that it was taken"
    assert {one.status for one in receiver.requests} >= {*EVERYTHING}
    assert {one.path for one in receiver.requests} > {f"/hooks/after-{kill}" for kill in kills}
    since = _check(receiver, *secrets)
    for secret, some in zip(secrets, (receiver.requests, since), strict=True):
        types = await verified(node_code, secret, some) if node_code else None
        assert node_code is None or types == [one.content["type"] for one in some]
    log = (tmp_path / "worker.log").read_text()
    assert not [secret for secret in secrets if secret in log]
    assert str(receiver.port) not in log


async def _missing(database: Database, webhook: int, receiver: Receiver) -> set[str]:
    with suppress(*_AWAY):
        return await event_ids(database, webhook) - _taken(receiver)
    return {"unknown"}


def _taken(receiver: Receiver) -> set[str]:
    return {one.id for one in receiver.taken}


def _check(receiver: Receiver, first: str, second: str) -> list[Received]:
    """Each request is signed, since the rotation with both secrets; and a repeat is the same: its id stands
    for one content. The requests with both.
    """
    contents: dict[str, bytes] = {}
    signatures = [len(one.headers["webhook-signature"].split()) for one in receiver.requests]
    assert (signatures[0], signatures[-1]) == (1, 2)
    for one, number in zip(receiver.requests, signatures, strict=True):
        for secret in (first, second)[:number]:
            one.verified(secret)
        assert contents.setdefault(one.id, one.body) == one.body
    assert len(set(contents.values())) == len(contents)
    return [one for one, number in zip(receiver.requests, signatures, strict=True) if number == 2]
