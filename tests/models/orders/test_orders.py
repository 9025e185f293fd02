"""What an order asks for is checked where it enters, not where PostgreSQL is asked for it."""

from typing import Any

import pytest
from pydantic import ValidationError

from models.orders.kinds import KINDS, Swap
from models.orders.lifecycle import OrderKind
from models.orders.placement import Placement
from outbox.orders import EMAILS, PROVIDER_EMAILS
from providers.registry import BY_MAIL, PORTS, PROVIDERS
from store.orders.kinds import EFFECTS

LARGEST = 2**63 - 1
SWAP: dict[str, Any] = {"kind": "switch_to_esim", "line_id": 1, "pack_id": 1}
ORDER: dict[str, Any] = {"order_id": "order-aaaaaaaaaaaaaaaa", "account_id": 1, "user_id": 1}


def swap(**changes: Any) -> Swap:
    what = Placement(**ORDER, what=SWAP | changes).what
    assert isinstance(what, Swap)
    return what


@pytest.mark.parametrize("name", ["account_id", "user_id", "origin_id"])
def test_an_id_of_an_order_is_one_that_a_record_can_have(name: str) -> None:
    assert Placement(**ORDER | {name: LARGEST}, what=SWAP).model_dump()[name] == LARGEST
    for number in (0, -1, LARGEST + 1, 10**30):
        with pytest.raises(ValidationError, match=name):
            Placement(**ORDER | {name: number}, what=SWAP)


@pytest.mark.parametrize("name", ["line_id", "pack_id"])
def test_an_id_of_what_is_ordered_is_one_that_a_record_can_have(name: str) -> None:
    assert swap(**{name: LARGEST}).model_dump()[name] == LARGEST
    for number in (0, -1, LARGEST + 1, 10**30):
        with pytest.raises(ValidationError, match=name):
            swap(**{name: number})


def test_a_quantity_is_read_for_the_rules_to_refuse_unless_it_is_absurd() -> None:
    for quantity in (-(2**31), 0, 2, 2**31 - 1):
        assert swap(quantity=quantity).choice.quantity == quantity
    for quantity in (-(2**31) - 1, 2**31):
        with pytest.raises(ValidationError, match="quantity"):
            swap(quantity=quantity)


@pytest.mark.parametrize("what", [{}, {"kind": "teleport"}, {"kind": 7}, "switch_to_esim", None])
def test_a_kind_that_there_is_not_is_refused_by_name(what: object) -> None:
    with pytest.raises(ValidationError, match=f"kind: one of {', '.join(KINDS)} is needed"):
        Placement.model_validate({**ORDER, "what": what})


def test_what_is_ordered_travels_whole() -> None:
    placement = Placement(**ORDER, what=SWAP | {"discard_confirmed": True})
    again = Placement.model_validate_json(placement.model_dump_json())
    assert again == placement
    assert again.what.subject == "line:1"


def test_a_key_stands_for_one_order() -> None:
    assert swap().same_as(swap(quantity=2, discard_confirmed=True))
    for change in ({"line_id": 2}, {"pack_id": 2}, {"kind": "replace_esim"}):
        assert not swap().same_as(swap(**change))


def test_every_kind_has_an_entry_in_every_dictionary() -> None:
    for dictionary in (KINDS, EFFECTS, PROVIDERS, EMAILS):
        assert set(dictionary) == set(OrderKind)
    assert set(PROVIDERS.values()) == set(PORTS)
    assert set(PROVIDER_EMAILS) == {kind for kind, port in PROVIDERS.items() if port == BY_MAIL}
