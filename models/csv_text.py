"""CSV files that are written, for accounting programs and spreadsheets (RFC 4180)."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

_FORMULA = re.compile(r"(^|;)(?=[=+\-@\t\r\n])")
"""Where a cell begins that a spreadsheet would calculate: many separate cells by semicolons."""


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A CSV file with a header, in lines that end with CR LF. Text that a spreadsheet would take for a
    formula begins with an apostrophe.
    """
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_as_text(cell) for cell in row] for row in rows)
    return written.getvalue()


def _as_text(cell: str) -> str:
    return _FORMULA.sub(r"\1'", cell)
