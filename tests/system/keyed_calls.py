"""A valid call of every route that takes an `Idempotency-Key`, and what makes another call of each.

Texts of bodies and paths such as `{asked}` are ids of records: those of the world, and those that earlier
calls made.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.licences_world import number_msisdn
from tests.qr_world import code
from tests.system.scene import msisdn

_EID = "89049032123451234512345678901235"


@dataclass(frozen=True)
class Step:
    """A call without a key that prepares another."""

    path: str
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """A call of a route."""

    route: str
    """As the document has it; with the kind of an order after it."""
    body: Mapping[str, Any] = field(default_factory=dict)
    path: Mapping[str, str] = field(default_factory=dict)
    first: tuple[Step, ...] = ()
    keep: str = ""
    """What the id in the answer is called afterwards."""


_PLAN = {
    "name": "Alps",
    "countries": ["FR", "IT"],
    "data_mb": 1000,
    "price": "9.90",
    "currency": "USD",
    "shelf_life_months": 6,
    "complimentary": True,
}
_PERSON = {"name": "Sam Roy", "phone_number": "+33612345678", "plan": "basic_plus"}
_USED = {"country": "FR", "used_bytes": 1000}
_AT = {"at": "2027-01-02T10:00:00Z"}
_NUMBER = {"number": number_msisdn(3)}
SWAP = {"kind": "switch_to_esim", "discard_confirmed": True}
_EMAIL = {
    "contacts": ["quentin@telvia.example"],
    "cc": ["boss@acme.example"],
    "subject": "A code, please",
    "text": "We need it today.",
}
_ORDERS = (
    Call(
        "POST /orders switch_to_esim",
        SWAP
        | {
            "line": msisdn(1),
            "pack": "Orange pack",
            "quantity": 1,
            "purchase_reference": "PO-1",
            "comment": "For Paris.",
        },
    ),
    Call("POST /orders switch_to_esim", SWAP | {"line": msisdn(2)}),
    Call("POST /orders/{order}/mail-again", path={"order": "{waiting}"}),
    Call(
        "POST /orders assign_licence",
        {
            "kind": "assign_licence",
            "number": number_msisdn(1),
            "add_on": "voice_sms_data",
            "phone_confirmed": True,
        },
        keep="assigned",
    ),
    Call(
        "POST /orders assign_licence",
        {"kind": "assign_licence", "number": number_msisdn(2), "licence": "{licence}"},
        keep="also_assigned",
    ),
    Call(
        "POST /numbers/{number}/resend",
        path={"number": number_msisdn(1)},
        first=(
            Step("/orders/{assigned}/acknowledge", {"iccid": "{iccid_501}"}),
            Step("/orders/{assigned}/processed"),
            Step("/orders/{also_assigned}/acknowledge", {"iccid": "{iccid_502}"}),
            Step("/orders/{also_assigned}/processed"),
            Step("/sims/{iccid_501}/qr-code/import", {"activation_code": str(code(501))}),
            Step("/sims/{iccid_502}/qr-code/import", {"activation_code": str(code(502))}),
        ),
    ),
    Call(
        "POST /orders replace_licence_esim",
        {
            "kind": "replace_licence_esim",
            "number": number_msisdn(1),
            "reason": "new_phone",
            "phone_confirmed": True,
        },
    ),
    Call(
        "POST /orders replace_licence_esim",
        {"kind": "replace_licence_esim", "number": number_msisdn(2), "reason": "new_phone"},
    ),
    Call("POST /numbers/{number}/stop-esim", {"reason": "lost"}, {"number": number_msisdn(1)}),
    Call(
        "POST /orders add_line",
        {
            "kind": "add_line",
            "subscriber": "{subscriber}",
            "plan": "Euro 1",
            "countries": ["FR", "ES"],
            "complimentary": True,
        },
    ),
    Call("POST /orders add_line", {"kind": "add_line", "subscriber": "{subscriber}", "plan": "Euro 1"}),
    Call("POST /orders add_plan", {"kind": "add_plan", "line": "{esim_line_2}", "plan": "Euro 1"}),
    Call(
        "POST /orders replace_line_esim",
        {"kind": "replace_line_esim", "line": "{esim_line_3}", "reason": "deleted"},
    ),
)
_CODES = (
    Call("POST /qr-requests", _EMAIL | {"sim": msisdn(4)}, keep="asked"),
    Call("POST /qr-requests", {"sim": msisdn(5)}, keep="also_asked"),
    Call("POST /qr-requests/{request}/send-again", _EMAIL, {"request": "{asked}"}),
    Call("POST /qr-requests/{request}/send-again", {}, {"request": "{also_asked}"}),
    Call(
        "POST /sims/{sim}/qr-code/notify",
        {"to": "boss@acme.example"},
        {"sim": msisdn(4)},
        (
            Step(f"/sims/{msisdn(4)}/qr-code/import", {"activation_code": str(code(4))}),
            Step(f"/sims/{msisdn(5)}/qr-code/import", {"activation_code": str(code(5))}),
        ),
    ),
    Call("POST /sims/{sim}/qr-code/notify", {}, {"sim": msisdn(5)}),
)
_PEOPLE = (
    Call("POST /accounts", {"name": "North", "language": "fr", "contact_email": "it@north.example"}),
    Call("POST /accounts", {"name": "South"}),
    Call(
        "POST /users",
        {
            "name": "Dee",
            "email": "dee@telvia.example",
            "role": "provider_desk",
            "kind": "person",
            "profile": "Default",
            "distributor": "Telvia",
            "language": "fr",
        },
    ),
    Call("POST /users", {"name": "Eli", "email": "eli@acme.example"}, keep="user"),
    Call("POST /users/{user}/invite", path={"user": "{user}"}),
    Call("POST /profiles", {"name": "Night shift"}),
    Call(
        "POST /contacts",
        {
            "distributor": "Telvia",
            "name": "Eve",
            "email": "eve@telvia.example",
            "roles": ["order"],
            "language": "fr",
        },
    ),
    Call("POST /contacts", {"distributor": "Telvia", "name": "Finn", "email": "finn@telvia.example"}),
    Call(
        "POST /api-keys",
        {
            "name": "Reports",
            "user": "{bot}",
            "permissions": ["view_orders"],
            "expires_at": "2031-01-02T10:00:00Z",
        },
    ),
    Call("POST /api-keys", {"name": "Everything", "user": "{bot}"}),
    Call(
        "POST /webhooks",
        {"url": "http://127.0.0.1:9/hooks", "types": ["order.processed"], "description": "The shop"},
        keep="webhook",
    ),
    Call("POST /webhooks", {"url": "http://127.0.0.1:9/all"}, keep="other_webhook"),
    Call("POST /webhooks/{webhook}/rotate", {"keep_hours": 2}, {"webhook": "{webhook}"}),
    Call("POST /webhooks/{webhook}/rotate", path={"webhook": "{webhook}"}),
    Call("POST /webhooks/{webhook}/test", path={"webhook": "{webhook}"}),
    Call(
        "POST /webhooks/{webhook}/replay",
        {"from": "2026-01-02T10:00:00Z", "to": "2027-01-02T10:00:00Z"},
        {"webhook": "{webhook}"},
    ),
)
_LICENCES = (
    Call("POST /numbers/{number}/change-user", {"agent": "hugo@acme.example"}, _NUMBER),
    Call("POST /numbers/{number}/convert", {"line_type": "shared"}, _NUMBER),
    Call("POST /numbers/{number}/suspend", {"reason": "Abroad."}, _NUMBER),
    Call("POST /numbers/{number}/resume", path=_NUMBER),
    Call("POST /numbers/{number}/delete", path=_NUMBER),
    Call("POST /numbers/{number}/recover", path=_NUMBER),
    Call(
        "POST /agents",
        {
            "name": "Jo",
            "email": "jo@acme.example",
            "language": "fr",
            "eid": _EID,
            "phone_confirmed": True,
        },
    ),
    Call("POST /agents", {"name": "Kim"}),
    Call(
        "POST /licence-purchases",
        {"add_on": "voice_sms", "quantity": 3},
        first=(Step("/licence-prices", {"add_on": "voice_sms", "amount": "5.00"}),),
    ),
    Call("POST /licences/give-back", {"add_on": "voice_sms", "quantity": 1}),
    Call("POST /licences/{licence}/give-back", path={"licence": "{bought}"}),
    Call("POST /licence-requests", {"add_on": "voice_sms", "quantity": 2, "note": "For the team."}),
    Call("POST /licence-requests", {"add_on": "voice_sms", "quantity": 4}),
)
_TRAVEL = (
    Call("POST /subscribers", _PERSON | {"email": "s@home.example", "bundles": 2, "language": "fr"}),
    Call("POST /subscribers", _PERSON | {"phone_number": "+33612345699"}),
    Call("POST /travel-plans", _PLAN),
    Call(
        "POST /travel-plans",
        {key: _PLAN[key] for key in ("countries", "data_mb", "price", "currency")} | {"name": "Alps, short"},
    ),
    Call("POST /esim-lines/{line}/connections", {"country": "FR"} | _AT, {"line": "{esim_line_1}"}),
    Call("POST /esim-lines/{line}/connections", {"country": "FR"}, {"line": "{esim_line_1}"}),
    Call("POST /esim-lines/{line}/usage", _USED | _AT, {"line": "{esim_line_1}"}),
    Call("POST /esim-lines/{line}/usage", _USED, {"line": "{esim_line_1}"}),
    Call("POST /esim-lines/{line}/installations", _AT, {"line": "{esim_line_1}"}),
    Call("POST /esim-lines/{line}/installations", {}, {"line": "{esim_line_1}"}),
    Call(
        "POST /esim-lines/{line}/resend",
        {"email": "confirmation", "order": "{also_confirmed}"},
        {"line": "{esim_line_1}"},
    ),
    Call("POST /esim-lines/{line}/resend", {"email": "confirmation"}, {"line": "{esim_line_1}"}),
    Call(
        "POST /esim-lines/{line}/resend",
        {"email": "qr_code"},
        {"line": "{esim_line_1}"},
        (
            Step("/sims/{esim_1}/qr-code/import", {"activation_code": str(code(1))}),
            Step("/sims/{esim_2}/qr-code/import", {"activation_code": str(code(2))}),
        ),
    ),
)
_JOBS = (
    Call("POST /jobs place_orders", {"kind": "place_orders", "rows": [SWAP | {"line": msisdn(3)}]}),
    Call("POST /jobs request_qr_codes", {"kind": "request_qr_codes", "rows": [{"sim": msisdn(6)}]}),
    Call(
        "POST /jobs import_qr_codes",
        {"kind": "import_qr_codes", "rows": [{"sim": msisdn(4), "activation_code": str(code(41))}]},
    ),
    Call(
        "POST /jobs set_employee", {"kind": "set_employee", "rows": [{"line": msisdn(3), "employee": None}]}
    ),
    Call(
        "POST /jobs order_steps",
        {"kind": "order_steps", "rows": [{"order": "{assigned}", "action": "acknowledge"}]},
    ),
    Call("POST /jobs set_groups", {"kind": "set_groups", "rows": [{"line": msisdn(3), "groups": ["Sales"]}]}),
)
CALLS = _ORDERS + _CODES + _PEOPLE + _LICENCES + _TRAVEL + _JOBS
