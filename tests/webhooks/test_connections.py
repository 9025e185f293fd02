"""Connections to a receiver are kept; of several addresses one that can be connected to is used."""

import asyncio
import logging
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from models.operations.webhooks import Outcome
from outbox.webhooks import sending
from outbox.webhooks.sending import Post, Sender
from outbox.webhooks.signing import new_secret
from tests.webhooks.certificates import certified
from tests.webhooks.receiver import a_receiver, a_sender

pytestmark = pytest.mark.covers("A11")
PING = Post("ping_1", "webhook.ping", "2026-11-27T12:00:00Z", {})


async def test_a_success_with_a_text_keeps_its_connection_and_not_the_text() -> None:
    async with a_receiver() as receiver, a_sender(receiver.url) as sender:
        receiver.always(200)
        receiver.text = '{"ok": true}'
        for _ in range(10):
            answers = await asyncio.gather(*(sender.send(PING, [new_secret()]) for _ in range(2)))
            assert [(one.outcome, one.text) for one in answers] == [(Outcome.DELIVERED, "")] * 2
        assert len(receiver.requests) == 20
        assert receiver.connections <= 2


async def test_a_long_text_of_a_success_is_not_read() -> None:
    async with a_receiver() as receiver, a_sender(receiver.url) as sender:
        receiver.always(200)
        receiver.text = "x" * 5_000_000
        assert (await sender.send(PING, [new_secret()])).outcome is Outcome.DELIVERED


async def test_a_success_whose_text_does_not_end_in_time_is_a_success(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def begins(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegins")
        await writer.drain()
        await reader.read(-1)
        writer.close()

    monkeypatch.setattr(sending, "SECONDS", 0.8)
    server = await asyncio.start_server(begins, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, a_sender(f"http://127.0.0.1:{port}/") as sender:
        assert (await sender.send(PING, [new_secret()])).outcome is Outcome.DELIVERED


@contextmanager
def a_black_hole(address: str, port: int) -> Iterator[None]:
    """A socket that answers no connection: as many wait for it as may."""
    with ExitStack() as stack:
        hole = stack.enter_context(socket.socket())
        hole.bind((address, port))
        hole.listen(0)
        for _ in range(4):
            waits = stack.enter_context(socket.socket())
            waits.setblocking(False)
            waits.connect_ex((address, port))
        yield


async def test_where_no_connection_is_answered_the_next_address_gets_the_event(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sending, "CONNECTS_WITHIN", 0.2)
    tried: list[list[str]] = []

    async def resolve(_host: str, _port: int) -> list[str]:
        tried.append([])
        return ["127.0.0.2", "127.0.0.3", "127.0.0.1"]

    connect = asyncio.get_running_loop().create_connection

    async def connects(*args: Any, **more: Any) -> Any:
        tried[-1].append(args[1])
        return await connect(*args, **more)

    monkeypatch.setattr(asyncio.get_running_loop(), "create_connection", connects)
    async with a_receiver() as receiver:
        with a_black_hole("127.0.0.2", receiver.port), a_black_hole("127.0.0.3", receiver.port):
            url = f"http://shop.example:{receiver.port}/"
            async with Sender.to(url, loopback=True, resolver=resolve) as sender:
                for _ in range(2):
                    answer = await sender.send(PING, [new_secret()])
                    assert answer.outcome is Outcome.DELIVERED
    assert tried == [["127.0.0.2", "127.0.0.3", "127.0.0.1"], []], "the second is sent where the first was"


async def test_the_last_address_has_all_the_time_that_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "CONNECTS_WITHIN", 0.0)
    async with a_receiver() as receiver, a_sender(receiver.url) as sender:
        assert (await sender.send(PING, [new_secret()])).outcome is Outcome.DELIVERED


async def test_a_defect_is_a_failure_of_this_request_and_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def resolve(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    async with certified("shop.example") as (server, trusted):
        url = f"https://.shop.example:{server.port}/hooks?token=word"  # TLS knows no such name
        with caplog.at_level(logging.ERROR, sending.__name__):
            async with Sender.to(url, loopback=True, resolver=resolve, verify=trusted) as sender:
                answer = await sender.send(PING, [new_secret()])
    assert answer.outcome is Outcome.CONNECTION
    (line,) = [one for one in caplog.records if one.name == sending.__name__]
    assert line.exc_info
    assert "word" not in line.getMessage()
