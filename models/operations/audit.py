"""The audit: every change with who made it, when, from where and by which key or session (A17)."""

from datetime import datetime

from models.values import View

PLATFORM = "platform"
"""The session of an entry that the platform made with a key of its own, as accounts see it."""


class AuditEntry(View):
    """One change. `id` is the event's place in the feed, unique for ever."""

    id: str
    at: datetime
    account: str | None
    """None where the change is the platform's own."""
    type: str
    actor: str
    """operator, provider, user:3, contact:7, link:12 or system."""
    about: tuple[str, ...]
    """References to what was changed, the main one first."""
    data: dict[str, object]
    surface: str | None = None
    """api, cli, link or portal; None where the origin of the call was not recorded."""
    session: str | None = None
    """The API key (`K-7`) or the session; accounts see `platform` instead of a key of the platform."""
    address: str | None = None
    """Accounts see none of the platform's own."""
    request_id: str | None = None
