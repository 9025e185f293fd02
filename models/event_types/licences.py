"""Types of events about licences, numbers and agents."""

from models.event_types.declared import EventType

_NUMBER = ("number:7",)
_CHANGE = ("number:7", "number-change-abcdefghijklmnop")
_AGENT = ("agent:4",)
_REQUEST = ("licence-request-abcdefghijklmnop",)

LICENCES = {
    "number.added": EventType("A number was added.", _NUMBER, {"number": 7}),
    "number.edited": EventType("A number was changed by an import.", _NUMBER, {"number": 7}),
    "number.user_changed": EventType(
        "Another agent, or none, uses a number.", _CHANGE, {"agent": 5, "agent_before": 4}
    ),
    "number.deleted": EventType("A number was deleted; it can be recovered for a while.", _CHANGE),
    "number.recovered": EventType("A deleted number was recovered.", _CHANGE),
    "number.suspended": EventType("A number was suspended.", _CHANGE),
    "number.resumed": EventType("A suspended number is in use again.", _CHANGE),
    "number.made_direct": EventType("A number serves one agent directly now.", _CHANGE),
    "number.made_shared": EventType("A number is a shared line now.", _CHANGE),
    "number.esim_stopped": EventType("The eSIM of a number was stopped.", _CHANGE),
    "number.provider_notified": EventType(
        "The provider was notified of a change of a number.", _CHANGE, {"notice": "suspend"}
    ),
    "agent.created": EventType("An agent was added.", _AGENT, {"agent": 4}),
    "agent.changed": EventType(
        "An agent was changed; `fields` are what was.", _AGENT, {"agent": 4, "fields": ["language"]}
    ),
    "agent.deactivated": EventType("An agent was deactivated.", _AGENT, {"agent": 4}),
    "agent.activated": EventType("A deactivated agent is active again.", _AGENT, {"agent": 4}),
    "licence.bought": EventType(
        "Licences were bought: so many new ones, and so many that had been given back.",
        ("purchase:1", "licence:3"),
        {"purchase": 1, "add_on": "voice_sms", "new": 1, "again": 0},
    ),
    "licence.given_back": EventType(
        "A licence was given back: it is not charged any more.",
        ("licence:3",),
        {"licence": 3, "add_on": "voice_sms_data"},
    ),
    "licence.changed": EventType(
        "A licence has another add-on.", ("licence:3",), {"licence": 3, "add_on": "voice_sms"}
    ),
    "licence.freed": EventType(
        "A licence is free: its number does not use it any more.", _CHANGE, {"licence": 3}
    ),
    "licence_request.created": EventType(
        "The owners were asked to buy licences.", _REQUEST, {"add_on": "voice_sms", "quantity": 2}
    ),
    "licence_request.notified": EventType("The owners were notified of a request for licences.", _REQUEST),
    "licence_request.answered": EventType(
        "A request for licences was answered by a purchase.", _REQUEST, {"purchase": 5}
    ),
    "add_on.price_set": EventType(
        "The price of an add-on was set from a day on.",
        ("account:1",),
        {"add_on": "voice_sms", "since": "2026-12-01", "amount": "10.00"},
    ),
    "billing.changed": EventType(
        "How licences are charged was changed.", ("account:1",), {"cycle_day": 15}, ("currency", "time_zone")
    ),
}
