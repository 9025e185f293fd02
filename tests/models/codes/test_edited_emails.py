"""A letter is taken as it was written, or refused with every reason and without repeating a word of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.codes.edited_emails import (
    LONGEST_SUBJECT,
    LONGEST_TEXT,
    MOST_CC,
    copies,
    email_refusals,
    paragraphs,
)

SUBJECT, TEXT = "A QR code, please", "Hello,\n\nplease send us the code.\n"
LINE_BREAKS = ["\r", "\n", "\r\n", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\x00"]


def codes(subject: str = SUBJECT, text: str = TEXT, cc: tuple[str, ...] = ()) -> list[str]:
    return [refusal.code for refusal in email_refusals(subject, text, cc)]


@pytest.mark.parametrize("cc", [(), ("it@acme.example",), ("zoé@société.example", "a@b.example")])
def test_a_usual_letter_is_taken(cc: tuple[str, ...]) -> None:
    assert codes(cc=cc) == []
    assert codes("x" * LONGEST_SUBJECT, "é" * LONGEST_TEXT, ("a@b.example",) * MOST_CC) == []


@pytest.mark.covers("F56")
@pytest.mark.parametrize("line_break", LINE_BREAKS)
def test_a_line_break_in_the_subject_or_an_address_is_refused(line_break: str) -> None:
    assert codes(f"Code{line_break}Bcc: all@acme.example") == ["subject_not_one_line"]
    assert codes(f"Code{line_break}") == ["subject_not_one_line"]
    assert codes(cc=(f"it@acme.example{line_break}",)) == ["email_invalid"]
    assert codes(cc=(f"{line_break}it@acme.example",)) == ["email_invalid"]
    assert codes(cc=(f"it@acme.example{line_break}Bcc: all@acme.example",)) == ["email_invalid"]


@pytest.mark.parametrize("empty", ["", " ", "\u202e", "\ufeff\u00a0"])
def test_nothing_is_no_letter(empty: str) -> None:
    assert codes(subject=empty) == ["subject_empty"]
    assert codes(text=empty) == ["text_empty"]


@pytest.mark.covers("S2")
@pytest.mark.parametrize(
    "character", [chr(code) for code in (*range(32), *range(0x7F, 0xA0), 0xD800, 0xDFFF)]
)
def test_what_cannot_be_composed_is_refused_where_it_is_entered(character: str) -> None:
    assert codes(subject=f"Code{character}") == ["subject_not_one_line"]
    assert codes(cc=(f"{character}it@acme.example",)) == ["email_invalid"]
    ends_a_line = character == "\t" or len(f"a{character}b".splitlines()) == 2
    assert codes(text=f"Hello{character}Regards") == ([] if ends_a_line else ["text_not_storable"])


@pytest.mark.covers("F29")
@pytest.mark.parametrize(
    "address",
    [
        "",
        "it",
        "it@",
        "@acme.example",
        "a@b@acme.example",
        "IT <it@acme.example>",
        "a@b.example, c@d.example",
    ],
)
def test_an_additional_recipient_is_one_address(address: str) -> None:
    assert codes(cc=("boss@acme.example", address)) == ["email_invalid"]


def test_every_reason_is_given_at_once_and_repeats_nothing() -> None:
    refusals = email_refusals("Zebra\n", "nul \x00 zebra", ("zebra\n@acme.example",) * (MOST_CC + 1))
    assert [refusal.code for refusal in refusals] == [
        "subject_not_one_line",
        "text_not_storable",
        "email_invalid",
        "too_many_cc",
    ]
    assert "zebra" not in str(refusals).lower()
    assert codes("x" * (LONGEST_SUBJECT + 1), "x" * (LONGEST_TEXT + 1)) == [
        "subject_too_long",
        "text_too_long",
    ]


@pytest.mark.covers("F30")
def test_paragraphs_and_their_lines_are_kept() -> None:
    written = "Hello,\r\n\r\n\r\nfirst line  \n\tsecond line\u2029Third\n \n\nRegards\n"
    assert paragraphs(written) == [["Hello,"], ["first line", " second line"], ["Third"], ["Regards"]]


@given(st.text(st.characters(codec="utf-8"), max_size=300))
def test_what_is_sent_has_no_character_that_breaks_or_reverses_a_line(text: str) -> None:
    sent = "".join(line for paragraph in paragraphs(text) for line in paragraph)
    assert not [character for character in sent if character in "\r\n\x00\u2028\u202e\u2066\ufeff"]
    assert all(len(line.splitlines()) == 1 for paragraph in paragraphs(text) for line in paragraph)


@pytest.mark.covers("F29")
def test_a_copy_goes_to_each_address_once_and_to_nobody_who_is_asked() -> None:
    written = (" it@acme.example", "qr@telvia.example", "IT@acme.example", "boss@ACME.example")
    assert copies(written, ["QR@telvia.example"]) == {1: "it@acme.example", 4: "boss@acme.example"}
    assert copies((), ["qr@telvia.example"]) == {}
