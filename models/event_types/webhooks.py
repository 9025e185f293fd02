"""Types of events about webhooks."""

from models.event_types.declared import EventType

_ABOUT = ("webhook:7",)
_OF = {"webhook": 7}

WEBHOOKS = {
    "webhook.created": EventType("A webhook was made.", _ABOUT, _OF),
    "webhook.changed": EventType(
        "Its address, its types or its description was changed.", _ABOUT, {**_OF, "fields": ["types"]}
    ),
    "webhook.rotated": EventType("It has another secret.", _ABOUT, _OF),
    "webhook.tested": EventType(
        "A ping was sent to it.", _ABOUT, {**_OF, "outcome": "status", "status": 500}
    ),
    "webhook.replayed": EventType("Events are sent to it again.", _ABOUT, {**_OF, "events": 12}),
    "webhook.disabled": EventType(
        "Nothing is delivered to it any more: a user asked for it (`asked`), its receiver answered 410 "
        "(`gone`), or nothing could be delivered for three days (`failing`).",
        _ABOUT,
        {**_OF, "reason": "failing"},
    ),
    "webhook.enabled": EventType("Events are delivered to it again.", _ABOUT, {**_OF, "skipped": False}),
    "webhook.deleted": EventType("A webhook was deleted.", _ABOUT, _OF),
}
