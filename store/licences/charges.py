"""Reads the charges of an account for a month, which are computed from its entries and prices (L40)."""

from collections.abc import Collection
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncConnection

from models.licences.charges import Charge, charges
from models.licences.licence_views import ChargesView, ChargeView, Month
from models.licences.plan_views import ChargeLine, ChargeLinesView
from store.licences import billing, entries, prices


async def lines_of_month(
    connection: AsyncConnection, account_id: int, month: Month | None
) -> ChargeLinesView:
    """The charges of a month, by default the present one, up to today: those that are alike in one line."""
    terms = await billing.read(connection, account_id)
    month = month or Month(terms.today.year, terms.today.month)
    listed = await prices.price_list(connection, terms)
    through = min(month.last_day, terms.today)
    found: dict[tuple[object, ...], ChargeLine] = {}
    for history, licences, first in await entries.alike(connection, account_id):
        for charge in charges(history, listed, terms.day, through):
            if month.has(charge.on):
                _add(found, charge, licences, first)
    lines = sorted(found.values(), key=lambda line: (line.day, line.licence_id, line.reason))
    return ChargeLinesView(
        account=terms.account,
        month=str(month),
        lines=tuple(lines),
        count=sum(line.licences for line in lines),
        total=sum((line.amount for line in lines), Decimal("0.00")),
        currency=terms.currency,
    )


def _add(found: dict[tuple[object, ...], ChargeLine], charge: Charge, licences: int, first: int) -> None:
    """Add the charge of so many licences to the line of those that are alike."""
    alike = (charge.on, charge.period.end, charge.add_on, charge.reason, charge.amount)
    line = ChargeLine(
        day=charge.on,
        period_end=charge.period.end,
        add_on=charge.add_on,
        reason=charge.reason,
        each=charge.amount,
        licences=licences,
        licence_id=first,
    )
    if alike in found:
        before = found[alike]
        both = {"licences": before.licences + licences, "licence_id": min(before.licence_id, first)}
        line = before.model_copy(update=both)
    found[alike] = line


async def charges_of_month(
    connection: AsyncConnection, account_id: int, month: Month | None, licences: Collection[int] | None = None
) -> ChargesView:
    """The charges of a month, by default the present one, up to today: of an account or of some licences."""
    terms = await billing.read(connection, account_id)
    month = month or Month(terms.today.year, terms.today.month)
    listed = await prices.price_list(connection, terms)
    known = await entries.histories(connection, account_id, licences)
    through = min(month.last_day, terms.today)
    found = [
        ChargeView(
            day=charge.on,
            licence_id=licence_id,
            add_on=charge.add_on,
            reason=charge.reason,
            period_start=charge.period.start,
            period_end=charge.period.end,
            amount=charge.amount,
            currency=charge.currency,
        )
        for licence_id, history in known.items()
        for charge in charges(history, listed, terms.day, through)
        if month.has(charge.on)
    ]
    return ChargesView(
        account=terms.account,
        month=str(month),
        charges=tuple(sorted(found, key=lambda charge: (charge.day, charge.licence_id))),
        total=sum((charge.amount for charge in found), Decimal("0.00")),
        currency=terms.currency,
    )
