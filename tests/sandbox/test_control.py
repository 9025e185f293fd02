"""The socket of a running sandbox: whatever comes through it, the sandbox runs on, its terminal is quiet."""

import json
import socket
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

import pytest

from sandbox.control import LINE_SECONDS, MOST_CLIENTS, SOCKET
from tests.sandbox.running import Up, up, wait_until

NO_REQUESTS = [
    *(
        b"[]",
        b'"x"',
        b"1",
        b"-1.5e9",
        b"1e999",
        b"null",
        b"true",
        b"false",
        b"{}",
        b"",
        b"\xff",
        b"{",
        b"NaN",
    ),
    *(b'{"do": []}', b'{"do": {}}', b'{"do": 1}', b'{"do": null}', b'{"do": "dance"}', b"9" * 5000),
    *(b'{"do": "stop", "part": []}', b'{"do": "start", "part": {}}', b'{"do": "status", "part": 1}'),
    *(b"[" * 50_000, b'{"do":' * 9_000, b"x" * 200_000),
]
"""Lines of every JSON type, and of none."""
ODD_PARTS = [b'{"do": "stop"}', b'{"do": "stop", "part": "\\ud800\\u0000\\u001b[31m"}']


def connected(running: Up) -> socket.socket:
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(LINE_SECONDS + 10)
    with chdir(running.folder.path):
        client.connect(SOCKET)
    return client


def answer_to(running: Up, line: bytes) -> dict[str, object]:
    with connected(running) as client:
        client.sendall(line + b"\n")
        found: dict[str, object] = json.loads(client.makefile("rb").readline())
        return found


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """A sandbox that ends quietly after all that was sent to it."""
    with up(tmp_path_factory.mktemp("control") / "data") as running:
        yield running
        before = running.said
        assert running.end() == 0
        assert running.said == before


@pytest.mark.covers("R18")
def test_what_is_no_request_is_answered_and_nothing_else_happens(running: Up) -> None:
    before = running.said
    for line in NO_REQUESTS:
        assert answer_to(running, line) == {"invalid": "No request."}, line[:40]
    for line in ODD_PARTS:
        assert "unknown" in answer_to(running, line)
    assert running.state("worker") == "ready"
    assert running.said == before


@pytest.mark.covers("R18")
def test_clients_that_send_nothing_are_disconnected_in_time(running: Up) -> None:
    before = running.said
    slow = [connected(running) for _ in range(MOST_CLIENTS)]
    for client in slow:
        client.sendall(b'{"do": "sta')
    with connected(running) as one_too_many:
        assert one_too_many.recv(1) == b""
    assert [client.recv(1) for client in slow] == [b""] * MOST_CLIENTS
    for client in slow:
        client.close()
    assert running.state("postgres") == "ready"
    assert running.said == before


@pytest.mark.covers("R18")
def test_clients_that_are_idle_do_not_keep_it_from_stopping(tmp_path: Path) -> None:
    with up(tmp_path / "data") as running:
        before = running.said
        with connected(running) as idle, connected(running) as unfinished, connected(running) as gone:
            unfinished.sendall(b'{"do"')
            gone.sendall(b'{"do": "stop", "part": "worker"}\n')
            gone.close()
            wait_until(lambda: running.state("worker") == "stopped", "the worker is stopped")
            assert running.end() == 0
            assert idle.recv(1) == b""
        said = running.said.removeprefix(before)
        assert said.startswith("worker was stopped on request")
        assert said.count("\n") == 1
