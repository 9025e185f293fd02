"""Read an Excel workbook (.xlsx) as a table, in one child process (`confined.process`).

The first sheet that is visible and not empty is read; that there are others is said. The child's answer is
untrusted: each of its lines must be a number and texts, or the file counts as damaged.
"""

import asyncio
import io
import json
import sys
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
    return _table(answer)


def _table(answer: bytes) -> Table:
    begun = answer[:-1].rfind(b"\n") + 1
    ended = _parsed(answer[begun:]) if answer.endswith(b"\n") else {}
    sheets = ended.get("sheets") if isinstance(ended, dict) else None
    if not isinstance(sheets, int):
        reason = ended.get("refused") if isinstance(ended, dict) else None
        raise Refused.because(reason if reason in _REASONS else "workbook_damaged")
    lines = io.BytesIO(answer[:begun])
    found = Table(map(_line, lines), answer.count(b"\n"), FileRead(format="xlsx"))
    first, _ = _line(answer[: answer.find(b"\n")]) if begun else (1, [])
    if sheets:
        found.warnings.add(first, None, Refusal.of("sheets_not_read", sheets=sheets))
    if isinstance(merged := ended.get("merged"), int) and merged > 0:
        found.warnings.add(first, None, Refusal.of("merged_cells_filled", cells=merged))
    return found


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
