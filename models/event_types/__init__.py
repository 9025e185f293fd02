"""The catalogue: every type of event that an account sees, with a sentence, an example and what it may say.

docs/events.md and `GET /api/v1/event-types` are made of it, and the feed says of an event what its type
declares, nothing else.
"""

from collections.abc import Mapping

from models.event_types.codes import CODES
from models.event_types.declared import EventType
from models.event_types.licences import LICENCES
from models.event_types.operations import OPERATIONS
from models.event_types.orders import ORDERS
from models.event_types.people import PEOPLE
from models.event_types.travel import TRAVEL
from models.event_types.webhooks import WEBHOOKS

SUBJECTS: Mapping[str, Mapping[str, EventType]] = {
    "Orders and SIMs": ORDERS,
    "QR codes, notifications and links": CODES,
    "Licences, numbers and agents": LICENCES,
    "Travel eSIMs": TRAVEL,
    "The account and its people": PEOPLE,
    "Jobs": OPERATIONS,
    "Webhooks": WEBHOOKS,
}
CATALOGUE: dict[str, EventType] = {
    name: declared for subject in SUBJECTS.values() for name, declared in subject.items()
}
