"""Refusals about travel eSIMs: subscribers, plans, stock and eSIM lines."""

from models.refusals.declared import CONFLICT, NOT_FOUND, Declared

TRAVEL = {
    # subscribers and plans
    "unknown_subscriber": Declared("There is no such subscriber in the account.", NOT_FOUND),
    "subscriber_without_address": Declared(
        "The subscriber has no e-mail address; the QR code and the confirmation go there.", CONFLICT
    ),
    "unknown_travel_plan": Declared("There is no such travel plan in the account.", NOT_FOUND),
    "plan_withdrawn": Declared("The plan is not sold any more.", CONFLICT),
    "plan_without_profile": Declared(
        "The plan has no IMSI profile: no profile has a rate in each of its countries. Import rates, or "
        "pin one.",
        CONFLICT,
    ),
    "plan_not_complimentary": Declared("This plan cannot be given free of charge.", CONFLICT),
    "complimentary_not_allowed": Declared(
        "A complimentary eSIM needs the plan Unlimited All, or one unlimited bundle for each: the subscriber "
        "has {bundles} bundles and {given} complimentary eSIMs.",
        CONFLICT,
    ),
    "destination_not_covered": Declared("The plan does not cover: {countries}.", CONFLICT),
    # eSIM lines
    "unknown_esim_line": Declared("There is no such eSIM line in the account.", NOT_FOUND),
    "profile_differs": Declared(
        "The plan needs profile {plan}, and the eSIM of this line has profile {line}. Add a line: the new "
        "eSIM has the right profile (`esim-orders travel add-line`).",
        CONFLICT,
    ),
    "line_without_esim": Declared("The line has no eSIM in use: it was discarded.", CONFLICT),
    "esim_line_open_order": Declared("The eSIM line has an open order already: {order}.", CONFLICT),
    "esim_line_changed": Declared(
        "The eSIM line, its eSIM or the reserved eSIM is not the one of when the order was placed; "
        "cancel it.",
        CONFLICT,
    ),
    "volume_invalid": Declared("A volume of data is a number and a unit, such as 200MB or 1.5GB."),
    "esim_not_allocated": Declared("This eSIM is in stock: it is on no line.", CONFLICT),
}
