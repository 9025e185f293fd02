"""The people in the history of a SIM's QR code."""

from models.codes.requests import QrHistory
from models.events import EventView


def people_in(history: QrHistory) -> frozenset[str]:
    """References to all people in it: `user:3`, `contact:7`."""
    found = {version.imported_by for version in history.versions}
    found |= {f"user:{request.requested_by}" for request in history.requests}
    found |= {person for request in history.requests for person in request.recipients}
    found |= {link.recipient for link in history.links if link.recipient}
    return frozenset(found.union(*map(_people_of, history.events)))


def _people_of(event: EventView) -> set[str]:
    contacts = event.data.get("contacts")
    named = {f"contact:{contact}" for contact in contacts} if isinstance(contacts, list) else set()
    return named | {event.actor, str(event.data.get("to", ""))}
