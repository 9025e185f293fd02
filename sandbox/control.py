"""The control socket of a running sandbox: a Unix socket in its folder, one line of JSON each way.

    {"do": "status"}
    {"do": "stop", "part": "postgres", "at_once": false}     {"do": "start", "part": "postgres"}

The answer comes when the request is done: {"parts": [...]}, or why it failed; {"invalid": "..."} for any
other line. A client that sends no line within the timeout is disconnected, and so are more clients than
`MOST_CLIENTS`.
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

LINE_SECONDS = 5.0
"""How long a client may take to send its line, and to read the answer."""
LAST_ANSWER_SECONDS = 0.2
"""How long clients that wait for an answer are waited for when the sandbox stops."""
MOST_CLIENTS = 16
ACTIONS = ("status", "stop", "start")

Answer = dict[str, Any]


class NoAnswer(Exception):
    """The sandbox does not answer: it is starting, stopping, or not running."""


def ask(folder: Path, **request: Any) -> Answer:
    """Ask the sandbox that runs on the folder, and wait for its answer."""
    try:
        with (
            chdir(folder),
            socket.socket(socket.AF_UNIX) as connection,
        ):  # relative, since the path of a Unix socket is limited to about 100 bytes
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
    """Listen for other commands. Only the user who runs the sandbox can connect."""
    talks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(talks) >= MOST_CLIENTS:
            writer.close()
            return
        talk = asyncio.create_task(_talk(reader, writer, answer))
        talks.add(talk)
        talk.add_done_callback(talks.discard)

    door = socket.socket(socket.AF_UNIX)
    (folder / SOCKET).unlink(missing_ok=True)
    with chdir(folder):
        door.bind(SOCKET)
    server = await asyncio.start_unix_server(accept, sock=door)
    try:
        yield
    finally:
        server.close()
        (folder / SOCKET).unlink(missing_ok=True)
        await _end(talks)


async def _end(talks: set[asyncio.Task[None]]) -> None:
    """Answer the clients that wait, within `LAST_ANSWER_SECONDS`; disconnect the others."""
    left = list(talks)
    if left:
        await asyncio.wait(left, timeout=LAST_ANSWER_SECONDS)
        for talk in left:
            talk.cancel()
        await asyncio.gather(*left, return_exceptions=True)


async def _talk(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    answer: Callable[[Answer], Awaitable[Answer]],
) -> None:
    """Read one line from a client and answer it."""
    try:
        with suppress(OSError):  # with TimeoutError
            request = await _request(reader)
            answered = {"invalid": "No request."} if request is None else await answer(request)
            writer.write(json.dumps(answered).encode() + b"\n")
            async with asyncio.timeout(LINE_SECONDS):
                await writer.drain()
    finally:
        writer.close()


async def _request(reader: asyncio.StreamReader) -> Answer | None:
    """The client's request; None if its line is no valid request. Raises TimeoutError if no line comes."""
    try:
        async with asyncio.timeout(LINE_SECONDS):
            request = json.loads(await reader.readline())
    except (ValueError, RecursionError):  # too long, no UTF-8, no JSON, or nested too deeply
        return None
    if not isinstance(request, dict) or request.get("do") not in ACTIONS:
        return None
    return request if isinstance(request.get("part"), str | None) else None


async def steer(supervisor: Supervisor, external: Mapping[str, str], request: Answer) -> Answer:
    """Execute a request. `external` names the variable of each part that the sandbox does not run itself."""
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
    """Start or stop a part; the answer that says why it failed, or None."""
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
