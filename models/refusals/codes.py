"""Refusals about QR codes: requests, e-mail texts, links, imports and notifications."""

from models.refusals.declared import CONFLICT, FORBIDDEN, GONE, NOT_FOUND, TOO_MANY, UNAVAILABLE, Declared

CODES = {
    # requests
    "no_qr_contact": Declared("No contact of the SIM's distributor has the role 'eSIM QR Code'.", CONFLICT),
    "no_recipient": Declared("A request needs at least one recipient."),
    "no_recipient_left": Declared(
        "No contact who was asked has the role 'eSIM QR Code' any more; send the request again.", CONFLICT
    ),
    "recipient_lacks_role": Declared(
        "A recipient is no contact of the SIM's distributor with the role 'eSIM QR Code'."
    ),
    "recipient_not_eligible": Declared(
        "Only contacts with the role 'eSIM QR Code' can be chosen: {contacts}."
    ),
    "open_qr_request": Declared("The code was requested already: {request}. Send that one again.", CONFLICT),
    "esim_needed": Declared("Only an eSIM has a QR code; this is a physical SIM.", CONFLICT),
    "unknown_request": Declared("There is no request {request}.", NOT_FOUND),
    "request_stalled": Declared(
        "The workflow of {request} was terminated; `qr retry` starts it again.", CONFLICT
    ),
    "already_imported": Declared("The request is over: the code was imported.", CONFLICT),
    "already_withdrawn": Declared("The request is over: it was withdrawn.", CONFLICT),
    "already_sim_discarded": Declared("The request is over: the SIM is discarded.", CONFLICT),
    "request_refused": Declared("The request was refused; make another one.", CONFLICT),
    "key_used_for_sim": Declared("This key was used for another SIM, {sim}.", CONFLICT),
    "key_used_for_request": Declared("This key was used for another request; take a new one.", CONFLICT),
    # e-mail texts
    "unknown_email_text": Declared("The account has no such e-mail text.", NOT_FOUND),
    "subject_not_one_line": Declared("The subject has to be a single line."),
    "subject_empty": Declared("The subject is empty."),
    "subject_too_long": Declared("The subject has more than {characters:,} characters."),
    "text_empty": Declared("The text is empty."),
    "text_too_long": Declared("The text has more than {characters:,} characters."),
    "text_not_storable": Declared("The text holds a character that cannot be kept."),
    "text_not_utf8": Declared("The text is not UTF-8."),
    "too_many_cc": Declared("A request is copied to at most {most} additional recipients."),
    # codes
    "no_qr_code_yet": Declared("The SIM has no QR code yet.", NOT_FOUND),
    "unknown_version": Declared("There is no such version of a QR code.", NOT_FOUND),
    "activation_code_invalid": Declared("This is not a valid activation code: {rule}."),
    "code_in_parts": Declared(
        "It is not clear which is the server and which the activation code, or one of them is missing; enter "
        "both on one line, as LPA:1$SERVER$CODE."
    ),
    "several_codes": Declared(
        "This text holds several activation codes; enter only the one that belongs to this eSIM."
    ),
    "code_shared": Declared(
        "This code is the same for everybody: it has no matching id, so it names no eSIM; ask the provider "
        "for the code of this eSIM."
    ),
    "confirmation_code_in_code": Declared(
        "This activation code has a confirmation code in its last part; leave that part out, and enter it as "
        "the confirmation code."
    ),
    # what is scanned or entered instead of a code
    "install_link_without_code": Declared(
        "This install link holds no activation code; copy all of the link, or enter the code itself, which "
        "begins with LPA:1$."
    ),
    "web_address_instead": Declared(
        "This is a web address, not an activation code; enter the code itself, which begins with LPA:1$."
    ),
    "confirmation_code_instead": Declared(
        "This looks like a confirmation code alone; enter the activation code, which begins with LPA:1$, and "
        "this one beside it."
    ),
    "iccid_instead": Declared(
        "This is an ICCID, the number of the SIM, not its activation code, which begins with LPA:1$."
    ),
    "eid_instead": Declared(
        "This is an EID, the number of the phone's eSIM chip, not an activation code, which begins with "
        "LPA:1$."
    ),
    "phone_number_instead": Declared(
        "This is a phone number, not an activation code, which begins with LPA:1$."
    ),
    "wifi_code_instead": Declared(
        "This code connects a phone to a Wi-Fi network; the activation code of an eSIM begins with LPA:1$."
    ),
    "confirmation_code_invalid": Declared(
        "A confirmation code has 1 to {characters} characters, on one line."
    ),
    "code_on_another_sim": Declared(
        "This activation code is on another SIM already; ask the distributor for the right one.", CONFLICT
    ),
    # links
    "link_unknown": Declared(
        "There is no such link; copy all of it, or ask the sender for a new one.", NOT_FOUND
    ),
    "link_expired": Declared("This link has expired; ask the sender for a new one.", GONE),
    "link_revoked": Declared("This link is no longer valid; ask the sender for a new one.", GONE),
    "unknown_link": Declared("There is no link {link}.", NOT_FOUND),
    "link_id_invalid": Declared(
        "This is not the name of a link: it is named as in link:7, see `qr history`."
    ),
    "too_many_tries": Declared(
        "This link was used too often within a few minutes; try again in ten minutes.", TOO_MANY
    ),
    "request_over": Declared("The request is over: {ended}.", GONE),
    "upload_unknown": Declared("What was uploaded is not kept any more; upload it again.", NOT_FOUND),
    "not_imported": Declared("No code was imported with this link.", CONFLICT),
    # what the upload page sends
    "nothing_chosen": Declared("Choose a file first, or type the code in."),
    "upload_unreadable": Declared("What was sent could not be read: send one file only, and try again."),
    "cross_site": Declared(
        "This form was sent from another site; open its page here, and try again.", FORBIDDEN
    ),
    # notifications
    "no_manager": Declared(
        "No user requested this code and the account has no contact address; name whom to notify."
    ),
    "unknown_notification": Declared("There is no notification {notification}.", NOT_FOUND),
    "code_replaced": Declared("The SIM has a newer code by now; ask again to notify of that.", CONFLICT),
    "key_used_for_notification": Declared(
        "This key was used for another notification; take a new one.", CONFLICT
    ),
    # keys
    "secret_keys_missing": Declared(
        "There are no keys to keep QR codes with: set ESIM_SECRET_KEYS in every process to the same value.",
        UNAVAILABLE,
    ),
    "keys_invalid": Declared(
        "{setting} must be id:key entries, newest first, separated by commas, each id once (letters, digits, "
        ". _ -) and each key 32 random bytes in Base64; only ESIM_PAYLOAD_KEYS may begin with `plain`. "
        "A new one: esim-orders keys new.",
        UNAVAILABLE,
    ),
}
