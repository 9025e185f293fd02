"""What an order asks for is checked where it enters, not where PostgreSQL is asked for it."""

from typing import Any

import pytest
from pydantic import ValidationError

from models.lifecycle import OrderKind
from models.orders import Placement

LARGEST = 2**63 - 1
WISH: dict[str, Any] = {
    "order_id": "order-aaaaaaaaaaaaaaaa",
    "kind": OrderKind.SWITCH_TO_ESIM,
    "account_id": 1,
    "line_id": 1,
    "user_id": 1,
    "pack_id": 1,
}
IDS = ("account_id", "line_id", "user_id", "pack_id")


@pytest.mark.parametrize("name", IDS)
def test_an_id_is_one_that_a_record_can_have(name: str) -> None:
    assert Placement(**WISH | {name: LARGEST}).model_dump()[name] == LARGEST
    for number in (0, -1, LARGEST + 1, 10**30):
        with pytest.raises(ValidationError, match=name):
            Placement(**WISH | {name: number})


def test_a_quantity_is_read_for_the_rules_to_refuse_unless_it_is_absurd() -> None:
    for quantity in (-(2**31), 0, 2, 2**31 - 1):
        assert Placement(**WISH, quantity=quantity).choice.quantity == quantity
    for quantity in (-(2**31) - 1, 2**31):
        with pytest.raises(ValidationError, match="quantity"):
            Placement(**WISH, quantity=quantity)
