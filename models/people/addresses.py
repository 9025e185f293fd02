"""E-mail addresses: which are valid, and their normalized form.

One function validates them at every entry (command line, desks, imports, settings) and when an e-mail is
composed, so that an accepted address can be sent to. Whether the mailbox exists is not checked: that needs a
network.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

from models.characters import UNPRINTABLE

_internal: tuple[str, ...] = ()
_SPECIAL = ("local", "home.arpa")
_STAND_IN = "a.test"
"""A domain that the library takes."""

_NOT_WRITABLE = "This is not an e-mail address."
_BEGINS_ENCODED_WORD = "=?"
_LONGEST_LOCAL, _LONGEST = 64, 254
_PLAIN = re.compile(r"[A-Za-z0-9_%+-]+(\.[A-Za-z0-9_%+-]+)*")
"""The part before the @ in nearly all addresses, which is valid whatever the domain."""


def allow_internal(domains: Iterable[str]) -> None:
    """Take addresses in these domains, and below them, from here on in this process: those of a network that
    the internet does not know, such as `local` and `home.arpa` (RFC 6762, RFC 8375).
    """
    global _internal  # noqa: PLW0603  one per process, set when it reads its settings
    _internal = tuple(sorted({name for domain in domains if (name := domain.strip(" .").lower())}))
    read_address.cache_clear()


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

    `anywhere` accepts every internal and test domain, which the mail server may know; else an internal one
    must have been allowed. An address that contains the beginning of an encoded word (RFC 2047) is refused:
    mail programs decode it, so that the reader would see, and reply to, another address.
    """
    if UNPRINTABLE.search(text) or _BEGINS_ENCODED_WORD in text:
        raise ValueError(_NOT_WRITABLE)
    mailbox, _, domain = text.rpartition("@")
    internal = _internal_part(domain.lower(), (*_internal, *(_SPECIAL if anywhere else ())))
    written = f"{mailbox}@{domain[: -len(internal)]}{_STAND_IN}" if internal else text
    try:
        read = validate_email(
            written,
            check_deliverability=False,
            globally_deliverable=not anywhere,
            test_environment=True,
        )
    except EmailNotValidError:
        raise ValueError(_NOT_WRITABLE) from None
    return _with_domain(read, internal) if internal else read


def _internal_part(domain: str, names: Iterable[str]) -> str:
    """The internal domain that this one is, or is below; empty if none of these."""
    return next((name for name in names if domain == name or domain.endswith(f".{name}")), "")


def _with_domain(read: ValidatedEmail, internal: str) -> ValidatedEmail:
    """The address with the internal domain for its stand-in, as the library always refuses `local`."""
    for part in ("domain", "ascii_domain", "normalized", "ascii_email"):
        value = getattr(read, part)
        setattr(read, part, value and value.removesuffix(_STAND_IN) + internal)
    return read


def can_be_written_to(text: str) -> bool:
    """Whether an e-mail can be sent to the address, internal and test domains included."""
    try:
        read_address(text, anywhere=True)
    except ValueError:
        return False
    return True
