"""An activation code is read from its text, kept whole, and shown to nobody by accident."""

import pytest
from hypothesis import given, settings

from models.activation import LONGEST_CODE, ActivationCode, ActivationCodeInvalid, Rule, parse_activation_code
from tests.qr.codes import USUAL, activation_codes

EXAMPLES = {
    "1$SMDP.EXAMPLE.COM$04386-AGYFT-A74Y8-3F815": ("04386-AGYFT-A74Y8-3F815", None, False),
    "1$SMDP.EXAMPLE.COM$04386-AGYFT-A74Y8-3F815$$1": ("04386-AGYFT-A74Y8-3F815", None, True),
    "1$SMDP.EXAMPLE.COM$04386-AGYFT-A74Y8-3F815$1.3.6.1.4.1.31746$1": (
        "04386-AGYFT-A74Y8-3F815",
        "1.3.6.1.4.1.31746",
        True,
    ),
    "1$SMDP.EXAMPLE.COM$04386-AGYFT-A74Y8-3F815$1.3.6.1.4.1.31746": (
        "04386-AGYFT-A74Y8-3F815",
        "1.3.6.1.4.1.31746",
        False,
    ),
    "1$SMDP.EXAMPLE.COM$$1.3.6.1.4.1.31746": ("", "1.3.6.1.4.1.31746", False),
    "1$SMDP.EXAMPLE.COM$": ("", None, False),
}
"""One of each form that SGP.22 4.1 allows."""


@given(code=activation_codes())
@settings(max_examples=400, deadline=None)
def test_a_code_is_read_back_as_it_was_written(code: ActivationCode) -> None:
    assert parse_activation_code(str(code)) == code
    assert parse_activation_code(f" {str(code).removeprefix('LPA:')}\n") == code


@given(code=activation_codes())
@settings(max_examples=100, deadline=None)
def test_a_code_shows_nothing_of_itself(code: ActivationCode) -> None:
    assert repr(code) == "ActivationCode(...)"
    assert repr([code, {"code": code}]) == "[ActivationCode(...), {'code': ActivationCode(...)}]"


@pytest.mark.parametrize("text", EXAMPLES)
@pytest.mark.parametrize("prefix", ["", "LPA:", "lpa:"])
def test_each_form_of_the_specification_is_read(prefix: str, text: str) -> None:
    code = parse_activation_code(prefix + text)

    read = (code.matching_id, code.oid, code.confirmation_code_required)
    assert read == EXAMPLES[text]
    assert code.smdp_address == "SMDP.EXAMPLE.COM"
    assert str(code) == f"LPA:{text}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "LPA:",
        "LPA:1",
        "LPA:1$",
        "LPA:1$rsp.provider.example",
        "LPA:2$rsp.provider.example$AAAA-1111",
        "LPB:1$rsp.provider.example$AAAA-1111",
        "LPA:LPA:1$rsp.provider.example$AAAA-1111",
        "LPA:1$$AAAA-1111",
        "LPA:1$localhost$AAAA-1111",
        "LPA:1$rsp_provider.example$AAAA-1111",
        "LPA:1$-rsp.provider.example$AAAA-1111",
        "LPA:1$https://rsp.provider.example/$AAAA-1111",
        "LPA:1$rsp.provider.example:443$AAAA-1111",
        f"LPA:1${'a.' * 127}example$AAAA-1111",
        "LPA:1$rsp.provider.example$aaaa-1111",
        "LPA:1$rsp.provider.example$AAAA 1111",
        "LPA:1$rsp.provider.example$ÄAAA-1111",
        "LPA:1$rsp.provider.example$AAAA-\u0661\u0661",
        "LPA:1$rsp.provider.example$AAAA-1111$oid",
        "LPA:1$rsp.provider.example$AAAA-1111$3.1",
        "LPA:1$rsp.provider.example$AAAA-1111$1.03",
        "LPA:1$rsp.provider.example$AAAA-1111$$0",
        "LPA:1$rsp.provider.example$AAAA-1111$$",
        "LPA:1$rsp.provider.example$AAAA-1111$$1234",
        "LPA:1$rsp.provider.example$AAAA-1111$$1$1",
        "LPA:1$rsp.provider.example$AAAA\n1111",
        f"LPA:1$rsp.provider.example${'A' * 240}",
    ],
)
def test_what_breaks_a_rule_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(ValueError, match=r"^[A-Z][^\n]*\.$") as refusal:
        parse_activation_code(text)

    for part in ("AAAA", "aaaa", "provider", "localhost", "1234"):
        assert part not in str(refusal.value)


def test_the_longest_code_is_one_of_255_characters() -> None:
    longest = ActivationCode("a.example", "A" * (LONGEST_CODE - len("1$a.example$")))

    assert parse_activation_code(str(longest)) == longest
    with pytest.raises(ActivationCodeInvalid) as invalid:
        parse_activation_code(f"{longest}A")
    assert invalid.value.rule is Rule.LENGTH


def test_the_same_profile_is_recognised_in_another_spelling() -> None:
    shouted = ActivationCode(USUAL.smdp_address.upper(), USUAL.matching_id, confirmation_code_required=True)

    assert shouted.profile == USUAL.profile
    assert shouted != USUAL
