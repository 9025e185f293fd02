"""Held work as it is read."""

from datetime import datetime

from models.values import View


class HoldView(View):
    """A step that waits for a person, and why (a `HoldReason`)."""

    step: str
    reason: str
    since: datetime
