"""E-mail addresses: which can be written to, and as what they are stored.

One function decides it for every entry (command line, desks, imports, settings) and for the mail itself, so
that what was taken can be sent. Whether anyone reads the address is not asked: that needs a network.
"""

from functools import lru_cache

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

from models.characters import UNPRINTABLE

_NOT_WRITABLE = "This is not an e-mail address."
_BEGINS_ENCODED_WORD = "=?"


def parse_email(text: str) -> str:
    """The address in its normal form, as it is stored; raises `ValueError` with a sentence that does not
    repeat it. Characters that break or reverse a line are refused even at the ends.
    """
    return read_address(text.strip(" \u00a0")).normalized


@lru_cache(maxsize=1024)
def read_address(text: str, *, anywhere: bool = False) -> ValidatedEmail:
    """The address with its ASCII form, if it can be written to; raises `ValueError`.

    `anywhere` takes domains that only an intranet or a trial has, as the mail server may know them. An
    address that holds the beginning of an encoded word (RFC 2047) is refused: mail programs decode it, so a
    reader would see, and answer to, another one.
    """
    if UNPRINTABLE.search(text) or _BEGINS_ENCODED_WORD in text:
        raise ValueError(_NOT_WRITABLE)
    try:
        return validate_email(
            text,
            check_deliverability=False,
            globally_deliverable=not anywhere,
            test_environment=True,
        )
    except EmailNotValidError:
        raise ValueError(_NOT_WRITABLE) from None


def can_be_written_to(text: str) -> bool:
    """Whether a mail can be sent to the address, wherever it is."""
    try:
        read_address(text, anywhere=True)
    except ValueError:
        return False
    return True
