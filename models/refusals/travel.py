"""Refusals about travel eSIMs: subscribers, plans, stock and eSIM lines."""

from models.refusals.declared import CONFLICT, NOT_FOUND, Declared

TRAVEL = {
    # subscribers and plans
    "unknown_subscriber": Declared("There is no such subscriber in the account.", NOT_FOUND),
    "subscriber_ambiguous": Declared(
        "Several subscribers have this name or address: {references}. Name one of them by it.", CONFLICT
    ),
    "subscriber_exists": Declared("The account has a subscriber with this phone number already.", CONFLICT),
    "subscriber_invalid": Declared("The subscriber is not valid:"),
    "subscriber_erased": Declared("The subscriber was erased and stays so; add a new one.", CONFLICT),
    "subscriber_changed": Declared(
        "The subscriber's phone number was changed by another call meanwhile; repeat the call.", CONFLICT
    ),
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
        "A complimentary eSIM needs the plan Unlimited All, or one unlimited bundle for each. Bundles of the "
        "subscriber: {bundles}; complimentary eSIMs: {given}.",
        CONFLICT,
    ),
    "destination_not_covered": Declared("The plan does not cover: {countries:countries}.", CONFLICT),
    # the stock
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
    "travel_plan_exists": Declared("The account has a travel plan of this name already.", CONFLICT),
    "profile_needed": Declared("A profile is needed, or --none: then the cheapest one is in force again."),
    "data_invalid": Declared("A data volume is written as 1 GB or 500 MB, up to {most} GB."),
    "shelf_life_invalid": Declared("A shelf life is 1 to {most} months."),
    "no_countries": Declared("At least one country is needed."),
    "country_unknown": Declared("No country has this name in English or French: {country}."),
    "country_ambiguous": Declared("Several countries have the name {country}: {codes}."),
    # the rows of files
    "cell_no_rate": Declared(
        "it must be a price of a megabyte with its currency, such as $0.004 or 0,004 EUR, with at most six "
        "decimals."
    ),
    "cell_rate_ambiguous": Declared(
        "the comma may separate decimals or thousands; write decimals after a point."
    ),
    "cell_no_subscriber_plan": Declared("it must be letters, digits, blanks and underscores."),
    "cell_no_bundles": Declared("it must be a number of 0 to {most}."),
    "other_rate_before": Declared("line {line} has another price of the same network and profile."),
    "other_currency_before": Declared("line {line} is in another currency."),
    "same_plan_before": Declared("line {line} has the same plan."),
    "plan_stays_withdrawn": Declared("the plan is withdrawn; an import does not offer it again."),
    # eSIM lines
    "unknown_esim_line": Declared("There is no such eSIM line in the account.", NOT_FOUND),
    "profile_differs": Declared(
        "The plan needs profile {plan}, and the eSIM of this line has profile {line}. Add a line: the new "
        "eSIM has the right profile.",
        CONFLICT,
    ),
    "line_without_esim": Declared(
        "The line has no eSIM in use. Where plans wait on it, replace the eSIM.",
        CONFLICT,
    ),
    "esim_line_open_order": Declared("The eSIM line has an open order already: {order}.", CONFLICT),
    "esim_line_changed": Declared(
        "The eSIM line, its eSIM or the reserved eSIM is not the one of when the order was placed; "
        "cancel it.",
        CONFLICT,
    ),
    "line_without_code": Declared("The code of the line's eSIM is not known.", CONFLICT),
    "emails_not_sent_yet": Declared(
        "An e-mail of {order} has not been sent yet; the order says why.", CONFLICT
    ),
    "email_not_chosen": Declared(
        "Choose one e-mail: the QR code, or the confirmation of the order that added the line or of another "
        "one."
    ),
    "no_esim_reserved": Declared(
        "No eSIM is reserved for the order: it waits for stock of its IMSI profile.", CONFLICT
    ),
    "volume_invalid": Declared("A volume of data is a number and a unit, such as 200MB or 1.5GB."),
    "unknown_esim_reason": Declared("A reason to replace an eSIM is one of: {reasons}."),
    "plan_not_queued": Declared(
        "{plan} cannot be revoked: it is {state}. Only a queued plan can be.", CONFLICT
    ),
    "unknown_plan_on_line": Declared("There is no such plan on an eSIM line of the account.", NOT_FOUND),
    "suspension_without_reason": Declared("Give the reason why the eSIM line is suspended."),
    # reports
    "key_used_for_report": Declared("This key was used for another report.", CONFLICT),
    "esim_left_line": Declared(
        "The eSIM has not been on the line since {left}. What it did before counts: give the time of that.",
        CONFLICT,
    ),
    "usage_without_key": Declared(
        "Give a key, or the time at which the data was used: a repeated report would count twice."
    ),
    "time_without_zone": Declared("Give the time with its zone, such as 2026-07-01T12:00:00Z."),
    "data_volume_invalid": Declared("The data that was used is a number of bytes from 0 to {most}."),
    "esim_not_allocated": Declared("This eSIM is in stock: it is on no line.", CONFLICT),
    "stock_esim_used": Declared("The eSIM is on a line or reserved for an order.", CONFLICT),
}
