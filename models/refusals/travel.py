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
    # the stock
    "cell_no_profile": Declared("an IMSI profile is a number from 1 to {most}."),
    "cell_no_day": Declared("a day is written as 2027-12-31."),
    "same_code_before": Declared("line {line} has the same activation code."),
    "iccid_in_stock": Declared("an eSIM with this ICCID is in stock already."),
    "code_in_stock": Declared("an eSIM in stock has this activation code already."),
    "code_elsewhere": Declared("another SIM has this activation code already."),
    "confirmation_code_needed": Declared(
        "the activation code says that a confirmation code is asked for; give it."
    ),
    "esim_ended": Declared("its last day is over: it will not be handed out."),
    "unknown_stock_state": Declared("A state of an eSIM is one of: {states}."),
    "profile_invalid": Declared("An IMSI profile is a number from 1 to {most}."),
    "threshold_invalid": Declared("A threshold is a number of eSIMs from 0 to {most}."),
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
    "line_without_code": Declared("The code of the line's eSIM is not known.", CONFLICT),
    "emails_not_sent_yet": Declared(
        "An e-mail of {order} has not been sent yet; see `esim-orders order show {order}`.", CONFLICT
    ),
    "email_not_chosen": Declared(
        "Choose one e-mail: the QR code, or the confirmation of the order that added the line or of another "
        "one."
    ),
    "no_esim_reserved": Declared(
        "No eSIM is reserved for the order: it waits for stock of its IMSI profile.", CONFLICT
    ),
    "esim_not_allocated": Declared("This eSIM is in stock: it is on no line.", CONFLICT),
}
