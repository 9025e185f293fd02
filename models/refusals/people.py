"""Refusals about the administration of accounts, and about edits of lines and their SIMs."""

from models.refusals.declared import CONFLICT, FORBIDDEN, NOT_FOUND, Declared

ACCOUNTS = {
    "account_closed": Declared(
        "The account is closed; the platform's operator can open it again.", FORBIDDEN
    ),
    "name_in_use": Declared("There is an account of this name already.", CONFLICT),
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
    # the groups
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
