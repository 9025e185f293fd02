"""The child process: reads an Excel workbook from standard input, writes its first table to standard output.

For each line of the sheet that is not empty a JSON array: its number, and its cells as texts. A number is
written with at most 15 digits, as a spreadsheet has it. At the end `{"sheets": n, "merged": m}`: how many
further sheets have cells, and how many cells were given the value of the cells above that they are merged
with; or `{"refused": reason}`. It outputs nothing else; its standard error is discarded.
"""

import io
import json
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zipfile import ZipFile

from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from confined.limits import confine
from confined.workbook_formulas import Failed, failed_formulas

MEMORY = 1024 * 1024 * 1024
CPU_SECONDS = 30
_LONGEST_CELL = 4000
"""Characters: a longer cell is refused, and still is when it was cut."""
_EXACT = 10**15
"""Below this number a spreadsheet keeps every digit."""
Cell = str | int | float | bool | date | time | timedelta


def text_of(cell: Any) -> str:
    """A cell as a person sees it in the sheet."""
    match cell:
        case str():
            return cell[:_LONGEST_CELL]
        case bool():
            return "true" if cell else "false"
        case int() | float():
            whole = abs(cell) < _EXACT and cell == int(cell)
            return str(int(cell)) if whole else f"{cell:.15g}".upper()
        case datetime():
            day = cell.time() == time()
            return cell.date().isoformat() if day else cell.isoformat(" ", "seconds")
        case date() | time():
            return cell.isoformat()
        case _:
            return str(cell)


class Merged:
    """Cells that are merged over several rows: what all of them show is in the first one alone."""

    def __init__(self, sheet: CalamineSheet) -> None:
        self.filled = 0
        """How many cells were given the value that they show."""
        left = (sheet.start or (0, 0))[1]
        self._ends: dict[int, dict[int, int]] = {}
        self._shown: dict[int, tuple[int, str]] = {}
        for (top, column), (bottom, _) in sheet.merged_cell_ranges or ():
            if bottom > top:
                self._ends.setdefault(top + 1, {})[column - left] = bottom + 1

    def fill(self, number: int, texts: list[str]) -> None:
        """Give the cells of a line that is not empty the values that they show."""
        for at, (last, shown) in list(self._shown.items()):
            if number > last:
                del self._shown[at]
            elif shown and not texts[at]:
                texts[at] = shown
                self.filled += 1
        for at, last in self._ends.get(number, {}).items():
            if 0 <= at < len(texts):
                self._shown[at] = (last, texts[at])


def lines_of(
    sheet: CalamineSheet, failed: Failed, merged: Merged, most: int
) -> Iterator[tuple[int, list[str]]]:
    """The lines that are not empty, at most so many. `failed`: cells that the library gives as empty ones."""
    found = 0
    top, left = sheet.start or (0, 0)
    by_row: dict[int, list[tuple[int, str]]] = {}
    for (row, column), shown in failed.items():
        by_row.setdefault(row, []).append((column - left - 1, shown))
    for number, cells in enumerate(sheet.iter_rows(), start=1 + top):
        texts = [text_of(cell) for cell in cells]
        for at, shown in by_row.get(number, ()):
            if 0 <= at < len(texts) and not texts[at]:
                texts[at] = shown[:_LONGEST_CELL]
        if any(map(str.strip, texts)):
            merged.fill(number, texts)
            yield number, texts
            found += 1
            if found > most:
                return


def written(content: bytes, most: int) -> Iterator[str]:
    """The lines of the answer. Raises whatever the library raises over a file that is broken."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    sheets = [
        sheet
        for found in book.sheets_metadata
        if found.typ is SheetTypeEnum.WorkSheet and found.visible is SheetVisibleEnum.Visible
        if (sheet := book.get_sheet_by_name(found.name)).height
    ]
    if not sheets:
        yield json.dumps({"refused": "workbook_empty"})
        return
    with ZipFile(io.BytesIO(content)) as archive:
        failed = failed_formulas(archive, sheets[0].name)
    merged = Merged(sheets[0])
    for line in lines_of(sheets[0], failed, merged, most):
        yield json.dumps(line, ensure_ascii=False)
    yield json.dumps({"sheets": len(sheets) - 1, "merged": merged.filled})


def main() -> None:
    """Read one workbook, of which no more lines than the command line says."""
    most = int(sys.argv[-1])
    text_of(datetime(2000, 1, 1))  # noqa: DTZ001  what it imports is imported before nothing can be
    b"a".decode("cp437")  # so is how names in an archive are written
    sys.stdout.reconfigure(encoding="utf-8", errors="surrogatepass")  # type: ignore[union-attr]
    confine(MEMORY, CPU_SECONDS)
    content = sys.stdin.buffer.read()
    try:
        for line in written(content, most):
            sys.stdout.write(line + "\n")
    except MemoryError:
        sys.stdout.write('\n{"refused": "workbook_too_demanding"}\n')
    except BaseException:  # noqa: BLE001 - anything, also a panic of Rust, over a file that is broken
        sys.stdout.write('\n{"refused": "workbook_damaged"}\n')
    sys.stdout.flush()


if __name__ == "__main__":
    main()
