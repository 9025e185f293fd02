"""Connections to a receiver are kept, also where its answers have a text."""

import asyncio

import pytest

from models.operations.webhooks import Outcome
from outbox.webhooks import sending
from outbox.webhooks.sending import Post, Sender
from outbox.webhooks.signing import new_secret
from tests.webhooks.receiver import a_receiver

pytestmark = pytest.mark.covers("A11")
PING = Post("ping_1", "webhook.ping", "2026-11-27T12:00:00Z", {})


async def test_a_success_with_a_text_keeps_its_connection_and_not_the_text() -> None:
    async with a_receiver() as receiver, Sender.to(receiver.url, loopback=True) as sender:
        receiver.always(200)
        receiver.text = '{"ok": true}'
        for _ in range(10):
            answers = await asyncio.gather(*(sender.send(PING, [new_secret()]) for _ in range(2)))
            assert [(one.outcome, one.text) for one in answers] == [(Outcome.DELIVERED, "")] * 2
        assert len(receiver.requests) == 20
        assert receiver.connections <= 2


async def test_a_long_text_of_a_success_is_not_read() -> None:
    async with a_receiver() as receiver, Sender.to(receiver.url, loopback=True) as sender:
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
    async with server, Sender.to(f"http://127.0.0.1:{port}/", loopback=True) as sender:
        assert (await sender.send(PING, [new_secret()])).outcome is Outcome.DELIVERED
