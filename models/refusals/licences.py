"""Refusals about licences, numbers and agents."""

from models.refusals.declared import CONFLICT, NOT_FOUND, Declared

LICENCES = {
    # the number
    "unknown_number": Declared("There is no such number in the account.", NOT_FOUND),
    "not_french_mobile": Declared(
        "An eSIM licence is for French mobile numbers: +33 6 or +33 7 with nine digits after +33."
    ),
    "number_shared": Declared(
        "This is a shared line; convert it to a direct number first.",
        CONFLICT,
    ),
    "number_suspended": Declared("The number is suspended; resume it first.", CONFLICT),
    "number_deleted": Declared("The number is deleted; recover it first.", CONFLICT),
    "number_gone": Declared("The number was deleted too long ago to be recovered.", CONFLICT),
    "number_taken": Declared(
        "The number cannot be recovered: its phone number belongs to another number now.", CONFLICT
    ),
    "number_has_esim": Declared("The number has an eSIM already: {sim}.", CONFLICT),
    "number_without_esim": Declared("The number has no eSIM; assign a licence to it.", CONFLICT),
    "number_open_order": Declared("The number has an open order already: {order}.", CONFLICT),
    "number_without_agent": Declared("No agent uses this number; change its user first.", CONFLICT),
    "number_without_code": Declared(
        "No QR code of the number's eSIM is known yet; the agent gets it once the distributor sends it.",
        CONFLICT,
    ),
    "number_changed": Declared(
        "The number's agent, licence or eSIM is not the one of when the order was placed; cancel it.",
        CONFLICT,
    ),
    # the agent
    "unknown_agent": Declared("There is no such agent in the account.", NOT_FOUND),
    "agent_needed": Declared("An agent is needed, or --none: then no agent uses the number any more."),
    "agent_exists": Declared("The account has an agent with this address already.", CONFLICT),
    "agent_deactivated": Declared("The agent is deactivated.", CONFLICT),
    "agent_changed": Declared(
        "Another agent uses the number by now than was shown. Check it, and confirm again.", CONFLICT
    ),
    "agent_without_address": Declared("The agent has no e-mail address; give them one first.", CONFLICT),
    "phone_unconfirmed": Declared(
        "To be confirmed: the agent's phone supports eSIM. Its EID shows it, too.", CONFLICT
    ),
    "eid_invalid": Declared("An EID has 32 digits, of which the last two are a checksum."),
    "unknown_line_type": Declared("A line type is one of: {types}."),
    "esim_not_stopped": Declared("The eSIM {sim} still works. Stop the eSIM of the number.", CONFLICT),
    "esim_stopped": Declared(
        "The eSIM {sim} has stopped all the same; its provider is asked to stop it.", CONFLICT
    ),
    "licence_freed": Declared(
        "The licence {licence} is free again. Assign it to {number} once the other reasons are resolved.",
        CONFLICT,
    ),
    "reason_needed": Declared("A suspension needs a reason."),
    "unknown_stop_reason": Declared("A reason to stop an eSIM is one of: {reasons}."),
    "unknown_replace_reason": Declared("A reason to replace an eSIM is one of: {reasons}."),
    # the rows of a file of numbers
    "cell_no_line_type": Declared("it must be direct or shared."),
    "agent_without_name": Declared("an agent needs a name."),
    "agent_renamed": Declared("{agent} is renamed."),
    "other_agent_before": Declared("line {line} says something else for the same agent."),
    "number_of_other_account": Declared("this phone number is in another account already."),
    "number_other_agent": Declared(
        "an import does not change who uses a number; change the user of the number itself."
    ),
    "number_not_recovered": Declared(
        "the number is deleted, and an import does not recover it; recover the number itself."
    ),
    "number_served": Declared(
        "the number has an eSIM or an open order; its provider and distributor cannot change, and it cannot "
        "become a shared line."
    ),
    # the licence
    "licence_not_chosen": Declared("A licence or an add-on is needed, and not both."),
    "unknown_licence": Declared("There is no such licence in the account.", NOT_FOUND),
    "unknown_add_on": Declared("An add-on is one of: {add_ons}."),
    "no_free_licence": Declared("No licence of {add_on} is free: {used} of {bought} are in use.", CONFLICT),
    "licence_in_use": Declared("The licence is in use for {number}.", CONFLICT),
    "licence_over": Declared("The licence was given back, and its paid period is over.", CONFLICT),
    "licence_given_back": Declared("The licence is given back already.", CONFLICT),
    "too_few_licences": Declared(
        "Free licences of {add_on} that can be given back: {free}, fewer than the {asked} asked for.",
        CONFLICT,
    ),
    "licences_invalid": Declared("The number of licences is 1 to {most}."),
    "key_used_for_purchase": Declared("This key was used for another purchase.", CONFLICT),
    "key_used_for_give_back": Declared("With this key other licences were given back.", CONFLICT),
    "key_used_for_licence_request": Declared("This key was used for another request for licences.", CONFLICT),
    "key_used_for_change": Declared("This key was used for another change of a number.", CONFLICT),
    "no_price": Declared("There is no price of {add_on} yet; the platform's operator sets it.", CONFLICT),
    "price_invalid": Declared("A price is an amount of 0.00 to 99999.99 with at most two decimals."),
    "price_in_the_past": Declared("A price change applies from a later day than today.", CONFLICT),
    "billing_fixed": Declared(
        "Cycle day, time zone and currency cannot be changed after the first purchase.", CONFLICT
    ),
    "day_invalid": Declared("A cycle day is 1 to 31."),
    "date_invalid": Declared("A day is written as 2026-12-31."),
    "licence_or_add_on": Declared(
        "Name one licence, or an add-on with the number of licences, and not both."
    ),
    "month_invalid": Declared("A month is written as 2026-12; there are 0001-01 to 9999-12."),
    "time_zone_invalid": Declared("A time zone is one of the IANA database, such as Europe/Paris."),
    "currency_invalid": Declared(
        "A currency is the code of one with cents, three letters of ISO 4217, such as EUR."
    ),
    "unknown_purchase": Declared("There is no such purchase of licences.", NOT_FOUND),
    "unknown_licence_request": Declared("There is no such request for licences.", NOT_FOUND),
}
