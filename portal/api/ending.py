"""Routes that will go, and say so: `Deprecation` (RFC 9745), `Sunset` (RFC 8594), a `Link` to the next one.

The policy is in docs/api.md.

    @routes.get("/old", summary="...", **ending(since=A_DAY, until=A_YEAR_LATER, successor="/new"))
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from typing import Any

from fastapi import Depends, Response

LEAST = timedelta(days=365)
"""How long a route stays after it was deprecated, at least."""


def ending(*, since: date, until: date, successor: str) -> dict[str, Any]:
    """The options of a route that is deprecated, goes on this day, and has this successor.

    Raises `ValueError` where its callers would have less than a year.
    """
    if until - since < LEAST:
        raise ValueError("A deprecated route stays for a year.")
    return {"deprecated": True, "dependencies": [Depends(_said(since, until, successor))]}


def _said(since: date, until: date, successor: str) -> Callable[[Response], Awaitable[None]]:
    headers = {
        "Deprecation": f"@{int(_midnight(since).timestamp())}",
        "Sunset": format_datetime(_midnight(until), usegmt=True),
        "Link": f'</api/v1{successor}>; rel="successor-version"',
    }

    async def said(response: Response) -> None:
        for name, value in headers.items():
            response.headers.append(name, value)

    return said


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
