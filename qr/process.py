"""Read one uploaded file in one child process, which always ends, by itself or by SIGKILL.

    too much memory or CPU   the kernel kills it (or a library aborts): `too_demanding`
    timeout                  this module kills it and its process group: `too_slow`
    it cannot start          `Unavailable`: the file is not at fault, and may be uploaded again

The child inherits no environment, no open file and no terminal. Its standard error is discarded, as a
library could quote the file there. Its answer is untrusted, as the file may have compromised the child: it
must be short and match a schema, or the file counts as damaged.
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
_LONGEST_ANSWER = 256 * 1024
_LONGEST_END = 2.0
"""Seconds to wait for a killed child to end."""
_ROOT = str(Path(__file__).parents[1])
_PROGRAM = "import sys; sys.path.insert(0, sys.argv[1]); from qr.reader.child import main; main()"
"""With `-I`, isolated from environment and working directory, Python finds only installed packages; this
package may be elsewhere, so its path is an argument."""
_PROBE = (
    "import json, sys; sys.path.insert(0, sys.argv[1]); from qr.reader.limits import confine; "
    "missing = confine(); print(json.dumps(missing))"
)


class Answer(BaseModel):
    """The answer of a child process about a file."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)

    refused: str | None = None
    codes: list[str] = Field(default=[], max_length=8, repr=False)
    """Texts that look as if they held an activation code."""
    others: list[str] = Field(default=[], max_length=8, repr=False)
    """Texts of QR codes with other content: a refusal says what they are."""


_NAMES = TypeAdapter(list[str])


def reader_command(kind: str) -> Sequence[str]:
    """The command line of a child for a type of file. It is public, so it has nothing of the file."""
    return (sys.executable, "-I", "-c", _PROGRAM, _ROOT, kind)


async def missing_protections() -> list[str]:
    """The protections that this machine lacks: a child process enables all it can and reports the others.
    Raises `Unavailable` if no child can be started.
    """
    child = await _started((sys.executable, "-I", "-c", _PROBE, _ROOT))
    if child.stdin is None or child.stdout is None:
        raise _unavailable()
    child.stdin.close()
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            written = await _listen(child.stdout)
            await child.wait()
        return _NAMES.validate_json(written)
    except (TimeoutError, ValidationError):
        raise _unavailable() from None
    finally:
        await _end(child, child.stdout)


async def read_in_child(
    content: bytes,
    kind: str,
    *,
    longest: float = LONGEST_SECONDS,
    command: Callable[[str], Sequence[str]] = reader_command,
) -> Answer:
    """Read the file in a new child process. The child has ended afterwards, even on cancellation."""
    child = await _started(command(kind))
    if child.stdin is None or child.stdout is None:
        raise _unavailable()
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
        raise _unavailable() from None


async def _feed(stdin: asyncio.StreamWriter, content: bytes) -> None:
    """Write the file to the child. If it ended or stopped reading, its answer or exit code says why."""
    with suppress(ConnectionError):
        stdin.write(content)
        await stdin.drain()
    stdin.close()


async def _listen(stdout: asyncio.StreamReader) -> bytes:
    """Read the answer. What exceeds its maximum length is dropped, so that the child can end."""
    written = b""
    while some := await stdout.read(_LONGEST_ANSWER):
        written += some[: _LONGEST_ANSWER - len(written)]
    return written


async def _end(child: asyncio.subprocess.Process, stdout: asyncio.StreamReader) -> None:
    """Kill the child and its descendants: it leads a process group with its own pid.

    The event loop reports its end only after all its output is read.
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
        raise _unavailable()
    try:
        answer = Answer.model_validate_json(written)
    except ValidationError:
        raise refused("file_damaged") from None
    if answer.refused is not None:
        raise refused(answer.refused if answer.refused in REASONS else "file_damaged")
    return answer


def _unavailable() -> Unavailable:
    return Unavailable(
        "reader_unavailable", "Uploaded files cannot be read at the moment; try again in a minute."
    )
