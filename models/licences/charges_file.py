"""The charges of a month as CSV (RFC 4180), for accounting programs and spreadsheets (L40)."""

import csv
import io
from collections.abc import Iterable, Sequence

from models.licences.licence_views import ChargesView

COLUMNS = (
    "day",
    "licence",
    "add_on",
    "reason",
    "period_start",
    "period_end",
    "amount",
    "currency",
)
_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""With these a cell begins that a spreadsheet would calculate."""


def charges_csv(of: ChargesView) -> str:
    """A row for each charge: ISO dates, amounts with a decimal point; the amounts add up to `of.total`."""
    return csv_text(
        COLUMNS,
        (
            (
                charge.day.isoformat(),
                f"LI-{charge.licence_id}",
                charge.add_on.value,
                charge.reason.value,
                charge.period_start.isoformat(),
                charge.period_end.isoformat(),
                str(charge.amount),
                charge.currency,
            )
            for charge in of.charges
        ),
    )


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
    return f"'{cell}" if cell.startswith(_FORMULAS) else cell
