"""Processes of `esim-orders`, worker, portal and sandbox that start at once: forks of one process that has
imported what they use.

A fork has the arguments, environment, folder and files of the program that asks for it, as a process that is
started has. That a command, a worker, a portal or a sandbox starts by itself is tested where it is the
subject.
"""

import asyncio
import atexit
import gc
import importlib
import json
import os
import pkgutil
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from functools import cache, partial
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any

import pytest

from sandbox import processes, stage
from sandbox.data_dir import Addresses, DataDir

ROOT = Path(__file__).parents[2]
LOADED = (
    "alembic.config",
    "asyncpg",
    "models",
    "outbox",
    "portal",
    "providers",
    "qr.intake",
    "qr.draw",
    "rich.table",
    "sandbox.mailbox",
    "sandbox.up",
    "sqlalchemy.ext.asyncio",
    "starter",
    "store",
    "temporal",
    "temporalio.client",
    "typer.main",
    "uvicorn",
    "uvloop",
    "wording",
    "worker",
    "workflows",
)
"""What is imported before a process is asked for, with all that is in these packages."""
NOT_LOADED = ("starter.cli", "store.migrations", "uvicorn.", "portal.__main__")
"""The command line looks at the environment while it is imported, migrations are no modules, and a program is
run.
"""
PARTS = {"starter.cli", "worker", "portal", "sandbox.mailbox"}
"""What a sandbox consists of, and the sandbox itself."""
_ASKS = """#!{python} -IS
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    asked = json.dumps(["", sys.argv[1:], dict(os.environ), os.getcwd()]).encode()
    socket.send_fds(server, [len(asked).to_bytes(4, "big")], [0, 1, 2])
    server.sendall(asked)
    pid, ended = server.makefile()
sys.exit(int(ended) & 0xFF)
"""


@cache
def folder_of_program() -> Path:
    """The folder of an executable file `esim-orders`, whose processes are forks. Their parent ends with the
    tests: it sees that its input is closed.
    """
    folder = Path(tempfile.gettempdir()) / "forks"
    folder.mkdir()
    asks = folder / "esim-orders"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "socket"))
        listening.listen(64)
        server = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "tests.starter.forked", str(listening.fileno())],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            pass_fds=[listening.fileno()],
        )
    atexit.register(server.communicate)
    asks.write_text(_ASKS.format(python=sys.executable, address=str(folder / "socket")))
    asks.chmod(0o755)
    return folder


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
    """`running_sandbox`, whose processes are forks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stage, "subprocess", _forking(_address()))
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


def _forking(address: str) -> SimpleNamespace:
    """The module `subprocess`, by which parts of a sandbox are forks."""
    return SimpleNamespace(**vars(subprocess) | {"Popen": partial(_popen, address)})


def _popen(address: str, command: Sequence[str], **how: Any) -> "Part | subprocess.Popen[bytes]":
    python, option, module, *arguments = [*command, "", ""][: max(3, len(command))]
    if (python, option) != (sys.executable, "-m") or module not in PARTS:
        return subprocess.Popen(command, **how)
    environment, folder = dict(how.get("env") or os.environ), str(how.get("cwd") or Path.cwd())
    return Part(_asked(address, how["stdout"], module, arguments, environment, folder, True))


def _load() -> None:
    for name in LOADED:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(getattr(package, "__path__", ()), f"{name}."):
            if not module.name.startswith(NOT_LOADED):
                importlib.import_module(module.name)
    gc.collect()
    gc.freeze()  # the memory stays shared with the forks


def _serve(listening: socket.socket) -> str:
    """Fork until the input is closed; in a fork, return the module that it was asked to run."""
    watched: list[Any] = [0, listening]
    while 0 not in select.select(watched, [], [])[0]:
        connection, _ = listening.accept()
        if os.fork() == 0:
            listening.close()
            return _see_to(connection)
        connection.close()
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    os._exit(0)


def _see_to(connection: socket.socket) -> str:
    """Fork once more, and say which process that is and how it has ended; in it, return as the command that
    is asked for.
    """
    head, files, *_ = socket.recv_fds(connection, 4, 3)
    with connection.makefile("rb") as reading:
        module, *asked = json.loads(reading.read(int.from_bytes(head, "big")))
    begins, begun = os.pipe()
    process = os.fork()
    if process == 0:
        connection.close()
        os.close(begins)
        _become(files, *asked)
        os.close(begun)
        return str(module)
    os.close(begun)
    os.read(begins, 1)  # it leads its session before it is sent a signal
    os.close(begins)
    connection.sendall(f"{process}\n".encode())
    for file in (0, 1, 2, *files):
        os.close(file)
    _, status = os.waitpid(process, 0)
    with suppress(OSError):  # the test that asked for it may be over
        connection.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


def _become(
    files: list[int],
    arguments: list[str],
    environment: dict[str, str],
    folder: str,
    own_session: bool = False,
) -> None:
    if own_session:
        os.setsid()
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    time.tzset()
    sys.argv = ["esim-orders", *arguments]
    sys.stdin = _opened(0, "r")
    sys.stdout = _opened(1, "w")
    sys.stderr = _opened(2, "w", errors="backslashreplace")
    if environment.get("PYTHONWARNINGS") != "error":
        warnings.resetwarnings()
        warnings.simplefilter("ignore")


def _opened(number: int, mode: str, **options: Any) -> Any:
    buffering = 1 if mode == "w" and (number == 2 or os.isatty(number)) else -1
    return open(number, mode, buffering, encoding="utf-8", closefd=False, **options)


if __name__ == "__main__":
    _load()
    _listening = socket.socket(fileno=int(sys.argv[1]))
    for _starts in (processes, stage):
        vars(_starts)["subprocess"] = _forking(_listening.getsockname())
    if asked := _serve(_listening):
        runpy.run_module(asked, run_name="__main__", alter_sys=True)
    else:
        from starter.cli import main

        main()
