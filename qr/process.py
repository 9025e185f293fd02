"""One child process for one file: fed, listened to for a while, and gone in any case.

    too much memory or CPU   the kernel ends it (or a library aborts): `too_demanding`
    too long                 this module kills it, with all it may have started: `too_slow`
    it cannot start          PartAway: nothing is wrong with the file, and it may be uploaded again

The child inherits no environment, no open file and no terminal. What it writes to its standard error is
thrown away: a library could quote the file there. Its answer is untrusted: whoever took it over could say
anything, so it is short and of one form, or it counts as damage.
"""

import asyncio
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from models.errors import PartAway
from qr.refusals import REASONS, refused

LONGEST_SECONDS = 10.0
_LONGEST_ANSWER = 16 * 1024
_ROOT = str(Path(__file__).parents[1])
_PROGRAM = "import sys; sys.path.insert(0, sys.argv[1]); from qr.reader.child import main; main()"
"""Isolated from the environment and the working directory (`-I`), Python finds only installed packages; this
room may lie beside them."""


class Answer(BaseModel):
    """What a child says of a file."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)

    refused: str | None = None
    codes: list[str] = Field(default=[], max_length=8, repr=False)
    """Texts that begin like an activation code."""
    others: bool = False
    """There are QR codes with something else."""


async def read_in_child(content: bytes, kind: str, longest: float = LONGEST_SECONDS) -> Answer:
    """What a child of its own says of the file. Whatever happens, also to the caller, it is gone then."""
    child = await _started(kind)
    if child.stdin is None or child.stdout is None:
        raise _away()
    try:
        async with asyncio.timeout(longest):
            _, written = await asyncio.gather(_feed(child.stdin, content), _listen(child.stdout))
            await child.wait()
    except TimeoutError:
        raise refused("too_slow") from None
    finally:
        await _ended(child)
    return _understood(written, child.returncode)


async def _started(kind: str) -> asyncio.subprocess.Process:
    try:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            "-c",
            _PROGRAM,
            _ROOT,
            kind,
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
    """The answer to its end. One that is too long is cut, and so no answer."""
    try:
        return await stdout.readexactly(_LONGEST_ANSWER)
    except asyncio.IncompleteReadError as whole:
        return whole.partial


async def _ended(child: asyncio.subprocess.Process) -> None:
    if child.returncode is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
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


def _away() -> PartAway:
    return PartAway(
        "reader_unavailable", "Uploaded files cannot be read at the moment; try again in a minute."
    )
