"""The note of an order holds a purchase reference and a comment (F11)."""

import pytest

from models.orders.notes import note_of, parts_of


@pytest.mark.covers("F11")
@pytest.mark.parametrize(
    ("reference", "comment"),
    [("PO-4711", "Lyon, please.\nBefore noon."), ("PO-4711", None), (None, "Lyon, please."), (None, None)],
)
def test_a_note_says_what_was_written_with_the_order(reference: str | None, comment: str | None) -> None:
    assert parts_of(note_of(reference or "", comment or "")) == (reference, comment)


@pytest.mark.covers("F11")
def test_a_reference_stays_on_one_line() -> None:
    assert parts_of(note_of(" PO\n4711 ", "  ")) == ("PO 4711", None)
