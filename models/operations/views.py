"""Held work as it is read."""

from datetime import datetime

from models.values import View


class HoldView(View):
    """A step that waits for a person, and why (a `HoldReason`)."""

    step: str
    reason: str
    since: datetime


MOST_HELD = 99
"""Held work is counted up to here in a navigation; more are "99+"."""


class HeldView(View):
    """Work that waits for a person: an order, a request, a notification."""

    id: str
    """The id of its workflow, `order-...`."""
    kind: str
    account: str
    holds: tuple[HoldView, ...]
    """Its held steps, oldest first."""
    about: str | None = None
    """The record at which it is seen: the SIM of a request or of a notification (`S-7`), the user of an
    e-mail (`U-3`).
    """
    number: str | None = None
    """The phone number of an order's line, or the number that it is about."""
