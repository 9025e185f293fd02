"""What makes another call of each that takes an `Idempotency-Key`: its key is refused with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.licences_world import number_msisdn
from tests.qr_world import code
from tests.system.keyed_calls import SWAP
from tests.system.scene import msisdn


@dataclass(frozen=True)
class Others:
    """What makes another call of one of a route: for each field of its body, and in braces of its path,
    another value, or several in a tuple.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    same: Mapping[str, str] = field(default_factory=dict)
    """The fields that may be left out or added in the same call, with the reason."""


_OTHER_NUMBER = {"{number}": number_msisdn(4)}
_OTHER_EMAIL = {
    "contacts": ["rita@telvia.example"],
    "cc": ["chief@acme.example"],
    "subject": "Another code",
    "text": "We need it tomorrow.",
}
_ONLY_PACK = "the pack that is left out is the only one that fits"
OTHERS: Mapping[str, Others] = {
    "POST /orders switch_to_esim": Others(
        {
            "kind": "replace_esim",
            "line": msisdn(3),
            "pack": "Sosh pack",
            "quantity": 2,
            "discard_confirmed": False,
            "purchase_reference": "PO-2",
            "comment": "For Rome.",
        },
        {"pack": _ONLY_PACK},
    ),
    "POST /orders assign_licence": Others(
        {
            "number": number_msisdn(4),
            "licence": "{other_licence}",
            "add_on": "voice_sms",
            "phone_confirmed": False,
        }
    ),
    "POST /orders replace_licence_esim": Others(
        {"number": number_msisdn(4), "reason": "lost", "phone_confirmed": False}
    ),
    "POST /orders add_line": Others(
        {
            "subscriber": "{other_subscriber}",
            "plan": "Euro 2",
            "countries": ["FR", "IT"],
            "complimentary": False,
        }
    ),
    "POST /orders add_plan": Others({"line": "{esim_line_1}", "plan": "Euro 2"}),
    "POST /orders replace_line_esim": Others({"line": "{esim_line_1}", "reason": "new_phone"}),
    "POST /qr-requests": Others(_OTHER_EMAIL | {"sim": msisdn(6)}),
    "POST /qr-requests/{request}/send-again": Others(_OTHER_EMAIL),
    "POST /sims/{sim}/qr-code/notify": Others({"to": "chief@acme.example", "{sim}": (msisdn(4), msisdn(5))}),
    "POST /accounts": Others({"name": "West", "language": ("fr",), "contact_email": "it@west.example"}),
    "POST /users": Others(
        {
            "name": "Dan",
            "email": "dan@acme.example",
            "role": "manager",
            "kind": "service",
            "profile": "Clerk",
            "distributor": "Orbit",
            "language": "en",
        }
    ),
    "POST /users/{user}/invite": Others({"{user}": "ana@acme.example"}),
    "POST /profiles": Others({"name": "Day shift"}),
    "POST /contacts": Others(
        {
            "distributor": "Orbit",
            "name": "Eva",
            "email": "eva@telvia.example",
            "roles": ["esim_qr_code"],
            "language": "en",
        }
    ),
    "POST /api-keys": Others(
        {
            "name": "Exports",
            "user": "{other_bot}",
            "permissions": ["view_people"],
            "expires_at": "2032-01-02T10:00:00Z",
        }
    ),
    "POST /webhooks": Others(
        {
            "url": "http://127.0.0.1:9/others",
            "types": (["order.cancelled"], ["order.processed", "order.cancelled"]),
            "description": "Another shop",
        }
    ),
    "POST /webhooks/{webhook}/rotate": Others({"keep_hours": 3, "{webhook}": "{other_webhook}"}),
    "POST /webhooks/{webhook}/test": Others({"{webhook}": "{other_webhook}"}),
    "POST /webhooks/{webhook}/replay": Others(
        {
            "event": "MS43OTIuNDI",
            "from": "2026-01-03T10:00:00Z",
            "to": "2027-01-03T10:00:00Z",
            "{webhook}": "{other_webhook}",
        }
    ),
    "POST /numbers/{number}/change-user": Others({"agent": "iris@acme.example"} | _OTHER_NUMBER),
    "POST /numbers/{number}/convert": Others({"line_type": "direct"} | _OTHER_NUMBER),
    "POST /numbers/{number}/suspend": Others({"reason": "Lost."} | _OTHER_NUMBER),
    "POST /numbers/{number}/resume": Others(_OTHER_NUMBER),
    "POST /numbers/{number}/stop-esim": Others({"reason": "stolen"} | _OTHER_NUMBER),
    "POST /numbers/{number}/delete": Others(_OTHER_NUMBER),
    "POST /numbers/{number}/recover": Others(_OTHER_NUMBER),
    "POST /orders/{order}/mail-again": Others({"{order}": "{also_waiting}"}),
    "POST /numbers/{number}/resend": Others({"{number}": number_msisdn(2)}),
    "POST /agents": Others(
        {
            "name": "Jon",
            "email": "jon@acme.example",
            "language": "en",
            "eid": "89033023426300000000009876543253",
            "phone_confirmed": False,
        }
    ),
    "POST /licence-purchases": Others({"add_on": "voice_sms_data", "quantity": 1}),
    "POST /licences/give-back": Others({"add_on": "voice_sms_data", "quantity": 2}),
    "POST /licences/{licence}/give-back": Others({"{licence}": "{also_bought}"}),
    "POST /licence-requests": Others({"add_on": "voice_sms_data", "quantity": 1, "note": "For me."}),
    "POST /subscribers": Others(
        {
            "name": "Sam Row",
            "phone_number": "+33612345600",
            "plan": "basic",
            "email": "t@home.example",
            "bundles": 1,
            "language": "en",
        }
    ),
    "POST /travel-plans": Others(
        {
            "name": "Alps 2",
            "countries": ["FR"],
            "data_mb": 2000,
            "price": "9.91",
            "currency": "EUR",
            "shelf_life_months": 7,
            "complimentary": False,
        }
    ),
    "POST /esim-lines/{line}/connections": Others(
        {"country": "ES", "at": "2027-01-03T10:00:00Z", "{line}": "{esim_line_2}"}
    ),
    "POST /esim-lines/{line}/usage": Others(
        {"country": "ES", "used_bytes": 2000, "at": "2027-01-03T10:00:00Z", "{line}": "{esim_line_2}"}
    ),
    "POST /esim-lines/{line}/installations": Others(
        {"at": "2027-01-03T10:00:00Z", "{line}": "{esim_line_2}"}
    ),
    "POST /esim-lines/{line}/resend": Others(
        {"email": ("qr_code", "confirmation"), "order": "{lastly_confirmed}", "{line}": "{esim_line_2}"}
    ),
    "POST /jobs place_orders": Others({"rows": [SWAP | {"line": msisdn(2)}]}),
    "POST /jobs request_qr_codes": Others({"rows": [{"sim": msisdn(5)}]}),
    "POST /jobs import_qr_codes": Others({"rows": [{"sim": msisdn(5), "activation_code": str(code(42))}]}),
    "POST /jobs set_employee": Others({"rows": [{"line": msisdn(2), "employee": None}]}),
    "POST /jobs order_steps": Others({"rows": [{"order": "{also_assigned}", "action": "acknowledge"}]}),
    "POST /jobs set_groups": Others({"rows": [{"line": msisdn(3), "groups": ["Lyon"]}]}),
}
