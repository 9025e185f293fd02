"""Types of events about orders, their SIMs and e-mails."""

from models.event_types.declared import EventType

_ORDER = ("order-abcdefghijklmnop", "line:42")
_WITH_SIM = (*_ORDER, "sim:12")
_ESIM = {"sim": 12}
_OF_HISTORY = ("iccid",)

ORDERS = {
    "order.submitted": EventType(
        "An order was accepted.",
        _ORDER,
        {"sim_in_place": 7, "note": 3},
        ("plan", "subscriber", "agent", "licence", "reason", "esim", "sim"),
    ),
    "order.refused": EventType(
        "An order was refused; `codes` are the reasons, see refusals.md.",
        _ORDER,
        {"kind": "switch_to_esim", "codes": ["open_order"]},
        ("note",),
        history=("what", "refusals"),
    ),
    "order.provider_processing": EventType(
        "The distributor or the provider has acknowledged the order and processes it.", _ORDER
    ),
    "order.processed": EventType("The provider has delivered: the order has ended.", _ORDER),
    "order.cancelled": EventType(
        "The order was cancelled and has ended; `note` is the reason that was entered.", _ORDER, {"note": 4}
    ),
    "order.mailed_again": EventType(
        "A user had the order e-mailed to its distributor once more, with new links.", _ORDER
    ),
    "incident.processed_after_cancelled": EventType(
        "The provider reports an order as processed that was cancelled: two SIMs may be in use.",
        _ORDER,
        {"request": "5fa03e2fea8d4355a75e9a70cf3b1e71"},
    ),
    "esim.temporary_created": EventType(
        "The temporary eSIM of an order was created.", _WITH_SIM, _ESIM, history=_OF_HISTORY
    ),
    "esim.iccid_entered": EventType(
        "The ICCID of a temporary eSIM was entered or corrected.", _WITH_SIM, _ESIM, history=_OF_HISTORY
    ),
    "esim.activated": EventType(
        "An eSIM serves its line, number or eSIM line now.", _WITH_SIM, _ESIM, history=_OF_HISTORY
    ),
    "esim.temporary_deleted": EventType(
        "The temporary eSIM of a cancelled order was deleted.", _WITH_SIM, _ESIM, history=_OF_HISTORY
    ),
    "esim.suspended": EventType(
        "An eSIM was suspended with its number.",
        ("number:7", "number-change-abcdefghijklmnop", "sim:12"),
        {"sim": 12},
    ),
    "esim.resumed": EventType(
        "A suspended eSIM is in use again.",
        ("number:7", "number-change-abcdefghijklmnop", "sim:12"),
        {"sim": 12},
    ),
    "sim.discarded": EventType("A SIM has left its line for ever.", _WITH_SIM, _ESIM, history=_OF_HISTORY),
    "sim.employee_changed": EventType(
        "Another employee, or none, uses a SIM.",
        ("line:42", "sim:12"),
        {"line": 42, "sim": 12, "employee": 35},
    ),
    "line.groups_changed": EventType(
        "The management groups of a line were set, or some were added or removed.",
        ("line:42", "sim:12"),
        {"line": 42, "sim": 12, "mode": "set", "groups": [1, 2]},
    ),
    "mail.sent": EventType(
        "An e-mail was handed to the mail server; `mail` says which, `to` to whom.",
        _ORDER,
        {"mail": "order_submitted", "to": "contact:7"},
    ),
}
