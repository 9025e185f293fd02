"""How other commands reach a running sandbox: a Unix socket in its folder, one line of JSON each way.

    {"do": "status"}
    {"do": "stop", "part": "postgres", "at_once": false}     {"do": "start", "part": "postgres"}

The answer comes when it is done: {"parts": [...]}, or why it was not.
"""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, chdir, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sandbox.errors import SandboxError
from sandbox.parts import State, Status
from sandbox.supervisor import Supervisor

SOCKET = "control.sock"
ANSWER_SECONDS = 150.0
"""Longer than any part may take to stop or to be ready."""

Answer = dict[str, Any]


class NoAnswer(Exception):
    """The sandbox is starting, stopping or gone."""


def ask(folder: Path, **request: Any) -> Answer:
    """Ask the sandbox that runs on the folder, and wait for its answer."""
    try:
        with (
            chdir(folder),
            socket.socket(socket.AF_UNIX) as connection,
        ):  # a path may be longer than 100 bytes
            connection.settimeout(ANSWER_SECONDS)
            connection.connect(SOCKET)
            connection.sendall(json.dumps(request).encode() + b"\n")
            with connection.makefile("rb") as answers:
                answer: Answer = json.loads(answers.readline())
                return answer
    except (OSError, ValueError):
        raise NoAnswer from None


@asynccontextmanager
async def listening(folder: Path, answer: Callable[[Answer], Awaitable[Answer]]) -> AsyncIterator[None]:
    """Answer other commands. Only the user who runs the sandbox reaches the socket."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, ValueError):
            writer.write(json.dumps(await answer(json.loads(await reader.readline()))).encode() + b"\n")
            await writer.drain()
        writer.close()

    door = socket.socket(socket.AF_UNIX)
    (folder / SOCKET).unlink(missing_ok=True)
    with chdir(folder):
        door.bind(SOCKET)
    server = await asyncio.start_unix_server(talk, sock=door)
    try:
        yield
    finally:
        server.close()
        (folder / SOCKET).unlink(missing_ok=True)


async def steer(supervisor: Supervisor, external: Mapping[str, str], request: Answer) -> Answer:
    """Do what another command asks for. `external` names the variable of each part that is not ours."""
    doing, name = request.get("do"), request.get("part")
    if doing in ("stop", "start"):
        refusal = await _switch(supervisor, external, str(name), request)
        if refusal:
            return refusal
    theirs = [Status(part, State.EXTERNAL, None, 0) for part in external]
    statuses = [one for one in [*supervisor.statuses, *theirs] if name in (None, one.name)]
    return {"parts": [asdict(status) for status in statuses]}


async def _switch(
    supervisor: Supervisor, external: Mapping[str, str], name: str, request: Answer
) -> Answer | None:
    """Start or stop a part; why not, if it cannot be done."""
    own = {status.name for status in supervisor.statuses}
    if name in external:
        return {"external": name, "variable": external[name]}
    if name not in own:
        return {"unknown": name, "parts": ", ".join(sorted(own | external.keys()))}
    on = request["do"] == "start"
    try:
        done = await supervisor.switch(name, on=on, at_once=bool(request.get("at_once")))
    except SandboxError as failure:
        return {"failed": str(failure)}
    return None if done else {"slow": name, "state": "ready" if on else "stopped"}
