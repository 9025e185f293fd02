"""Read an Excel workbook (.xlsx) as a table, in one child process (`confined.process`).

The first sheet that is visible and not empty is read; that there are others is said. The child's answer is
untrusted: each of its lines must be a number and texts, or the file counts as damaged.
"""

import asyncio
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from confined.process import CannotRun, TooDemanding, TooSlow, answer_of
from models.errors import Refusal, Refused, Unavailable
from models.files.read import FileRead
from models.files.table import Line, Table, check_size
from models.files.text import visible_cells
from models.imports import MAX_ROWS

LONGEST_SECONDS = 60.0
AT_ONCE = 2
"""The maximum number of child processes: each may use a processor and hundreds of megabytes."""
_LONGEST_ANSWER = 128 * 1024 * 1024
_ROOT = str(Path(__file__).parents[1])
_PROGRAM = "import sys; sys.path.insert(0, sys.argv[1]); from confined.workbook_child import main; main()"
_ZIP, _OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_REASONS = frozenset({"workbook_damaged", "workbook_empty", "workbook_too_demanding"})
_PLACES: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


def is_workbook(content: bytes) -> bool:
    """Whether this is a workbook or another archive, also one in the old format, and no text."""
    return content.startswith((_ZIP, _OLD))


async def read_workbook(content: bytes, most: int = MAX_ROWS) -> Table:
    """The table in a workbook of at most about so many lines; of more, the next one is there to be refused.

    Raises `Refused` (`workbook_old`, `workbook_damaged`, ...), `Unavailable`.
    """
    check_size(content)
    if content.startswith(_OLD):
        raise Refused.because("workbook_old")
    places = _PLACES.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE))
    command = (sys.executable, "-I", "-c", _PROGRAM, _ROOT, str(most + 1))
    try:
        async with places:
            answer = await answer_of(command, content, longest=LONGEST_SECONDS, most=_LONGEST_ANSWER)
    except (TooDemanding, TooSlow):
        raise Refused.because("workbook_too_demanding") from None
    except CannotRun:
        raise Unavailable(
            "reader_unavailable", "Workbooks cannot be read at the moment; try again in a minute."
        ) from None
    return _table(answer.split(b"\n"))


def _table(answer: Sequence[bytes]) -> Table:
    *lines, rest = answer
    ended = _parsed(lines.pop()) if lines and not rest else {}
    if not isinstance(ended, dict) or "refused" in ended or not lines:
        reason = ended.get("refused") if isinstance(ended, dict) else None
        raise Refused.because(reason if reason in _REASONS else "workbook_damaged")
    sheets = ended.get("sheets")
    if not isinstance(sheets, int):
        raise Refused.because("workbook_damaged")
    found = Table(_lines(lines), len(lines), FileRead(format="xlsx"))
    if sheets:
        found.warnings.add(_line(lines[0])[0], None, Refusal.of("sheets_not_read", sheets=sheets))
    return found


def _lines(answer: Sequence[bytes]) -> Iterator[Line]:
    for line in answer:
        yield _line(line)


def _line(written: bytes) -> Line:
    match _parsed(written):
        case [int(number), list(cells)] if all(isinstance(cell, str) for cell in cells):
            return number, visible_cells(cells)
    raise Refused.because("workbook_damaged")


def _parsed(written: bytes) -> Any:
    try:
        return json.loads(written)
    except (ValueError, RecursionError):
        raise Refused.because("workbook_damaged") from None
