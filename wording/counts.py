"""How many of each, as the command line says it in English: 1 user, 3 devices."""

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
}
"""What imports and edits count, by its name in their reports."""

ERASED: Mapping[str, Plural] = {
    "users": COUNTS["users"],
    "employees": COUNTS["employees"],
    "contacts": COUNTS["contacts"],
    "sims": Plural("{number} SIM without a user then", "{number} SIMs without a user then"),
    "letters": Plural("{number} letter written", "{number} letters written"),
    "notes": Plural("{number} note written", "{number} notes written"),
    "mentions": Plural("{number} text that names them", "{number} texts that name them"),
    "copies": Plural("{number} letter copied to them", "{number} letters copied to them"),
    "notifications": Plural("{number} notification to them", "{number} notifications to them"),
    "accounts": Plural(
        "{number} account without a contact address then", "{number} accounts without a contact address then"
    ),
}
"""What the erasure of a person counts."""

HELD: Mapping[str, Plural] = {
    "order": Plural("{number} order", "{number} orders"),
    "qr_request": Plural("{number} QR request", "{number} QR requests"),
    "qr_notification": Plural("{number} notification", "{number} notifications"),
}
"""What may be held, by its kind."""

DEAD_LINKS = Plural(
    "{number} link that showed it shows nothing", "{number} links that showed it show nothing"
)
POLLING_WORKERS = Plural("{number} worker polls", "{number} workers poll")


def counted(count: int, things: Plural) -> str:
    """So many things."""
    return plural_of(count, things, Language.EN)


def listed(counts: Mapping[str, int], things: Mapping[str, Plural] = COUNTS) -> str:
    """How many of each that there are any of; what has no words here, of another version, is named."""
    return ", ".join(
        counted(count, things.get(name, Plural(f"{{number}} {name}", f"{{number}} {name}")))
        for name, count in counts.items()
        if count
    )


def erased(counts: Mapping[str, int]) -> str:
    """What the erasure of a person concerned: the person first."""
    return listed({**dict.fromkeys(ERASED, 0), **counts}, ERASED)
