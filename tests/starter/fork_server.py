"""The parent of forks: see `forked`."""

import gc
import importlib
import json
import os
import pkgutil
import runpy
import select
import socket
import sys
import tempfile
import time
import warnings
from contextlib import suppress
from functools import cache
from typing import Any

from typer import main

import starter.cli
from sandbox import processes, stage
from starter.cli import commands, output
from tests.starter.forked import forking

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
NOT_LOADED = ("starter.cli.__main__", "store.migrations", "uvicorn.", "portal.__main__")
"""Migrations are no modules, and a program is run."""


def _load() -> None:
    gc.disable()  # looking for garbage takes as long as half of the rest
    for name in LOADED:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(getattr(package, "__path__", ()), f"{name}."):
            if not module.name.startswith(NOT_LOADED):
                importlib.import_module(module.name)
    main.get_command = cache(main.get_command)  # the tree of commands, which a fork has already
    main.get_command(commands.app)
    gc.freeze()  # the memory stays shared with the forks
    gc.enable()


def _serve(listening: socket.socket, alive: int) -> str:
    """Fork until the pipe is closed; in a fork, return the module that it was asked to run."""
    watched: list[Any] = [alive, listening]
    while alive not in select.select(watched, [], [])[0]:
        connection, _ = listening.accept()
        if os.fork() == 0:
            listening.close()
            os.close(alive)
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
    tempfile.tempdir = None
    os.chdir(folder)
    time.tzset()
    sys.argv = ["esim-orders", *arguments]
    sys.stdin = _opened(0, "r")
    sys.stdout = _opened(1, "w")
    sys.stderr = _opened(2, "w", errors="backslashreplace")
    console = output.console
    vars(console).update(vars(importlib.reload(output).console))  # it looks at the terminal when it is made
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
        vars(_starts)["subprocess"] = forking(_listening.getsockname())
    if asked := _serve(_listening, int(sys.argv[2])):
        runpy.run_module(asked, run_name="__main__", alter_sys=True)
    else:
        starter.cli.main()
