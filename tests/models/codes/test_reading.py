"""Whatever people scan or type becomes the activation code in it, or a sentence that says what it is."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.codes.activation import ActivationCode
from models.codes.reading import LONGEST_TEXT, ReadCode, looks_like_code, read_code
from models.errors import Refusal, Refused
from tests.models.codes.wrappers import dirt, ways
from tests.qr.codes import OTHER, USUAL, activation_codes

DAY, NIGHT = 60, 6000
OFTEN = pytest.mark.parametrize(
    "examples", [DAY, pytest.param(NIGHT, marks=[pytest.mark.night, pytest.mark.timeout(1800)])]
)
LONGEST_SECONDS = 0.5
WITH_ID = activation_codes().filter(lambda code: code.matching_id != "")
APPLE = "https://esimsetup.apple.com/esim_qrcode_provisioning"


def refusal_of(text: str) -> Refusal:
    with pytest.raises(Refused) as refused:
        read_code(text)
    (refusal,) = refused.value.refusals
    return refusal


@pytest.mark.covers("R1", "R2", "R3")
@OFTEN
def test_every_legal_code_is_read_out_of_every_wrapper(examples: int) -> None:
    @given(code=WITH_ID)
    @settings(max_examples=examples, deadline=None)
    def check(code: ActivationCode) -> None:
        for name, text in ways(code).items():
            assert read_code(text) == ReadCode(code), name

    check()


@pytest.mark.covers("R2")
@OFTEN
def test_invisible_characters_and_blanks_around_a_code_and_its_fields_are_removed(examples: int) -> None:
    @given(code=WITH_ID, around=st.lists(dirt(), min_size=12, max_size=12))
    @settings(max_examples=examples, deadline=None)
    def check(code: ActivationCode, around: list[str]) -> None:
        fields = str(code).split("$")
        dirty = "$".join(f"{around[n]}{part}{around[-n]}" for n, part in enumerate(fields, start=1))
        assert read_code(dirty).code == code

    check()


@pytest.mark.covers("R5")
@OFTEN
def test_any_text_is_a_code_or_a_sentence_and_soon(examples: int) -> None:
    pieces = st.sampled_from(
        (
            "LPA:",
            "1$",
            "$",
            "%24",
            "%3A",
            "carddata=",
            "https://",
            "SM-DP+",
            "Activation code",
            ":",
            "\n",
            "a.example",
            "AB-1",
        )
    )

    @given(text=st.text(max_size=300) | st.lists(pieces | st.text(max_size=6), max_size=40).map("".join))
    @settings(max_examples=examples * 5, deadline=None)
    def check(text: str) -> None:
        start = time.thread_time()  # of this thread alone, however busy the machine is
        try:
            code = read_code(text).code
        except Refused as refused:
            (refusal,) = refused.refusals
            assert refusal.sentence.endswith(".")
        else:
            assert read_code(str(code)).code == code
        looks_like_code(text)
        assert time.thread_time() - start < LONGEST_SECONDS

    check()


@pytest.mark.covers("R5")
@pytest.mark.parametrize(
    "piece",
    [
        "LPA:1$",
        "$",
        "1 $ ",
        "%2525",
        "SM-DP+ ",
        "Activation code (",
        "a.",
        "-",
        "\n",
        " ",
        "\ufeff",
        "0",
        "=https://",
        "ab:",
    ],
)
def test_the_longest_text_takes_no_longer(piece: str) -> None:
    start = time.thread_time()
    for text in (piece * (LONGEST_TEXT // len(piece)), piece * LONGEST_TEXT):
        refusal_of(text)
    assert time.thread_time() - start < LONGEST_SECONDS


INSTEAD = {
    "install_link_without_code": [
        APPLE,
        f"{APPLE}?carddata=",
        "https://esimsetup.android.com/esim_qrcode_provisioning?carddata=nothing",
    ],
    "web_address_instead": [
        "https://www.provider.example/esim/help",
        "<http://provider.example>",
        "www.provider.example",
    ],
    "confirmation_code_instead": [
        "4711",
        "12345678",
        "Confirmation code: AB-12",
        "Code de confirmation : 4711",
    ],
    "confirmation_code_in_code": [
        "LPA:1$smdp.example.com$AAAA-1111$4711",
        "LPA:1$smdp.example.com$AAAA-1111$$4711",
        "LPA:1$smdp.example.com$AAAA-1111$SECRET",
        f"{APPLE}?carddata=LPA:1%24smdp.example.com%24AAAA-1111%244711",
    ],
    "iccid_instead": [
        "8933011122233344455",
        "8933 0111 2223 3344 455",
        "ICCID: 89330111222333444556",
        "893301112223334445F",
    ],
    "eid_instead": ["89033023311330000000000012345678", "EID 8903 3023 3113 3000 0000 0000 1234 5678"],
    "phone_number_instead": ["+33 6 12 34 56 78", "06 12 34 56 78", "tel:+33612345678", "0033612345678"],
    "wifi_code_instead": ["WIFI:T:WPA;S:network;P:secret;;"],
    "code_shared": ["LPA:1$smdp.example.com$", "1$smdp.example.com$$1.3.6.1", "LPA:1$smdp.example.com$$$1"],
    "several_codes": [f"{USUAL}\n{OTHER}", f"{USUAL} {APPLE}?carddata={OTHER}"],
    "code_in_parts": [
        "smdp.example.com",
        "P014-6RW4-10707",
        "SM-DP+ address: smdp.example.com",
        "Activation code: P014-6RW4-10707",
        "smdp.example.com\nP014-6RW4-10707\n4711",
        "smdp.example.com\n8933011122233344455",
        "SM-DP+: a.example\nSM-DP+: b.example\nActivation code: P014-6RW4",
        "smdp.example.com\nhello",
    ],
    "activation_code_invalid": [
        "",
        " ",
        "hello",
        "LPA:",
        "LPA:2$smdp.example.com$AAAA",
        "a@b.example",
        "LPB:1$a.example$A",
    ],
}


@pytest.mark.covers("R5")
@pytest.mark.parametrize(
    ("code", "text"), [(code, text) for code, texts in INSTEAD.items() for text in texts]
)
def test_what_it_is_instead_is_said(code: str, text: str) -> None:
    refusal = refusal_of(text)

    assert refusal.code == code
    assert not any(secret in refusal.sentence for secret in ("4711", "AAAA", "P014", "smdp", "893301"))


def test_each_has_a_sentence_of_its_own() -> None:
    sentences = {code: refusal_of(texts[-1]).sentence for code, texts in INSTEAD.items()}

    assert len(set(sentences.values())) == len(INSTEAD)
    assert all(re.fullmatch(r"[A-Z][^\n]+\.", sentence) for sentence in sentences.values())


@pytest.mark.covers("R3")
def test_the_refusal_of_parts_says_how_to_enter_them() -> None:
    assert "on one line, as LPA:1$SERVER$CODE" in refusal_of("smdp.example.com\nhello").sentence


@pytest.mark.covers("R4")
def test_small_letters_are_kept() -> None:
    read = read_code("LPA:1$smdp.example.com$aB-12c")

    assert str(read.code) == "LPA:1$smdp.example.com$aB-12c"
    assert read.code.has_small_letters
    assert not USUAL.has_small_letters
    assert read.code.profile == read_code("LPA:1$SMDP.example.com$AB-12C").code.profile


@pytest.mark.covers("R3", "R8")
@pytest.mark.parametrize(
    "text",
    [
        "SM-DP+ Address: rsp.provider.example\nActivation Code: {id}\nConfirmation Code: 4711",
        "Adresse SM-DP+ : rsp.provider.example\nCode d'activation : {id}\nCode de confirmation\u00a0: 4711",
        "{code}\nConfirmation code (optional): 4711",
    ],
)
def test_the_confirmation_code_comes_with_it(text: str) -> None:
    read = read_code(text.format(id=USUAL.matching_id, code=USUAL))

    assert (read.code, read.confirmation_code) == (USUAL, "4711")
    assert "4711" not in repr(read)
    assert USUAL.matching_id not in repr(read)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("LPA:1$smdp.example.com$AAAA 1111", "matching_id"),
        ("LPA:1$smdp.example.com$AAAA-\n1111", "matching_id"),
        ("Code: LPA:1$smdp.example.com$AAAA_1111", "matching_id"),
        ("LPA:1$$AAAA-1111", "server"),
        ("LPA:1$192.0.2.1$AAAA-1111", "server"),
        ("SM-DP+ address: 192.0.2.1\nActivation code: AAAA-1111", "server"),
        (f"{APPLE}?carddata=LPA:1%24smdp%24AAAA-1111", "server"),
        ("LPA:1$smdp.example.com$AAAA-1111$1.03", "oid"),
        ("LPA:1$smdp.example.com$AAAA-1111$$0", "flag"),
        (f"LPA:1$smdp.example.com${'A' * 300}", "length"),
        ("A" * 5000, "length"),
    ],
)
def test_a_broken_code_names_its_rule(text: str, rule: str) -> None:
    assert refusal_of(text) == Refusal.of("activation_code_invalid", rule=rule)


def test_dollars_behind_a_code_are_dropped() -> None:
    assert read_code(f"{USUAL}$$").code == USUAL
