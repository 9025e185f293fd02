"""E-mail addresses: which are valid, and their normalized form.

One function validates them at every entry (command line, desks, imports, settings) and when an e-mail is
composed, so that an accepted address can be sent to. Whether the mailbox exists is not checked: that needs a
network.
"""

from functools import lru_cache

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

from models.characters import UNPRINTABLE

_NOT_WRITABLE = "This is not an e-mail address."
_BEGINS_ENCODED_WORD = "=?"


def parse_email(text: str) -> str:
    """The normalized address, as it is stored. Raises `ValueError` with a sentence that does not
    repeat it. Characters that break or reverse a line are refused even at the ends.
    """
    return read_address(text.strip(" \u00a0")).normalized


@lru_cache(maxsize=1024)
def read_address(text: str, *, anywhere: bool = False) -> ValidatedEmail:
    """The validated address with its ASCII form. Raises `ValueError`.

    `anywhere` accepts internal and test domains, which the mail server may know. An address that contains the
    beginning of an encoded word (RFC 2047) is refused: mail programs decode it, so that the reader would see,
    and reply to, another address.
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
    """Whether an e-mail can be sent to the address, internal and test domains included."""
    try:
        read_address(text, anywhere=True)
    except ValueError:
        return False
    return True
