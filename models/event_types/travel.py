"""Types of events about travel eSIMs, which only the staff sees that may see these."""

from models.event_types.declared import EventType

_LINE = ("esim_line:9",)
_ORDER = ("order-abcdefghijklmnop", "esim_line:9")
_PLAN = ("travel_plan:4",)
_AT = "2026-11-27T12:00:00.000000+00:00"

TRAVEL = {
    "esim_line.added": EventType(
        "A subscriber got an eSIM line.",
        ("order-abcdefghijklmnop", "sim:12", "esim_line:9"),
        {"esim_line": 9, "subscriber": 2, "sim": 12},
    ),
    "esim_line.installed": EventType("A phone has installed the eSIM of a line.", _LINE, {"at": _AT}),
    "esim_line.suspended": EventType(
        "An eSIM line was suspended; `note` is the reason that was entered.",
        ("esim_line:9", "sim:12"),
        {"sim": 12, "note": 3},
    ),
    "esim_line.resumed": EventType(
        "A suspended eSIM line is in use again.", ("esim_line:9", "sim:12"), {"sim": 12, "note": 4}
    ),
    "esim_line.ended": EventType(
        "An eSIM was not installed in time and left its line; `returned`: whether to stock.",
        ("esim_line:9", "sim:12"),
        {"sim": 12, "returned": True},
    ),
    "esim_line.confirmation_resent": EventType(
        "The e-mail with the eSIM was sent to the subscriber again.", _LINE, {}, ("notification",)
    ),
    "plan.assigned": EventType(
        "An eSIM line got a travel plan.", _ORDER, {"esim_line": 9, "plan": 4, "assignment": 6}
    ),
    "plan.started": EventType(
        "A travel plan has started: the first connection abroad.", _LINE, {"assignment": 6, "at": _AT}
    ),
    "plan.corrected": EventType(
        "The start of a travel plan was corrected by a late report.", _LINE, {"assignment": 6, "at": _AT}
    ),
    "plan.expired": EventType("The days of a travel plan are over.", _LINE, {"assignment": 6, "at": _AT}),
    "plan.depleted": EventType("The data of a travel plan is used up.", _LINE, {"assignment": 6, "at": _AT}),
    "plan.lapsed": EventType("A travel plan was not used in time.", _LINE, {"assignment": 6, "at": _AT}),
    "plan.revoked": EventType("A travel plan was taken back.", _LINE, {"assignment": 6}),
    "stock.added": EventType(
        "An eSIM was added to the stock of a profile.", ("stock:7", "sim:12"), {"sim": 12, "profile": 7}
    ),
    "stock.returned": EventType(
        "An eSIM that was reserved is in stock again.", ("order-abcdefghijklmnop", "sim:12"), {"sim": 12}
    ),
    "stock.ended": EventType("An eSIM in stock is past its last day.", ("sim:12",), {"sim": 12}),
    "stock.discarded": EventType(
        "An eSIM in stock was discarded.", ("stock:7", "sim:12"), {"sim": 12, "profile": 7}
    ),
    "stock.threshold_set": EventType(
        "From how few eSIMs on the staff is warned was set.", ("stock:7",), {"profile": 7, "threshold": 10}
    ),
    "subscriber.created": EventType("A subscriber was added.", ("subscriber:2",), {"subscriber": 2}),
    "subscriber.changed": EventType("A subscriber was changed.", ("subscriber:2",), {"subscriber": 2}),
    "travel_notice.recorded": EventType(
        "A subscriber is to get a notice, such as that 80 % of the data are used.",
        _LINE,
        {"notice": "used_80", "assignment": 6},
        ("needed",),
    ),
    "travel_rates.imported": EventType(
        "Rates of networks were imported.", ("account:1",), {"new": 7, "changed": 0, "removed": 0}
    ),
    "travel_plan.created": EventType("A travel plan was added.", _PLAN, {"plan": 4}),
    "travel_plan.changed": EventType(
        "A travel plan was changed; `fields` are what was.", _PLAN, {"plan": 4, "fields": ["price"]}
    ),
    "travel_plan.pinned": EventType(
        "A travel plan is sold on one profile only.", _PLAN, {"plan": 4, "profile": 2}
    ),
    "travel_plan.unpinned": EventType(
        "A travel plan is sold on the profile that costs least.", _PLAN, {"plan": 4, "profile": None}
    ),
    "travel_plan.profile_changed": EventType(
        "Another profile costs least for a travel plan.", _PLAN, {"plan": 4, "before": 2, "after": 7}
    ),
    "travel_plan.withdrawn": EventType("A travel plan is not sold any more.", _PLAN, {"plan": 4}),
    "travel_plan.offered_again": EventType("A travel plan is sold again.", _PLAN, {"plan": 4}),
}
