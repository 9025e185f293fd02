"""One child process for one file: fed, listened to for a while, and gone in any case.

    too much memory or CPU   the kernel ends it (or a library aborts): `too_demanding`
    too long                 this module kills it, with all it may have started: `too_slow`
    it cannot start          `Unavailable`: nothing is wrong with the file, and it may be uploaded again

The child inherits no environment, no open file and no terminal. What it writes to its standard error is
thrown away: a library could quote the file there. Its answer is untrusted: whoever took it over could say
anything, so it is short and of one form, or it counts as damage.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from models.errors import Unavailable
from qr.refusals import REASONS, refused

LONGEST_SECONDS = 10.0
_LONGEST_ANSWER = 16 * 1024
_LONGEST_END = 2.0
"""Seconds for a killed child to be gone."""
_ROOT = str(Path(__file__).parents[1])
_PROGRAM = "import sys; sys.path.insert(0, sys.argv[1]); from qr.reader.child import main; main()"
"""Isolated from the environment and the working directory (`-I`), Python finds only installed packages; this
room may lie beside them."""
_PROBE = (
    "import json, sys; sys.path.insert(0, sys.argv[1]); from qr.reader.limits import confine; "
    "missing = confine(); print(json.dumps(missing))"
)


class Answer(BaseModel):
    """What a child says of a file."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)

    refused: str | None = None
    codes: list[str] = Field(default=[], max_length=8, repr=False)
    """Texts that begin like an activation code."""
    others: bool = False
    """There are QR codes with something else."""


_NAMES = TypeAdapter(list[str])


def reader_command(kind: str) -> Sequence[str]:
    """The program of a child, for a type of file. Nothing of the file is in it: others see it."""
    return (sys.executable, "-I", "-c", _PROGRAM, _ROOT, kind)


async def missing_protections() -> list[str]:
    """Which protections of a reader this machine lacks: a child sets all that there are, and names the rest.
    Raises `Unavailable` where none can start.
    """
    child = await _started((sys.executable, "-I", "-c", _PROBE, _ROOT))
    if child.stdin is None or child.stdout is None:
        raise _away()
    child.stdin.close()
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            written = await _listen(child.stdout)
            await child.wait()
        return _NAMES.validate_json(written)
    except (TimeoutError, ValidationError):
        raise _away() from None
    finally:
        await _end(child, child.stdout)


async def read_in_child(
    content: bytes,
    kind: str,
    *,
    longest: float = LONGEST_SECONDS,
    command: Callable[[str], Sequence[str]] = reader_command,
) -> Answer:
    """What a child of its own says of the file. Whatever happens, also to the caller, it is gone then."""
    child = await _started(command(kind))
    if child.stdin is None or child.stdout is None:
        raise _away()
    feeding = asyncio.create_task(_feed(child.stdin, content))
    over = False
    try:
        async with asyncio.timeout(longest):
            written = await _listen(child.stdout)
            await child.wait()
        over = True
    except TimeoutError:
        raise refused("too_slow") from None
    finally:
        feeding.cancel()
        if not over:
            await _end(child, child.stdout)
        await asyncio.gather(feeding, return_exceptions=True)
    return _understood(written, child.returncode)


async def _started(command: Sequence[str]) -> asyncio.subprocess.Process:
    try:
        return await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={},
            cwd="/",
            start_new_session=True,
        )
    except OSError:
        raise _away() from None


async def _feed(stdin: asyncio.StreamWriter, content: bytes) -> None:
    """Write the file; a child that has ended, or has seen enough, says so in its own way."""
    with suppress(ConnectionError):
        stdin.write(content)
        await stdin.drain()
    stdin.close()


async def _listen(stdout: asyncio.StreamReader) -> bytes:
    """The answer. What comes after the most that it may be is dropped, so that the child can end."""
    written = b""
    while some := await stdout.read(_LONGEST_ANSWER):
        written += some[: _LONGEST_ANSWER - len(written)]
    return written


async def _end(child: asyncio.subprocess.Process, stdout: asyncio.StreamReader) -> None:
    """Kill the child and all it may have started: the session that it leads has its number.

    The loop takes it for ended only when all that it wrote is read.
    """
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    with suppress(TimeoutError):
        async with asyncio.timeout(_LONGEST_END):
            await _listen(stdout)
            await child.wait()


def _understood(written: bytes, code: int | None) -> Answer:
    if code is None or code < 0:
        raise refused("too_demanding")
    if code > 0:
        raise _away()
    try:
        answer = Answer.model_validate_json(written)
    except ValidationError:
        raise refused("file_damaged") from None
    if answer.refused is not None:
        raise refused(answer.refused if answer.refused in REASONS else "file_damaged")
    return answer


def _away() -> Unavailable:
    return Unavailable(
        "reader_unavailable", "Uploaded files cannot be read at the moment; try again in a minute."
    )
