"""Amounts of money and currencies as callers enter them."""

import re
from decimal import Decimal
from typing import Annotated

from pydantic import Field, Strict

from models.errors import Refused

Amount = Annotated[Decimal, Strict(), Field(ge=0, max_digits=12, decimal_places=2)]
"""An amount of money in whole cents. A float is not accepted."""

Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
"""An ISO 4217 code of a currency with cents, such as `EUR`."""

_AMOUNT = re.compile(r"[0-9]{1,5}(\.[0-9]{1,2})?", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


def parse_amount(text: str) -> Decimal:
    """Parse an amount of money with at most two decimals. Raises `Refused` (`price_invalid`)."""
    amount = text.strip()
    if not _AMOUNT.fullmatch(amount):
        raise Refused.because("price_invalid")
    return Decimal(amount).quantize(Decimal("0.01"))


def parse_currency(text: str) -> str:
    """Parse the code of a currency with cents. Raises `Refused` (`currency_invalid`)."""
    code = text.strip().upper()
    if not _CURRENCY.fullmatch(code) or not has_cents(code):
        raise Refused.because("currency_invalid")
    return code


def has_cents(currency: str) -> bool:
    """Whether this is the code of a currency whose amounts have two decimals."""
    from babel.numbers import get_currency_precision, list_currencies  # noqa: PLC0415  takes long to import

    return currency in list_currencies() and get_currency_precision(currency) == 2
