"""What a user writes with an order: a purchase reference and a comment to the distributor (F11).

Both are one note of the order, in the database only (W6): the reference is its first line.
"""

_REFERENCE = "Ref. "
LONGEST_REFERENCE = 100
LONGEST_COMMENT = 1500


def note_of(reference: str, comment: str) -> str:
    """The note, empty if nothing was written."""
    first = f"{_REFERENCE}{' '.join(reference.split())}" if reference.strip() else ""
    return "\n".join(part for part in (first, comment.strip()) if part)


def beginning_of(reference: str) -> str:
    """How the note of an order begins whose purchase reference begins so, in lower case."""
    return f"{_REFERENCE}{' '.join(reference.split())}".lower()


def parts_of(note: str | None) -> tuple[str | None, str | None]:
    """The purchase reference and the comment of a note, None where there is none."""
    first, _, rest = (note or "").partition("\n")
    if not first.startswith(_REFERENCE):
        return None, note or None
    return first.removeprefix(_REFERENCE), rest or None
