"""API keys: how one looks, what it may do, and how it is read (A1, A18).

    esim_test_Q8...38 characters     a key of a test account
    esim_live_Q8...38 characters     a key of a live account

The prefix lets scanners of source code recognise a leaked key; the last six characters are a checksum, so a
mistyped or cut key is refused without asking the database.
"""

import re
import zlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.identifiers import reference
from models.people.callers import Permission
from models.values import View

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
RANDOM_CHARACTERS = 32
"""190 bits."""
_CHECK_CHARACTERS = 6
_KEY = re.compile(
    rf"esim_(live|test)_([0-9A-Za-z]{{{RANDOM_CHARACTERS}}})([0-9A-Za-z]{{{_CHECK_CHARACTERS}}})"
)


class Mode(StrEnum):
    """Whether an account and a key are for tests or for real eSIMs. A key never reaches the other sort."""

    LIVE = "live"
    TEST = "test"


@dataclass(frozen=True, repr=False)
class ApiKey:
    """A key as its bearer has it. The text is a secret: the `repr` shows the sort only."""

    mode: Mode
    text: str

    def __repr__(self) -> str:
        return f"ApiKey({self.mode.value})"

    @property
    def shown(self) -> str:
        """What may be shown of it, to tell it from others: `esim_test_Q8rT...`."""
        return f"{self.text[:14]}..."


def make_key(mode: Mode, random: bytes) -> ApiKey:
    """The key with this randomness, of which `RANDOM_CHARACTERS` bytes are used."""
    number = int.from_bytes(random[:RANDOM_CHARACTERS])
    drawn = _digits(number)[-RANDOM_CHARACTERS:].rjust(RANDOM_CHARACTERS, "0")
    prefix = f"esim_{mode.value}_{drawn}"
    return ApiKey(mode, prefix + _check(prefix))


def parse_key(text: str) -> ApiKey | None:
    """The key with this text; None if it cannot be one."""
    found = _KEY.fullmatch(text)
    if found is None or _check(text[:-_CHECK_CHARACTERS]) != found[3]:
        return None
    return ApiKey(Mode(found[1]), text)


def _check(prefix: str) -> str:
    return _digits(zlib.crc32(prefix.encode())).rjust(_CHECK_CHARACTERS, "0")


def _digits(number: int) -> str:
    written = ""
    while number:
        number, digit = divmod(number, len(_ALPHABET))
        written = _ALPHABET[digit] + written
    return written


class ApiKeyView(View):
    """An API key as it is listed; its text is shown once, when it is made."""

    id: int
    account: str | None
    """None: a platform key, which acts for any account of its mode that the call names."""
    name: str
    mode: Mode
    shown: str
    """The first characters."""
    user_id: int | None
    """The service user that an account's key acts as."""
    permissions: tuple[Permission, ...]
    created_at: datetime
    created_by: str
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None
    """To the minute."""

    @property
    def key_id(self) -> str:
        """The id by which people name it: `K-7`."""
        return reference("K", self.id)


@dataclass(frozen=True)
class NewApiKey:
    """A key that was just made, with its text, which is not stored."""

    view: ApiKeyView
    key: ApiKey
