"""Refusals of orders and of the calls that steer them."""

from models.refusals.declared import CONFLICT, FORBIDDEN, NOT_FOUND, Declared

ORDERS = {
    # whether the action is offered
    "not_enabled": Declared(
        "{action} is not enabled in your profile; contact your administrator.", FORBIDDEN
    ),
    "slot_empty": Declared("There is no SIM in this slot.", CONFLICT),
    "sim_discarded": Declared("This SIM is discarded.", CONFLICT),
    "sim_temporary": Declared(
        "The eSIM is temporary until the order is processed; only the ICCID can be entered.", CONFLICT
    ),
    "already_esim": Declared("An eSIM is in this slot already; replace it instead.", CONFLICT),
    "not_an_esim": Declared("A physical SIM is in this slot; switch it to an eSIM.", CONFLICT),
    "no_esim_pack": Declared(
        "Your catalogue has no order pack with an eSIM of this line's provider.", CONFLICT
    ),
    "open_order": Declared("The line has an open order already: {order}.", CONFLICT),
    # what is ordered
    "offer_changed": Declared(
        "The price or the effect is not what was shown any more. Check it, and confirm again.", CONFLICT
    ),
    "pack_not_eligible": Declared(
        "This pack is not available with an eSIM of the line's provider; these are: {packs}{more:more}."
    ),
    "pack_not_chosen": Declared("Several packs fit this line; choose one: {packs}."),
    "quantity_locked": Declared("The quantity of an eSIM for a line is 1."),
    "discard_not_confirmed": Declared(
        "To be confirmed: The SIM in place will be discarded automatically and irreversibly once the "
        "provider has processed the order."
    ),
    "input_invalid": Declared("The input is not valid: {fields}."),
    "key_used": Declared("This key was used for another order: {order}.", CONFLICT),
    "key_invalid": Declared("A key has at most {characters} characters of text."),
    "key_is_ours": Declared("A key may not begin with {beginning} as the keys of the rows of jobs do."),
    # who orders or steers
    "user_needed": Declared("This is done by a user of the account: say which user acts."),
    "not_permitted": Declared(
        "Your role does not allow this: {permission}. Contact your administrator.", FORBIDDEN
    ),
    "key_not_permitted": Declared(
        "The API key does not have this permission: {permission}. Make a key that has it.", FORBIDDEN
    ),
    "user_deactivated": Declared("The user is deactivated.", FORBIDDEN),
    "unknown_actor": Declared(
        "The actor is neither a user of the account nor a contact of the order's distributor.", FORBIDDEN
    ),
    "unknown_origin": Declared("The origin is not one of a call of this actor.", FORBIDDEN),
    # calls about a placed order
    "unknown_order": Declared("There is no order {order}.", NOT_FOUND),
    "unknown_note": Declared("There is no such note of this order.", NOT_FOUND),
    "note_invalid": Declared(
        "A note has at most {characters:,} characters, all of them text: no NUL and no surrogates."
    ),
    "not_acknowledged": Declared(
        "The provider has not acknowledged the order yet; acknowledge it first.", CONFLICT
    ),
    "already_submitted": Declared("The order is submitted already.", CONFLICT),
    "already_provider_processing": Declared(
        "The order is acknowledged already; the provider is processing it.", CONFLICT
    ),
    "already_processed": Declared(
        "The order is processed already; that cannot be changed any more.", CONFLICT
    ),
    "already_cancelled": Declared(
        "The order is cancelled already; that cannot be changed any more.", CONFLICT
    ),
    "already_refused": Declared("The order was refused; place another one.", CONFLICT),
    "iccid_invalid": Declared("An ICCID has 18 to 20 digits."),
    "iccid_unknown": Declared("The eSIM's ICCID is not known yet; give it with this call."),
    "iccid_not_entered": Declared(
        "The ICCID of this kind of order comes from the provider; it cannot be entered.", CONFLICT
    ),
    "sim_suspended": Declared("This SIM is suspended; resume it first.", CONFLICT),
    "iccid_in_use": Declared("The ICCID {iccid} belongs to another SIM.", CONFLICT),
    "line_changed": Declared(
        "The SIM on the line is not the one that was there when the order was placed; cancel it.", CONFLICT
    ),
    "order_over": Declared(
        "{order} has been {order_status} since {since}; there is nothing to retry.", CONFLICT
    ),
    "order_ended": Declared("{order} has ended; it is not e-mailed again.", CONFLICT),
    "order_is_held": Declared(
        "{order} is held, and says why; retry it, and what is missing is sent.", CONFLICT
    ),
    "order_not_mailed": Declared(
        "{order} was not e-mailed to its distributor yet, or its kind never is.", CONFLICT
    ),
    "no_order_contact": Declared(
        "The distributor has no contact with the role “Order”; add one first.", CONFLICT
    ),
    "order_mailed_just_now": Declared(
        "{order} was e-mailed to its distributor less than a minute ago, or is being e-mailed now.", CONFLICT
    ),
    "not_held": Declared("{workflow} is not held; there is nothing to retry.", CONFLICT),
    "not_taken": Declared("The workflow did not accept this call."),
}
