"""Idempotency keys, by which a repeated call is recognised."""

import uuid

from models.errors import Refused
from models.identifiers import storable

LONGEST_KEY = 500


def checked_key(key: str | None) -> str:
    """The caller's idempotency key, or a new one. Raises `Refused` (`key_invalid`)."""
    key = key or uuid.uuid4().hex
    if not storable(key) or len(key) > LONGEST_KEY:
        raise Refused.because("key_invalid", characters=LONGEST_KEY)
    return key
