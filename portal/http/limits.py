"""The limits of request bodies: size by path, and the time in which they must arrive.

`SMALL` applies to every path, and to those of `LARGE` until their route has found the link, session or key
valid and allows the rest (`portal.http.middleware.allow_large`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

SMALL = 64 * 1024
"""Bytes; a form without a file is much smaller."""
LARGEST_REQUEST = 6 * 1024 * 1024
"""Bytes: a file of 5 MB with its multipart framing; or payloads, which Temporal limits to 4 MB, as JSON."""
LARGE: Mapping[str, int] = {
    "/u/{token}/check": LARGEST_REQUEST,
    "/sims/{sim}/qr/import": LARGEST_REQUEST,
    "/api/v1/sims/{sim}/qr-code/import-file": LARGEST_REQUEST,
    "/api/v1/jobs": LARGEST_REQUEST,
    "/imports/{kind}": LARGEST_REQUEST,
    "/desk/file": LARGEST_REQUEST,
    "/codec/decode": LARGEST_REQUEST,
    "/codec/encode": LARGEST_REQUEST,
}
"""The paths, as in their routes, that accept more than `SMALL`."""
PARSED_AT_ONCE = 4096
"""Bytes of a form: parsing more at a time would block the event loop for milliseconds."""

_PATTERNS = {re.compile(re.sub(r"\{\w+\}", "[^/]+", path)): most for path, most in LARGE.items()}


@dataclass(frozen=True)
class Pace:
    """The timeout of a request's body, and the least progress in each interval."""

    seconds: float = 180.0
    """For the whole body: 6 MB over a slow connection."""
    every: float = 10.0
    at_least: int = 8 * 1024
    """Bytes within `every` seconds."""


def limit_of(path: str) -> int:
    """The most bytes that a request to this path may have."""
    return next((most for pattern, most in _PATTERNS.items() if pattern.fullmatch(path)), SMALL)
