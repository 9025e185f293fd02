"""The charges of a month as CSV (RFC 4180), for accounting programs and spreadsheets (L40)."""

from models.csv_text import csv_text
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
