"""A name server that never answers holds up no one but the account whose host it is."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from models.errors import Refused
from models.operations.webhooks import Outcome
from outbox.webhooks import names
from outbox.webhooks.names import OF_AN_ACCOUNT, THREADS, Names
from outbox.webhooks.sending import Post, Sender
from outbox.webhooks.signing import new_secret
from settings import Settings
from starter.operations.webhooks import WebhookDesk
from store.key_ring import KeyRing
from store.session import Database
from tests.builders import ACCOUNT, OPERATOR, world
from tests.system.scene import Scene
from tests.temporal_server import comes_true, eventually
from tests.webhooks.hooked import hooked
from tests.webhooks.receiver import a_receiver

PING = Post("ping_1", "webhook.ping", "2026-11-27T12:00:00Z", {})
PATIENCE = 10


class NameServer:
    """Answers for all hosts at once but for those in `hole.example`."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        """Each host, and the name of the thread."""
        self.address = "127.0.0.1"
        self.in_the_hole = 0
        self.gives_up = threading.Event()

    def look_up(self, host: str, _port: int) -> list[str]:
        self.asked.append((host, threading.current_thread().name))
        if host.endswith("hole.example"):
            self.in_the_hole += 1
            self.gives_up.wait()
            raise socket.gaierror
        return [self.address]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[NameServer]:
    found = NameServer()
    monkeypatch.setattr(names, "look_up", found.look_up)
    yield found
    found.gives_up.set()


@pytest.mark.covers("A11")
async def test_hosts_of_one_account_take_few_threads_and_none_of_the_process(server: NameServer) -> None:
    lookups = Names()
    hole = lookups.of(1)
    waiting = [asyncio.ensure_future(hole(f"{number}.hole.example", 443)) for number in range(3 * THREADS)]
    await comes_true(lambda: server.in_the_hole == OF_AN_ACCOUNT)

    assert await asyncio.wait_for(asyncio.to_thread(lambda: 7), PATIENCE) == 7
    assert await asyncio.wait_for(lookups.of(2)("shop.example", 443), PATIENCE) == ["127.0.0.1"]
    for task in waiting:
        task.cancel()
    await asyncio.wait(waiting)
    with pytest.raises(TimeoutError):  # the threads have not ended, though their callers have gone
        await asyncio.wait_for(hole("shop.example", 443), 0.1)
    assert server.in_the_hole == OF_AN_ACCOUNT

    server.gives_up.set()
    assert await asyncio.wait_for(hole("shop.example", 443), PATIENCE) == ["127.0.0.1"]
    assert server.in_the_hole == OF_AN_ACCOUNT, "what its caller gave up is not looked up"


@pytest.mark.covers("A11")
async def test_the_same_host_in_the_hole_takes_one_thread(server: NameServer) -> None:
    resolve = Names().of(1)
    for _ in range(OF_AN_ACCOUNT + 1):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(resolve("hole.example", 443), 0.05)
    assert await asyncio.wait_for(resolve("shop.example", 443), PATIENCE) == ["127.0.0.1"]
    assert server.in_the_hole == 1
    again = asyncio.ensure_future(resolve("hole.example", 443))
    await asyncio.sleep(0)
    server.gives_up.set()
    with pytest.raises(socket.gaierror):
        await again
    with suppress(socket.gaierror):
        await resolve("hole.example", 443)
    assert server.in_the_hole == 2, "an answer is not kept"


@pytest.mark.covers("A11")
async def test_requests_of_a_batch_share_one_lookup_and_the_next_batch_looks_again(
    server: NameServer,
) -> None:
    resolve = Names().of(1)
    others = [asyncio.ensure_future(resolve(f"{number}.hole.example", 443)) for number in range(3)]
    await comes_true(lambda: server.in_the_hole == OF_AN_ACCOUNT - 1)
    async with a_receiver() as receiver:
        url = f"http://shop.example:{receiver.port}/"
        async with Sender.to(url, loopback=True, resolver=resolve) as sender:
            for batch in (1, 2):
                answers = await asyncio.gather(*(sender.send(PING, [new_secret()]) for _ in range(5)))
                assert {answer.outcome for answer in answers} == {Outcome.DELIVERED}
                assert len(server.asked) == len(others) + batch
    server.gives_up.set()
    await asyncio.wait(others)


@pytest.mark.covers("A11")
async def test_an_endpoint_whose_host_is_not_found_in_time_is_not_made_and_blocks_nothing(
    server: NameServer, database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("outbox.webhooks.sending.SECONDS", 0.1)
    await world(database)
    desk = WebhookDesk(database, Settings(database_url=database_url, secret_keys=KeyRing.new_key()))
    for number in range(2 * OF_AN_ACCOUNT):
        with pytest.raises(Refused) as refused:
            await desk.create(OPERATOR, f"https://{number}.hole.example/", account=ACCOUNT)
        assert refused.value.refusals[0].code == "webhook_host_unknown"
    assert server.in_the_hole == OF_AN_ACCOUNT
    assert await asyncio.wait_for(asyncio.to_thread(lambda: 7), PATIENCE) == 7


@pytest.mark.covers("A11")
async def test_desk_and_worker_look_up_in_these_threads(server: NameServer, idle_scene: Scene) -> None:
    async with hooked(idle_scene, "line.groups_changed") as hook:
        url = hook.receiver.url.replace("127.0.0.1", "shop.example")
        await hook.desk.edit(OPERATOR, hook.id, url=url)
        assert len(server.asked) == 1
        await hook.desk.test(OPERATOR, hook.id)
        assert len(server.asked) == 2
        await hook.happens(2)
        await hook.got(2)
    assert len(server.asked) > 2
    assert {host for host, _ in server.asked} == {"shop.example"}
    assert all(thread.startswith("webhook-names") for _, thread in server.asked)


@pytest.mark.covers("A11")
async def test_desk_and_worker_call_no_network_that_the_settings_refuse(
    server: NameServer, idle_scene: Scene
) -> None:
    idle_scene.settings = idle_scene.settings.model_copy(update={"webhooks_refused_networks": "127.0.0.9"})
    async with hooked(idle_scene, "line.groups_changed") as hook:
        url = hook.receiver.url.replace("127.0.0.1", "shop.example")
        await hook.desk.edit(OPERATOR, hook.id, url=url)
        server.address = "127.0.0.9"
        with pytest.raises(Refused) as refused:
            await hook.desk.create(OPERATOR, url, account=ACCOUNT)
        assert refused.value.refusals[0].code == "webhook_address_private"
        await hook.happens()
        (attempt,) = await eventually(lambda: hook.desk.attempts(OPERATOR, hook.id), len)
        assert attempt.outcome is Outcome.PRIVATE_ADDRESS
