"""Read an uploaded file: its type, and the one activation code in its QR code (F34, F57, F62).

    size, name and first bytes   checked here; nothing else of the file is read in this process
    everything else              read by a child process with hard limits (`qr.process`, `qr.reader`)

The file itself is never shown: users see the code as drawn by `qr.draw` (F58).
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol
from weakref import WeakKeyDictionary

from models.codes.activation import ActivationCode, Rule
from models.codes.reading import ReadCode, looks_like_code, read_code
from models.errors import Refusal, Refused, Unavailable
from qr.file_types import FileType, actual_type, claimed_type
from qr.process import Answer, read_in_child
from qr.refusals import invalid_code
from qr.refusals import refused as refused_file

LARGEST_UPLOAD = 5 * 1024 * 1024
"""The maximum size of a file, in bytes."""
AT_ONCE = 2
"""The maximum number of child processes: each may use a processor and hundreds of megabytes."""
MOST_WAITING = 16
"""The maximum number of waiting uploads, each with its file in memory."""
TIMEOUT = 30.0
"""Seconds that an upload waits for a child process."""

_INVALID = "activation_code_invalid"


@dataclass(frozen=True)
class Found:
    """The activation code in an upload, and the file's type. Its `repr` is redacted. `confirmation_code`: the
    one that stands beside the code, which is rare.
    """

    code: ActivationCode
    type: FileType
    confirmation_code: str | None = None

    def __repr__(self) -> str:
        return f"Found({self.type})"


class Reader(Protocol):
    """The port that reads a file in a confined process."""

    async def __call__(self, content: bytes, kind: str, /) -> Answer: ...


class Intake:
    """Reads uploads with limited concurrency; the others wait in a queue with a timeout."""

    def __init__(
        self,
        at_once: int = AT_ONCE,
        most_waiting: int = MOST_WAITING,
        timeout: float = TIMEOUT,
        reader: Reader = read_in_child,
    ) -> None:
        self._reader = reader
        self._places = asyncio.Semaphore(at_once)
        self._most_waiting = most_waiting
        self._timeout = timeout
        self._waiting = 0

    async def read(self, content: bytes, filename: str) -> Found:
        """See `read_upload`."""
        kind = checked_type(content, filename)
        async with self._place():
            answer = await self._reader(content, kind)
        read = the_code(answer.codes, answer.others)
        return Found(read.code, kind, read.confirmation_code)

    @asynccontextmanager
    async def _place(self) -> AsyncIterator[None]:
        if self._waiting >= self._most_waiting:
            raise _busy()
        self._waiting += 1
        try:
            async with asyncio.timeout(self._timeout):
                await self._places.acquire()
        except TimeoutError:
            raise _busy() from None
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._places.release()


async def read_upload(content: bytes, filename: str) -> Found:
    """The activation code in an uploaded file. Raises `Refused` with the reason why the file is rejected.

    Raises `Unavailable` if too many files are being read, or none can be: the upload may be repeated.
    """
    loop = asyncio.get_running_loop()
    intake = _INTAKES.get(loop)
    if intake is None:
        intake = _INTAKES[loop] = Intake()
    return await intake.read(content, filename)


_INTAKES: WeakKeyDictionary[asyncio.AbstractEventLoop, Intake] = WeakKeyDictionary()
"""One per event loop, as a semaphore belongs to one loop: a process has one, a test may have several."""


def checked_type(content: bytes, filename: str) -> FileType:
    """The type of the file, if its name and first bytes agree and its size is permitted. Raises `Refused`."""
    claimed = claimed_type(filename)
    if claimed is None:
        raise refused_file("file_type_unknown")
    if not content:
        raise refused_file("file_empty")
    if len(content) > LARGEST_UPLOAD:
        raise refused_file("file_too_large")
    if actual_type(content) is not claimed:
        raise refused_file("file_type_mismatch")
    return claimed


def the_code(texts: Sequence[str], others: Sequence[str] = ()) -> ReadCode:
    """The one activation code among the QR codes of a file; duplicates are ignored. Raises `Refused`, which
    says what the QR code holds instead. `others`: the texts of those that do not look like one.
    """
    codes: dict[tuple[object, ...], ReadCode] = {}
    wrong: list[Refusal] = []
    broken: list[Refusal] = []
    for text in (*texts, *others):
        try:
            read = read_code(text)
        except Refused as refused:
            (broken if looks_like_code(text) else wrong).append(refused.refusals[0])
        else:
            code = read.code
            codes[code.profile, code.matching_id, code.oid, code.confirmation_code_required] = read
    if len(codes) > 1 or (codes and broken):
        raise refused_file("several_activation_codes")
    if codes:
        return next(iter(codes.values()))
    raise _why_none(broken, wrong)


def _why_none(broken: Sequence[Refusal], wrong: Sequence[Refusal]) -> Refused:
    """Why no code was found: of several reasons the one that says most."""
    for reason in broken:
        return (
            invalid_code(Rule(str(reason.parameters["rule"]))) if reason.code == _INVALID else Refused(reason)
        )
    for reason in wrong:
        if reason.code != _INVALID:
            return Refused(reason)
    return refused_file("no_activation_code" if wrong else "no_qr_code")


def _busy() -> Unavailable:
    return Unavailable(
        "reader_unavailable", "Too many files are being read at the moment; try again in a minute."
    )
