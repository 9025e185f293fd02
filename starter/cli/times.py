"""Times that are typed in commands: `2026-07-01`, `2026-07-01T12:00`, in UTC unless they have an offset."""

from datetime import UTC, datetime
from typing import Any

import typer

from models.errors import Refused


def time_option(*names: str, explained: str) -> Any:
    """An option that takes a time."""
    return typer.Option(*names, metavar="TIME", help=explained, parser=_time)


def _time(text: str) -> datetime:
    """The time, with its zone. Raises `Refused` (`time_invalid`)."""
    try:
        found = datetime.fromisoformat(text.strip())
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refused.because("time_invalid") from None
