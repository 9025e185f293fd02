"""Run one child process over one file; it always ends, by itself or by SIGKILL.

    too much memory or CPU   the kernel kills it (or a library aborts): `TooDemanding`
    timeout                  this module kills it and its process group: `TooSlow`
    it cannot start          `CannotRun`: the file is not at fault, and may be sent again

The child inherits no environment, no open file and no terminal. Its standard error is discarded, as a
library could quote the file there. Its answer is untrusted, as the file may have compromised the child: it
must be short, and the caller checks it against a schema.
"""

import asyncio
import os
import signal
from collections.abc import Sequence
from contextlib import suppress

_PART = 64 * 1024
_LONGEST_END = 2.0
"""Seconds to wait for a killed child to end."""


class TooDemanding(Exception):
    """The kernel ended the child: it took too much memory or computing time, or did what it may not."""


class TooSlow(Exception):
    """The child was killed, since it took too long."""


class CannotRun(Exception):
    """No child can be started on this machine now, or it failed before it read the file."""


async def answer_of(command: Sequence[str], content: bytes, *, longest: float, most: int) -> bytes:
    """What a new child process writes about the file, at most so many bytes. The child has ended afterwards,
    even on cancellation. Raises `TooDemanding`, `TooSlow`, `CannotRun`.
    """
    child = await _started(command)
    if child.stdin is None or child.stdout is None:
        raise CannotRun
    feeding = asyncio.create_task(_feed(child.stdin, content))
    over = False
    try:
        async with asyncio.timeout(longest):
            written = await _listen(child.stdout, most)
            await child.wait()
        over = True
    except TimeoutError:
        raise TooSlow from None
    finally:
        feeding.cancel()
        if not over:
            await _end(child, child.stdout)
        await asyncio.gather(feeding, return_exceptions=True)
    if child.returncode is None or child.returncode < 0:
        raise TooDemanding
    if child.returncode > 0:
        raise CannotRun
    return written


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
        raise CannotRun from None


async def _feed(stdin: asyncio.StreamWriter, content: bytes) -> None:
    """Write the file to the child. If it ended or stopped reading, its answer or exit code says why."""
    with suppress(ConnectionError):
        stdin.write(content)
        await stdin.drain()
    stdin.close()


async def _listen(stdout: asyncio.StreamReader, most: int) -> bytes:
    """Read the answer. What exceeds its maximum length is dropped, so that the child can end."""
    written = bytearray()
    while some := await stdout.read(_PART):
        written += some[: most - len(written)]
    return bytes(written)


async def _end(child: asyncio.subprocess.Process, stdout: asyncio.StreamReader) -> None:
    """Kill the child and its descendants: it leads a process group with its own pid.

    The event loop reports its end only after all its output is read.
    """
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    with suppress(TimeoutError):
        async with asyncio.timeout(_LONGEST_END):
            await _listen(stdout, 0)
            await child.wait()
