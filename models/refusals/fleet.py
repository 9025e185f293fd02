"""Refusals about accounts, lines, SIMs, catalogues, contacts, users and profiles."""

from models.refusals.declared import CONFLICT, FORBIDDEN, NOT_FOUND, Declared

FLEET = {
    "no_account": Declared("There is no account yet; import a fleet first.", NOT_FOUND),
    "account_needed": Declared("There are several accounts; name one."),
    "unknown_account": Declared("There is no such account.", NOT_FOUND),
    "unknown_line": Declared("There is no such line in the account.", NOT_FOUND),
    "unknown_sim": Declared("There is no such SIM in the account.", NOT_FOUND),
    "unknown_device": Declared("There is no such device in the account.", NOT_FOUND),
    "unknown_view": Declared("You have no such saved view.", NOT_FOUND),
    "unknown_rows": Declared("The inventory has not all of these rows.", NOT_FOUND),
    "view_exists": Declared("You have a saved view of this name already.", CONFLICT),
    "too_many_views": Declared("You have {most} saved views; delete one first."),
    "slot_needed": Declared("The SIM is in no slot of a device, so this cannot be done to it here."),
    "bulk_too_many": Declared("A bulk action takes up to {most} rows; narrow the filter."),
    "bulk_changed": Declared(
        "The rows are not what was shown any more: something changed meanwhile. Look again, then confirm.",
        CONFLICT,
    ),
    "unknown_pack": Declared("There is no such pack in the account.", NOT_FOUND),
    "unknown_user": Declared("There is no such user in the account.", NOT_FOUND),
    "unknown_profile": Declared("There is no such profile in your account.", NOT_FOUND),
    "unknown_target": Declared("A target is {actions}, one of them with a slot such as {example}, or all."),
    "unknown_role": Declared("A contact's role is one of: {roles}."),
    "unknown_user_role": Declared("A user's role is one of: {roles}."),
    "distributor_of_desk": Declared("A distributor is named for the role 'provider desk', and for no other."),
    "role_above_yours": Declared(
        "The role '{role}' allows more than yours; ask who has such a role, or the platform's operator.",
        FORBIDDEN,
    ),
    "list_invalid": Declared("The address has a filter or a value that does not exist: {fields}."),
    "own_user": Declared(
        "This is your own user: another person who may manage users deactivates you or changes your role or "
        "profile.",
        FORBIDDEN,
    ),
    "user_changed": Declared(
        "This person was changed meanwhile. The form shows what is saved now: make your change again.",
        CONFLICT,
    ),
    "last_who_manages_users": Declared(
        "Nobody else in the account may manage users; give another person such a role first.", CONFLICT
    ),
    "profile_exists": Declared("The account has a profile of this name already.", CONFLICT),
    "name_invalid": Declared(
        "A name has 1 to {characters} characters, and no line breaks, control or bidirectional characters."
    ),
    "email_invalid": Declared("This is not an e-mail address."),
    "email_in_use": Declared(
        "This e-mail address cannot be that of a new user: an address signs one user in. Use another one.",
        CONFLICT,
    ),
    "unknown_contact": Declared("There is no such contact.", NOT_FOUND),
    "contact_ambiguous": Declared("Several contacts have this address; name one: {contacts}.", CONFLICT),
    "contact_exists": Declared(
        "The distributor has a contact with this address already, {contact}; `contact edit` changes it.",
        CONFLICT,
    ),
    "role_contradicted": Declared("A role is either given or taken away."),
    "unknown_distributor": Declared(
        "There is no such distributor; a fleet or a catalogue that is imported brings them.", NOT_FOUND
    ),
    "unknown_person": Declared("No person is known by this address, name or reference.", NOT_FOUND),
    "person_ambiguous": Declared("Several people have this name; name one: {references}.", CONFLICT),
    "person_needed": Declared(
        "These still need the person ({count} in all): {references}. Complete them, or cancel, withdraw or "
        "revoke them first.",
        CONFLICT,
    ),
}
