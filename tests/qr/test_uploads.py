"""Uploads as people and attackers send them: the right code comes out, or one reason why not."""

import re

import pytest
from hypothesis import given, settings

from models.codes.activation import ActivationCode, Rule
from models.errors import Refused
from qr.file_types import ACCEPTED, FileType
from qr.intake import LARGEST_UPLOAD, Found, checked_type, read_upload, the_code
from qr.reader.symbols import PROMISING
from qr.refusals import REASONS, invalid_code
from tests.models.codes.wrappers import ways
from tests.qr import corpus
from tests.qr.codes import OTHER, USUAL, activation_codes
from tests.qr.pictures import TEXT, WEB_ADDRESS, drawn_png
from tests.qr.samples import Sample

SECRETS = (
    USUAL.matching_id,
    OTHER.matching_id,
    USUAL.smdp_address,
    "passwd",
    "127.0.0.1",
    "provider.example",
)


_TYPES = {
    ".jpg": FileType.JPEG,
    ".jpe": FileType.JPEG,
    ".jfif": FileType.JPEG,
    ".tif": FileType.TIFF,
}
NO_FILES_FAULT = {
    "web_address_instead",
    "phone_number_instead",
    "wifi_code_instead",
    "iccid_instead",
    "install_link_without_code",
    "code_shared",
    "confirmation_code_in_code",
    "code_in_parts",
}
"""Refusals of what the QR code holds, as of what is typed in."""


async def refusal_of(content: bytes, filename: str) -> tuple[str, str]:
    """The code and the sentence of the one refusal."""
    with pytest.raises(Refused) as refused:
        await read_upload(content, filename)
    (refusal,) = refused.value.refusals
    return refusal.code, refusal.sentence


def assert_harmless(sentence: str) -> None:
    """One sentence, and nothing of a file in it."""
    assert re.fullmatch(r"[A-Z][^\n]{20,200}[^.]\.", sentence)
    assert ". " not in sentence
    assert not any(secret.lower() in sentence.lower() for secret in SECRETS)


@pytest.mark.covers("F34", "F62")
@pytest.mark.parametrize("sample", corpus.good(), ids=lambda sample: sample.title)
async def test_a_good_file_is_taken(sample: Sample) -> None:
    found = await read_upload(sample.content, sample.filename)

    assert found.code == USUAL
    ending = "." + sample.filename.lower().rpartition(".")[2]
    assert _TYPES.get(ending, ending.strip(".")) == found.type
    assert USUAL.matching_id not in repr(found)


@pytest.mark.covers("F34", "F57", "F58", "F62")
@pytest.mark.parametrize("sample", corpus.bad(), ids=lambda sample: sample.title)
async def test_a_bad_file_is_refused_for_its_own_reason(sample: Sample) -> None:
    code, sentence = await refusal_of(sample.content, sample.filename)

    assert code in ({sample.refusal, "too_slow"} if sample.refusal == "too_demanding" else {sample.refusal})
    assert_harmless(sentence)


def test_the_files_are_of_every_type_and_for_every_reason() -> None:
    assert {f".{sample.filename.lower().rpartition('.')[2]}" for sample in corpus.good()} == set(ACCEPTED)
    assert {sample.refusal for sample in corpus.bad()} == (REASONS - {"too_slow"}) | NO_FILES_FAULT
    assert len(corpus.good()) > 40
    assert len(corpus.bad()) > 40


def test_every_sentence_is_harmless_and_says_what_to_do() -> None:
    for rule in ("LPA:1$x", "LPA:2$a.b$C", "LPA:1$a.b$c_", f"LPA:1$a.b${'A' * 300}", "LPA:1$a.b$C$x"):
        with pytest.raises(Refused) as refused:
            the_code([rule])
        assert_harmless(str(refused.value))
        assert "ask the provider for a new one" in str(refused.value)


def test_the_rule_that_is_broken_is_told() -> None:
    sentence = str(invalid_code(Rule.SERVER))

    assert sentence.endswith("ask the provider for a new one: it names no SM-DP+ server.")


@given(code=activation_codes().filter(lambda code: code.matching_id != ""))
@settings(max_examples=50)
def test_what_is_read_as_a_code_ends_the_search_for_one(code: ActivationCode) -> None:
    for name, text in ways(code).items():
        assert PROMISING.search(text), name
    for other in (
        WEB_ADDRESS,
        "WIFI:S:net;;",
        "8933011122233344455",
        "BEGIN:VCARD\nFN:A\nEND:VCARD",
        "Hello",
    ):
        assert not PROMISING.search(other)


@pytest.mark.parametrize(
    "filename", ["a.png", "A.PNG", " a.png ", "dir/a.png", "a.b.PnG", "é à.png", ".png.png"]
)
def test_the_ending_counts_however_it_is_written(filename: str) -> None:
    assert checked_type(drawn_png(), filename) is FileType.PNG


@pytest.mark.parametrize("filename", ["", ".", "png", ".png", "a.png.", "a.png\0", "a.pn", "a.ps"])
def test_another_ending_is_refused(filename: str) -> None:
    with pytest.raises(Refused) as refused:
        checked_type(drawn_png(), filename)

    assert refused.value.refusals[0].code == "file_type_unknown"


def test_five_megabytes_may_be_uploaded_and_not_one_byte_more() -> None:
    content = drawn_png().ljust(LARGEST_UPLOAD, b"\0")

    assert checked_type(content, "a.png") is FileType.PNG
    with pytest.raises(Refused) as refused:
        checked_type(content + b"\0", "a.png")
    assert refused.value.refusals[0].code == "file_too_large"


async def test_a_file_of_the_largest_size_is_read() -> None:
    found = await read_upload(drawn_png().ljust(LARGEST_UPLOAD, b"\0"), "a.png")

    assert found == Found(USUAL, FileType.PNG)


def test_the_same_profile_in_another_spelling_is_one_code() -> None:
    shouted = TEXT.replace(USUAL.smdp_address, USUAL.smdp_address.upper())

    assert the_code([TEXT, shouted, TEXT], [WEB_ADDRESS]).code.profile == USUAL.profile


def test_the_same_profile_with_another_flag_is_another_code() -> None:
    flagged = ActivationCode(USUAL.smdp_address, USUAL.matching_id, confirmation_code_required=True)

    with pytest.raises(Refused) as refused:
        the_code([TEXT, str(flagged)])
    assert refused.value.refusals[0].code == "several_activation_codes"
