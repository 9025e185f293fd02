"""Prices are whole cents in one currency."""

from decimal import Decimal

import pytest
from pydantic import ValidationError

from models.licences.prices import Price, PriceList
from tests.models.licences.examples import DATA, SMS, day, price


def test_prices_that_contradict_each_other() -> None:
    with pytest.raises(ValueError, match="Two prices of voice_sms begin on the same day"):
        PriceList([price(SMS, "1.00"), price(SMS, "2.00")])
    dollars = price(DATA, "1.00").model_copy(update={"currency": "USD"})
    with pytest.raises(ValueError, match="several currencies"):
        PriceList([price(SMS, "1.00"), dollars])


@pytest.mark.parametrize(
    "amount", [10.0, 10, "10.00", Decimal("9.999"), Decimal("-1"), Decimal("NaN"), Decimal("Infinity")]
)
def test_a_price_is_a_decimal_in_whole_cents(amount: object) -> None:
    with pytest.raises(ValidationError):
        Price.model_validate({"add_on": SMS, "since": day("2027-01-01"), "amount": amount})
