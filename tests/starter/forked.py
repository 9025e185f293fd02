"""Processes of `esim-orders`, worker, portal and sandbox that start at once: forks of one process that has
imported what they use.

A fork has the arguments, environment, folder and files of the program that asks for it, as a process that is
started has. That a command, a worker, a portal or a sandbox starts by itself is tested where it is the
subject.
"""

import asyncio
import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from functools import cache, partial
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any

import pytest

from sandbox import stage
from sandbox.data_dir import Addresses, DataDir
from tests.shared import made_once, with_cluster

ROOT = Path(__file__).parents[2]
PARTS = {"starter.cli", "worker", "portal", "sandbox.mailbox"}
"""What a sandbox consists of, and the sandbox itself."""
_ASKS = """#!{python} -IS
import _signal, json, os, socket, sys
with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    asked = json.dumps(["", sys.argv[1:], dict(os.environ), os.getcwd()]).encode()
    socket.send_fds(server, [len(asked).to_bytes(4, "big")], [0, 1, 2])
    server.sendall(asked)
    answers = server.makefile()
    pid = int(next(answers))
    for number in (_signal.SIGINT, _signal.SIGTERM):
        _signal.signal(number, lambda number, _: os.kill(pid, number))
    ended = next(answers)
sys.exit(int(ended) & 0xFF)
"""


@cache
def folder_of_program() -> Path:
    """The folder of an executable file `esim-orders`, whose processes are forks. All processes of a run of
    tests share their parent, which ends with the last of them: it sees that a pipe was closed by all.
    """
    folder = made_once("forks", _started)
    atexit.register(os.close, os.open(folder / "alive", os.O_WRONLY | os.O_NONBLOCK))
    return folder


def _started(folder: Path) -> None:
    folder.mkdir()
    os.mkfifo(folder / "alive")
    asks = folder / "esim-orders"
    asks.write_text(_ASKS.format(python=sys.executable, address=str(folder / "socket")))
    asks.chmod(0o755)
    alive = os.open(folder / "alive", os.O_RDONLY | os.O_NONBLOCK)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "socket"))
        listening.listen(64)
        passed = (listening.fileno(), alive)
        command = [sys.executable, "-W", "error", "-m", "tests.starter.fork_server", *map(str, passed)]
        server = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, pass_fds=passed)
    os.close(alive)
    atexit.register(server.wait)


class Forked:
    """A `python -m MODULE` that is a fork, as `asyncio.subprocess.Process` shows a process."""

    def __init__(self, answers: asyncio.StreamReader, writer: asyncio.StreamWriter, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._ended = asyncio.create_task(self._ends(answers, writer))

    @classmethod
    async def start(
        cls, module: str, *arguments: str, env: Mapping[str, str], cwd: Path, output: IO[bytes]
    ) -> "Forked":
        server = _asked(_address(), output, module, arguments, dict(env), str(cwd))
        answers, writer = await asyncio.open_unix_connection(sock=server)
        return cls(answers, writer, int(await answers.readline()))

    async def _ends(self, answers: asyncio.StreamReader, writer: asyncio.StreamWriter) -> int:
        self.returncode = int(await answers.readline())
        writer.close()
        return self.returncode

    async def wait(self) -> int:
        return await asyncio.shield(self._ended)

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class Part:
    """A `python -m MODULE` that is a fork, as `subprocess.Popen` shows a process."""

    def __init__(self, server: socket.socket) -> None:
        self.returncode: int | None = None
        self._server = server
        self._answers = server.makefile("rb")
        self.pid = int(self._answers.readline())

    def poll(self) -> int | None:
        with suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None:
            if not select.select([self._server], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
            self.returncode = int(self._answers.readline())
            self._answers.close()
            self._server.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)


@asynccontextmanager
async def forked_sandbox(
    folder: Path, settings: Mapping[str, str] | None = None, *options: str
) -> AsyncIterator[tuple[DataDir, Addresses]]:
    """`running_sandbox`, whose processes are forks, and whose database server has its files already."""
    if not DataDir(folder).postgres.exists():
        with_cluster(DataDir(folder))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stage, "subprocess", forking(_address()))
        async with stage.running_sandbox(folder, settings, *options) as running:
            yield running


def _address() -> str:
    """Where forks are asked for."""
    return str(folder_of_program() / "socket")


def _asked(address: str, output: IO[bytes], *asked: Any) -> socket.socket:
    """Ask for a fork; the connection by which its process id is told, and how it has ended."""
    message = json.dumps(asked).encode()
    server = socket.socket(socket.AF_UNIX)
    server.connect(address)
    with Path(os.devnull).open("rb") as nothing:
        files = [nothing.fileno(), output.fileno(), output.fileno()]
        socket.send_fds(server, [len(message).to_bytes(4, "big")], files)
    server.sendall(message)
    return server


def forking(address: str) -> SimpleNamespace:
    """The module `subprocess`, by which parts of a sandbox are forks."""
    return SimpleNamespace(**vars(subprocess) | {"Popen": partial(_popen, address)})


def _popen(address: str, command: Sequence[str], **how: Any) -> "Part | subprocess.Popen[bytes]":
    python, option, module, *arguments = [*command, "", ""][: max(3, len(command))]
    if (python, option) != (sys.executable, "-m") or module not in PARTS:
        return subprocess.Popen(command, **how)
    environment, folder = dict(how.get("env") or os.environ), str(how.get("cwd") or Path.cwd())
    return Part(_asked(address, how["stdout"], module, arguments, environment, folder, True))
