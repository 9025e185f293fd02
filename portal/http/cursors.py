"""Cursors: where the next page of a list begins, as an opaque text of the address (A6).

A cursor continues the list that it came from: `filter_` is the digest or the name of that list.
"""

import base64
import binascii
import json

from models.errors import Refused
from models.paging import Position


def closed(position: Position, filter_: str) -> str:
    """The cursor of a position."""
    return base64.urlsafe_b64encode(json.dumps([filter_, *position]).encode()).decode().rstrip("=")


def opened(cursor: str, filter_: str) -> Position:
    """The position of a cursor. Raises `Refused` (`page_cursor_invalid`), also for one of another list."""
    try:
        plain = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        found = json.loads(plain)
    except (binascii.Error, ValueError, RecursionError):
        found = None
    if not isinstance(found, list) or not found or found[0] != filter_:
        raise Refused.because("page_cursor_invalid")
    position = found[1:]
    if not all(isinstance(value, str | int) and not isinstance(value, bool) for value in position):
        raise Refused.because("page_cursor_invalid")
    return tuple(position)
