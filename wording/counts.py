"""Counts with their nouns in English, for the command line: 1 user, 3 devices."""

from collections.abc import Mapping

from models.language import Language
from wording.numbers import Plural
from wording.numbers import counted as plural_of

COUNTS: Mapping[str, Plural] = {
    "rows": Plural("{number} row", "{number} rows"),
    "accounts": Plural("{number} account", "{number} accounts"),
    "providers": Plural("{number} provider", "{number} providers"),
    "distributors": Plural("{number} distributor", "{number} distributors"),
    "packs": Plural("{number} pack", "{number} packs"),
    "contacts": Plural("{number} contact", "{number} contacts"),
    "lines": Plural("{number} line", "{number} lines"),
    "devices": Plural("{number} device", "{number} devices"),
    "groups": Plural("{number} group", "{number} groups"),
    "employees": Plural("{number} employee", "{number} employees"),
    "users": Plural("{number} user", "{number} users"),
    "SIMs": Plural("{number} SIM", "{number} SIMs"),
    "eSIMs": Plural("{number} eSIM", "{number} eSIMs"),
    "numbers": Plural("{number} number", "{number} numbers"),
    "agents": Plural("{number} agent", "{number} agents"),
    "renamed_agents": Plural("{number} agent renamed", "{number} agents renamed"),
    "subscribers": Plural("{number} subscriber", "{number} subscribers"),
    "travel_plans": Plural("{number} travel plan", "{number} travel plans"),
    "rates": Plural("{number} rate", "{number} rates"),
    "rates_removed": Plural("{number} rate removed", "{number} rates removed"),
}
"""The records that imports and edits count, by their names in the reports."""

ERASED: Mapping[str, Plural] = {
    "users": COUNTS["users"],
    "employees": COUNTS["employees"],
    "contacts": COUNTS["contacts"],
    "agents": COUNTS["agents"],
    "subscribers": COUNTS["subscribers"],
    "sims": Plural("{number} SIM left without a user", "{number} SIMs left without a user"),
    "email_texts": Plural("{number} e-mail text written", "{number} e-mail texts written"),
    "notes": Plural("{number} note written", "{number} notes written"),
    "mentions": Plural("{number} text that names them", "{number} texts that name them"),
    "copies": Plural("{number} e-mail copied to them", "{number} e-mails copied to them"),
    "notifications": Plural("{number} notification to them", "{number} notifications to them"),
    "accounts": Plural(
        "{number} account left without a contact address", "{number} accounts left without a contact address"
    ),
}
"""The records that the erasure of a person counts."""

HELD: Mapping[str, Plural] = {
    "order": Plural("{number} order", "{number} orders"),
    "qr_request": Plural("{number} QR request", "{number} QR requests"),
    "qr_notification": Plural("{number} notification", "{number} notifications"),
    "number_change": Plural("{number} change of a number", "{number} changes of numbers"),
    "licence_request": Plural("{number} request for licences", "{number} requests for licences"),
    "travel_notice": Plural("{number} notice to the staff", "{number} notices to the staff"),
    "user_mail": Plural("{number} e-mail to a user", "{number} e-mails to users"),
    "travel_line": Plural("{number} eSIM line", "{number} eSIM lines"),
    "job": Plural("{number} job", "{number} jobs"),
}
"""Work that may be held, by its kind."""

POLLING_WORKERS = Plural("{number} worker polls", "{number} workers poll")


def counted(count: int, things: Plural) -> str:
    """The count with its noun."""
    return plural_of(count, things, Language.EN)


def listed(counts: Mapping[str, int], things: Mapping[str, Plural] = COUNTS) -> str:
    """The counts that are not zero, with their nouns; a name of another version is shown as it is."""
    return ", ".join(
        counted(count, things.get(name, Plural(f"{{number}} {name}", f"{{number}} {name}")))
        for name, count in counts.items()
        if count
    )


def erased(counts: Mapping[str, int]) -> str:
    """The records that an erasure concerned, the person first."""
    return listed({**dict.fromkeys(ERASED, 0), **counts}, ERASED)
