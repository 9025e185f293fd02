"""Refusals about the administration of accounts, and about edits of lines and their SIMs."""

from models.refusals.declared import CONFLICT, FORBIDDEN, NOT_FOUND, Declared

ACCOUNTS = {
    "account_closed": Declared(
        "The account is closed; the platform's operator can open it again.", FORBIDDEN
    ),
    "name_in_use": Declared("There is an account of this name already.", CONFLICT),
    "sender_name_invalid": Declared(
        "The name of the sender has no @ and no <: it would be read as an address."
    ),
    "reminders_invalid": Declared(
        "A reminder comes after 1 to {days} days, and 0 to {most} are sent before what waits is held."
    ),
    # which lines
    "no_lines": Declared("Name at least one line."),
    "too_many_lines": Declared("At most {lines:,} lines are edited in one call."),
    "unknown_lines": Declared(
        "There are no such lines in the account: number {places} of those named.", NOT_FOUND
    ),
    "several_accounts": Declared("The lines are of several accounts; edit those of one account in one call."),
    "slots_empty": Declared("There is no SIM in the slot of: {lines}.", CONFLICT),
    "no_open_order": Declared("The line has no open order, so it has no temporary eSIM.", CONFLICT),
    # the employee
    "employee_needed": Declared("Say who uses the SIMs: --employee EMPLOYEE, or --employee none."),
    "unknown_employee": Declared("There is no such employee in the account.", NOT_FOUND),
    "employee_ambiguous": Declared("Several employees have this name; name one: {employees}.", CONFLICT),
    "employee_exists": Declared(
        "The address is that of {employee}, who has another name; leave the name out.", CONFLICT
    ),
    "employee_email_needed": Declared("A new employee needs an e-mail address besides the name."),
    "employee_address_taken": Declared("The address is that of another employee: {employee}.", CONFLICT),
    "employee_name_taken": Declared(
        "Another employee without an address has this name: {employee}. Give one of them an address.",
        CONFLICT,
    ),
    "employee_uses_sims": Declared(
        "The employee uses SIMs ({sims} in all); give these to another employee, or to none, first.", CONFLICT
    ),
    # the profile
    "profile_changed": Declared(
        "This profile was changed meanwhile. The form shows what is saved now: make your change again.",
        CONFLICT,
    ),
    "profile_is_default": Declared(
        "The default profile cannot be deleted: users without another one get it.", CONFLICT
    ),
    "profile_in_use": Declared(
        "Users have this profile ({users} in all); say which profile they get instead.", CONFLICT
    ),
    "profile_replaced": Declared("A profile that is deleted cannot be the one that its users get."),
    # the groups
    "no_such_group": Declared("There is no such management group in the account.", NOT_FOUND),
    "group_exists": Declared("The account has a management group of this name already.", CONFLICT),
    "groups_needed": Declared('Say which groups: --groups "Sales;Lyon".'),
    "groups_contradicted": Declared("Groups are either added or removed."),
    "groups_mode_unknown": Declared("What is done with groups is one of: {modes}."),
    "no_groups": Declared("Name at least one group to add or to remove."),
    "group_name_invalid": Declared("The name of a group has no semicolon."),
    "groups_unknown": Declared("There are no such management groups: {groups}.", NOT_FOUND),
    "unknown_group": Declared(
        "There are no such management groups: number {places} of those named.",
        NOT_FOUND,
    ),
}
