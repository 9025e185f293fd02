"""An activation code is read from its text, kept whole, and shown to nobody by accident."""

import pytest
from hypothesis import given, settings

from models.codes.activation import (
    LONGEST_CODE,
    ActivationCode,
    ActivationCodeInvalid,
    Rule,
    parse_activation_code,
)
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
@settings(max_examples=400)
def test_a_code_is_read_back_as_it_was_written(code: ActivationCode) -> None:
    assert parse_activation_code(str(code)) == code
    assert parse_activation_code(f" {str(code).removeprefix('LPA:')}\n") == code


@given(code=activation_codes())
@settings(max_examples=100)
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
        "LPA:1$rsp.provider.example$AAAA_1111",
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


ADDRESSES = [
    *(
        "192.0.2.1",
        "2130706433",
        "0x7f.1",
        "0x7f000001",
        "127.1",
        "0177.0.0.1",
        "1.2.3.0x7f",
        "192.0.2.1.",
        "::1",
    ),
    *(
        "[2001:db8::1]",
        "2001:db8::1",
        "::ffff:192.0.2.1",
        "1.2",
        "example.1",
        "example.c0m",
        "example.x",
        "e.xn--",
    ),
    *("１９２.０.２.１", "①.②", "example.１"),  # noqa: RUF001  digits that are none of ASCII
]


@pytest.mark.covers("S9")
@pytest.mark.parametrize("server", ADDRESSES)
def test_a_server_is_a_domain_name_and_no_address_in_any_notation(server: str) -> None:
    with pytest.raises(ActivationCodeInvalid) as invalid:
        parse_activation_code(f"LPA:1${server}$AAAA-1111")
    assert invalid.value.rule is Rule.SERVER


@pytest.mark.covers("S9")
@pytest.mark.parametrize(
    ("server", "written", "read"),
    [
        ("xn--bcher-kva.example", "xn--bcher-kva.example", "bücher.example"),
        ("XN--BCHER-KVA.example", "XN--BCHER-KVA.example", "bücher.example"),
        ("bücher.example", "xn--bcher-kva.example", "bücher.example"),
        ("BÜCHER.example", "xn--bcher-kva.example", "bücher.example"),
        ("smdp.xn--p1ai", "smdp.xn--p1ai", "smdp.рф"),
        ("smdp.рф", "smdp.xn--p1ai", "smdp.рф"),
        ("\u0430pple.example", "xn--pple-43d.example", "\u0430pple.example"),
    ],
)
def test_a_name_in_unicode_or_punycode_is_shown_as_both(server: str, written: str, read: str) -> None:
    code = parse_activation_code(f"LPA:1${server}$AAAA-1111")
    assert str(code) == f"LPA:1${written}$AAAA-1111", "what a phone reads is in ASCII"
    assert code.server == f"{written} ({read})"
    assert parse_activation_code(str(code)) == code


def test_a_name_in_ascii_is_shown_once() -> None:
    assert parse_activation_code("LPA:1$rsp.provider.example$AAAA-1111").server == "rsp.provider.example"


@pytest.mark.parametrize(
    "server", ["xn--a.example", "xn--\u00fc.example", "xn--bcher-kva8.example", "a\u202eb.example"]
)
def test_a_name_that_is_no_valid_punycode_is_refused(server: str) -> None:
    with pytest.raises(ActivationCodeInvalid) as invalid:
        parse_activation_code(f"LPA:1${server}$AAAA-1111")
    assert invalid.value.rule is Rule.SERVER


def test_a_code_that_punycode_makes_too_long_is_refused() -> None:
    server = "ü.example"
    with pytest.raises(ActivationCodeInvalid) as invalid:
        parse_activation_code(f"LPA:1${server}$" + "A" * (LONGEST_CODE - len(f"1${server}$")))
    assert invalid.value.rule is Rule.LENGTH
