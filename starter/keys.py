"""Idempotency keys, by which a repeated call is recognised."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from models.errors import Refused
from models.identifiers import storable

LONGEST_KEY = 500
OURS = "job:"
"""What the keys of rows begin with, and those of callers may not."""
_ROW: ContextVar[str | None] = ContextVar("row", default=None)


def checked_key(key: str | None) -> str:
    """The caller's idempotency key, or a new one. Raises `Refused` (`key_invalid`, `key_is_ours`)."""
    key = key or uuid.uuid4().hex
    if not storable(key) or len(key) > LONGEST_KEY:
        raise Refused.because("key_invalid", characters=LONGEST_KEY)
    if key.startswith(OURS) and key != _ROW.get():
        raise Refused.because("key_is_ours", beginning=OURS)
    return key


@contextmanager
def key_of_row(name: str) -> Iterator[str]:
    """The key under which a row of a bulk action is done, which no caller can send."""
    key = OURS + name
    token = _ROW.set(key)
    try:
        yield key
    finally:
        _ROW.reset(token)
