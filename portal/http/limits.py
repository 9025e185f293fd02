"""How much may be sent to which address, and how fast it has to come: the one place that says so.

`SMALL` holds for every address, and for those of `LARGE` until their route has found the link or the session
alive and allows the rest (`portal.http.middleware.allow_large`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

SMALL = 64 * 1024
"""Bytes of a form without a file, with room to spare."""
LARGEST_REQUEST = 6 * 1024 * 1024
"""Bytes: a file of 5 MB with what multipart adds; or payloads, which Temporal bounds at 4 MB, as JSON."""
LARGE: Mapping[str, int] = {
    "/u/{token}/check": LARGEST_REQUEST,
    "/codec/decode": LARGEST_REQUEST,
    "/codec/encode": LARGEST_REQUEST,
}
"""The addresses that take more, as their routes are named."""
PARSED_AT_ONCE = 4096
"""Bytes of a form: parsing more would keep the event loop from everything else for milliseconds."""

_PATTERNS = {re.compile(re.sub(r"\{\w+\}", "[^/]+", path)): most for path, most in LARGE.items()}


@dataclass(frozen=True)
class Pace:
    """How long a request's content may take, and how much of it has to come at least, again and again."""

    seconds: float = 180.0
    """In all: 6 MB over a poor line."""
    every: float = 10.0
    at_least: int = 8 * 1024
    """Bytes within `every` seconds."""


def limit_of(path: str) -> int:
    """The most bytes that a request to this address may have."""
    return next((most for pattern, most in _PATTERNS.items() if pattern.fullmatch(path)), SMALL)
