"""Processes of `esim-orders` that start at once: forks of one process that has imported what commands use.

A fork has the arguments, environment, folder and files of the program that asks for it, as a process that is
started has. That a command starts by itself is tested where it is the subject.
"""

import atexit
import gc
import importlib
import json
import os
import pkgutil
import select
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
LOADED = (
    "alembic.config",
    "asyncpg",
    "models",
    "outbox",
    "providers",
    "qr.intake",
    "qr.draw",
    "rich.table",
    "sqlalchemy.ext.asyncio",
    "starter",
    "store",
    "temporal",
    "temporalio.client",
    "typer.main",
    "wording",
    "workflows",
)
"""What is imported before a process is asked for, with all that is in these packages."""
NOT_LOADED = ("starter.cli", "store.migrations")
"""The command line looks at the environment while it is imported, and migrations are no modules."""
_ASKS = """#!{python} -IS
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    asked = json.dumps([sys.argv[1:], dict(os.environ), os.getcwd()]).encode()
    socket.send_fds(server, [len(asked).to_bytes(4, "big")], [0, 1, 2])
    server.sendall(asked)
    ended = server.recv(9)
sys.exit(int(ended))
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


def _load() -> None:
    for name in LOADED:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(getattr(package, "__path__", ()), f"{name}."):
            if not module.name.startswith(NOT_LOADED):
                importlib.import_module(module.name)
    gc.collect()
    gc.freeze()  # the memory stays shared with the forks


def _serve(listening: socket.socket) -> None:
    """Fork until the input is closed; in a fork, return what it was asked to do."""
    watched: list[Any] = [0, listening]
    while 0 not in select.select(watched, [], [])[0]:
        connection, _ = listening.accept()
        if os.fork() == 0:
            listening.close()
            _see_to(connection)
            return
        connection.close()
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    os._exit(0)


def _see_to(connection: socket.socket) -> None:
    """Fork once more, and say how that process has ended; in it, return as the command that is asked for."""
    head, files, *_ = socket.recv_fds(connection, 4, 3)
    with connection.makefile("rb") as reading:
        asked = json.loads(reading.read(int.from_bytes(head, "big")))
    process = os.fork()
    if process == 0:
        connection.close()
        _become(files, *asked)
        return
    for file in (0, 1, 2, *files):
        os.close(file)
    _, status = os.waitpid(process, 0)
    connection.sendall(str(os.waitstatus_to_exitcode(status) & 0xFF).encode())
    os._exit(0)


def _become(files: list[int], arguments: list[str], environment: dict[str, str], folder: str) -> None:
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
    _serve(socket.socket(fileno=int(sys.argv[1])))
    from starter.cli import main

    main()
