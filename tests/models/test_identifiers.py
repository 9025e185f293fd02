"""The numbers of the trade are read however people write them, and never repeated in an error."""

import re
import string
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.identifiers import (
    ACTOR_PATTERN,
    ICCID_PATTERN,
    ORDER_ID_PATTERN,
    iccid_warning,
    luhn_valid,
    order_id,
    parse_iccid,
    parse_msisdn,
    parse_order_id,
    parse_reference,
    reference,
    storable,
)


def answer(parse: Callable[[str], str], text: str) -> str:
    """What was read, or why not."""
    try:
        return parse(text)
    except ValueError as refused:
        return str(refused)


DIGITS = st.text(string.digits, min_size=18, max_size=20)


@given(st.text(string.digits, min_size=1, max_size=19))
def test_exactly_one_check_digit_fits(body: str) -> None:
    assert [luhn_valid(body + digit) for digit in string.digits].count(True) == 1


@given(st.text(string.digits, min_size=2, max_size=20).filter(luhn_valid), st.data())
def test_one_mistyped_digit_is_noticed(number: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(number) - 1))
    other = data.draw(st.sampled_from([digit for digit in string.digits if digit != number[place]]))
    assert not luhn_valid(number[:place] + other + number[place + 1 :])


@given(DIGITS)
def test_an_iccid_stays_as_it_is(digits: str) -> None:
    assert parse_iccid(digits) == digits
    assert parse_iccid(parse_iccid(" ".join(digits))) == digits
    assert (iccid_warning(digits) is None) == luhn_valid(digits)


def test_the_padding_of_19_digits_is_left_out() -> None:
    assert parse_iccid("8933 0100 0000 0000 001F") == "8933010000000000001"
    assert parse_iccid("8933-0100-0000-0000-001f") == "8933010000000000001"


@given(st.text())
def test_what_is_no_iccid_is_refused_without_repeating_it(text: str) -> None:
    told = answer(parse_iccid, text)
    assert re.match(ICCID_PATTERN, told) or told == "An ICCID has 18 to 20 digits."


@pytest.mark.parametrize(
    "text", ["1" * 17, "1" * 21, "\u0661" * 19, "8933010000000000001FF", "8933O10000000000001"]
)
def test_not_an_iccid(text: str) -> None:
    with pytest.raises(ValueError, match="18 to 20 digits"):
        parse_iccid(text)


@given(st.integers(0, 9999))
def test_a_phone_number_has_one_form(number: int) -> None:
    stored = f"+3363998{number:04d}"
    spaced = f" +33 6 39 98 {number // 100:02d} {number % 100:02d} "
    assert parse_msisdn(stored) == parse_msisdn(spaced) == parse_msisdn(f"00{stored[1:]}") == stored


@given(st.text())
def test_what_is_no_phone_number_is_refused_without_repeating_it(text: str) -> None:
    told = answer(parse_msisdn, text)
    assert re.match(r"^\+[0-9]{5,15}$", told) or told == (
        "A phone number is written with + and the country code, such as +33612345678."
    )


@given(st.sampled_from("LSPU"), st.integers(0, 10**15 - 1))
def test_a_reference_is_read_back(letter: str, number: int) -> None:
    written = reference(letter, number)
    assert parse_reference(letter, written) == parse_reference(letter, written.lower()) == number
    assert parse_reference(letter, str(number)) == number
    assert parse_reference("X", written) is None


@given(st.text())
def test_anything_else_is_no_reference(text: str) -> None:
    number = parse_reference("L", text)
    assert number is None or 0 <= number < 10**15


@given(st.integers(1, 10**9), st.text(), st.text())
def test_the_same_key_is_the_same_order(account: int, key: str, other: str) -> None:
    key, other = (text.encode("utf-8", "replace").decode() for text in (key, other))
    assert re.match(ORDER_ID_PATTERN, order_id(account, key))
    assert (order_id(account, key) == order_id(account, other)) == (key == other)
    assert order_id(account, key) != order_id(account + 1, key)


@given(st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=16, max_size=16))
def test_an_orders_id_is_read_however_it_is_typed(letters: str) -> None:
    stored = f"order-{letters}"
    for typed in (stored, letters, letters.upper(), f"  Order-{letters}\n"):
        assert parse_order_id(typed) == stored


@given(st.text() | st.sampled_from(["", "order-", "order-abc", "order-" + "a" * 17, "order-" + "1" * 16]))
def test_what_is_no_orders_id_is_refused_without_repeating_it(text: str) -> None:
    told = answer(parse_order_id, text)
    known = told == "An order's id is order- and 16 letters and digits."
    assert known or re.fullmatch(r"order-[a-z2-7]{16}", told)


@pytest.mark.parametrize(
    "text", ["order-" + "a" * 16 + "\n\nx", "order-" + "\u0661" * 16, "order-order-" + "a" * 16]
)
def test_not_an_orders_id(text: str) -> None:
    with pytest.raises(ValueError, match=r"^An order's id is order- and 16 letters and digits\.$"):
        parse_order_id(text)


@pytest.mark.parametrize("actor", ["operator", "user:1", "user:" + "9" * 18, "contact:7"])
def test_who_calls(actor: str) -> None:
    assert re.match(ACTOR_PATTERN, actor)


@pytest.mark.parametrize(
    "actor",
    [
        "",
        "ana",
        "provider",
        "system",
        "link:1",
        "contact:",
        "user",
        "user:",
        "user:" + "9" * 19,
        "operator:1",
        "xoperator",
        "providers",
        "user:1 ",
    ],
)
def test_nobody_calls_under_another_name(actor: str) -> None:
    assert not re.match(ACTOR_PATTERN, actor)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")))
def test_text_that_postgresql_holds(text: str) -> None:
    assert storable(text)
    assert not storable(text + "\0")
    assert not storable("\udc80" + text)
