"""Reads the charges of an account for a month, which are computed from its entries and prices (L40)."""

from collections.abc import Collection
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncConnection

from models.licences.charges import charges
from models.licences.licence_views import ChargesView, ChargeView, Month
from store.licences import billing, entries, prices


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
