"""E-mail addresses: which are valid, and their normalized form.

One function validates them at every entry (command line, desks, imports, settings) and when an e-mail is
composed, so that an accepted address can be sent to. Whether the mailbox exists is not checked: that needs a
network.
"""

import re
from functools import lru_cache

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

from models.characters import UNPRINTABLE

_NOT_WRITABLE = "This is not an e-mail address."
_BEGINS_ENCODED_WORD = "=?"
_LONGEST_LOCAL, _LONGEST = 64, 254
_PLAIN = re.compile(r"[A-Za-z0-9_%+-]+(\.[A-Za-z0-9_%+-]+)*")
"""The part before the @ in nearly all addresses, which is valid whatever the domain."""


def parse_email(text: str) -> str:
    """The normalized address, as it is stored. Raises `ValueError` with a sentence that does not
    repeat it. Characters that break or reverse a line are refused even at the ends.

    A file has many addresses of few domains: each domain is validated once, by `read_address`.
    """
    address = text.strip(" \u00a0")
    local, _, domain = address.rpartition("@")
    short = len(local) <= _LONGEST_LOCAL and len(address) <= _LONGEST
    if short and address.isascii() and _PLAIN.fullmatch(local):
        return f"{local}@{read_address(f'a@{domain}').domain}"
    return read_address(address).normalized


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
