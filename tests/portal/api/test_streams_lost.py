"""Streams whose reader, key or answer is lost: they are forgotten, and the others are not (A10)."""

import os
import socket
from collections.abc import AsyncIterator
from contextlib import closing
from typing import Any, cast

import httpx
import psutil
import pytest
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

import portal.api.streams
from models.people.callers import Role
from starter import callers
from starter.desks import Desks
from telemetry.http_protocol import UNACKNOWLEDGED_SECONDS
from tests.builders import ACCOUNT, OPERATOR
from tests.callers.world import Known
from tests.portal.api.following import Served, served
from tests.portal.api.keys import Keyring
from tests.temporal_server import comes_true

pytestmark = pytest.mark.covers("A10")


@pytest.fixture
async def here(app: FastAPI, acme: Known) -> AsyncIterator[Served]:
    async with served(app) as portal_:
        yield portal_


def unacknowledged(response: httpx.Response) -> float:
    """How many seconds the system waits for the reader of this response, at the end of this process."""
    port = response.extensions["network_stream"].get_extra_info("client_addr")[1]
    mine = psutil.Process().net_connections("tcp")
    (found,) = [each.fd for each in mine if getattr(each.raddr, "port", None) == port]
    with closing(socket.socket(fileno=os.dup(found))) as connection:
        return connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) / 1000


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="only Linux has this option")
async def test_the_system_gives_up_a_reader_whose_network_is_gone(
    here: Served, keys: Keyring, acme: Known
) -> None:
    """Else its streams would be counted for a quarter of an hour, and its next ones be refused. A download
    may be paused for longer.
    """
    headers = await keys.of()
    async with here.following("/events/stream", headers) as reader:
        assert unacknowledged(reader.response) == UNACKNOWLEDGED_SECONDS
    async with here.client.stream("GET", "/events", headers=headers) as response:
        assert unacknowledged(response) == 0


class FailsAfterwards:
    """An application that fails once the answer of a stream has begun."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self.state = app.state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)
        raise RuntimeError("a bug of the middleware")


async def test_a_stream_is_forgotten_whose_answer_fails_once_it_has_begun(
    app: FastAPI, keys: Keyring, acme: Known
) -> None:
    headers = await keys.of()
    async with served(cast("FastAPI", FailsAfterwards(app))) as here:
        async with here.following("/events/stream", headers) as reader:
            await reader.end()
        assert reader.types == []
        await comes_true(lambda: len(app.state.streams) == 0, 10)


async def test_a_bug_while_one_key_is_checked_leaves_the_others_checked(
    here: Served, desks: Desks, keys: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key is checked again in the next round."""
    monkeypatch.setattr(portal.api.streams, "CHECK_SECONDS", 0.1)
    faulty, revoked = await keys.of(), await keys.of(Role.VIEWER)
    checked, bug = callers.of_key, [faulty["Authorization"].removeprefix("Bearer ")]

    async def of_key(database: Any, secret_keys: Any, sent: callers.Sent) -> Any:
        if sent.key in bug:
            raise RuntimeError("a bug")
        return await checked(database, secret_keys, sent)

    async with (
        here.following("/events/stream", faulty) as first,
        here.following("/events/stream", revoked) as second,
    ):
        monkeypatch.setattr(callers, "of_key", of_key)
        for key in await desks.api_keys.keys(OPERATOR, ACCOUNT):
            await desks.api_keys.revoke(OPERATOR, key.key_id)
        await second.end()
        assert not first.ended
        bug.clear()
        await first.end()
