"""An order's status changes along the order table and no other way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.orders.lifecycle import OPEN, TRANSITIONS, HoldReason, OrderStatus, advance

SUBMITTED, PROCESSING, PROCESSED, CANCELLED, REFUSED = OrderStatus


@given(st.lists(st.sampled_from(OrderStatus)))
def test_a_walk_ends_where_it_may(wishes: list[OrderStatus]) -> None:
    status, way = SUBMITTED, [SUBMITTED]
    for wish in wishes:
        refusal = advance(status, wish)
        assert (refusal is None) == (wish in TRANSITIONS[status])
        if refusal is None:
            status = wish
            way.append(status)
    assert way in (
        [SUBMITTED],
        [SUBMITTED, PROCESSING],
        [SUBMITTED, CANCELLED],
        [SUBMITTED, PROCESSING, PROCESSED],
        [SUBMITTED, PROCESSING, CANCELLED],
    )


@pytest.mark.parametrize(
    ("status", "to", "code"),
    [
        (PROCESSED, CANCELLED, "already_processed"),
        (CANCELLED, PROCESSED, "already_cancelled"),
        (PROCESSED, PROCESSED, "already_processed"),
        (PROCESSING, PROCESSING, "already_provider_processing"),
        (SUBMITTED, PROCESSED, "not_acknowledged"),
        (REFUSED, PROCESSING, "already_refused"),
    ],
)
def test_why_not(status: OrderStatus, to: OrderStatus, code: str) -> None:
    refusal = advance(status, to)
    assert refusal is not None
    assert refusal.code == code


def test_open_means_that_something_can_still_happen() -> None:
    assert frozenset({SUBMITTED, PROCESSING}) == OPEN


def test_every_status_and_hold_has_words() -> None:
    assert len({status.label for status in OrderStatus}) == len(OrderStatus)
    assert len({reason.sentence for reason in HoldReason}) == len(HoldReason)
