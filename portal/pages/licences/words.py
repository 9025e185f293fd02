"""Amounts and days in the reader's language, for the templates of licences."""

from datetime import date
from decimal import Decimal
from typing import Any

from portal.auth.signed_in import SignedIn
from wording import dates, numbers


def said(who: SignedIn, currency: str = "EUR") -> dict[str, Any]:
    """`money(amount)` and `day(date)`, as facts of a page."""

    def money(amount: Decimal) -> str:
        return numbers.money(amount, currency, who.language)

    def day(when: date) -> str:
        return dates.day(when, who.language)

    return {"money": money, "day": day}
