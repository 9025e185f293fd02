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
    "country_unknown": Declared("No country has this name in English or French: {country}."),
    "country_ambiguous": Declared("Several countries have the name {country}: {codes}."),
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
    "plan_not_queued": Declared(
        "{plan} cannot be revoked: it is {state}. Only a queued plan can be.", CONFLICT
    ),
    "unknown_plan_on_line": Declared("There is no such plan on an eSIM line of the account.", NOT_FOUND),
    "esim_line_suspended": Declared("The eSIM line is suspended already.", CONFLICT),
    "esim_line_not_suspended": Declared("The eSIM line is not suspended.", CONFLICT),
    "suspension_without_reason": Declared("Give the reason why the eSIM line is suspended."),
    # reports
    "key_used_for_report": Declared("This key was used for another report.", CONFLICT),
    "time_without_zone": Declared("Give the time with its zone, such as 2026-07-01T12:00:00Z."),
    "data_volume_invalid": Declared("The data that was used is a number of bytes from 0 to {most}."),
    "esim_not_allocated": Declared("This eSIM is in stock: it is on no line.", CONFLICT),
}
