"""Which permission shows events of a type in the feed: the one that shows the record that it is about."""

from collections.abc import Collection, Iterable, Mapping

from models.events import EVENT_TYPES, Audience
from models.people.callers import Permission

_OF_RECORD: Mapping[str, Permission] = {
    **dict.fromkeys(("order", "esim", "sim", "incident", "mail"), Permission.VIEW_ORDERS),
    **dict.fromkeys(
        ("qr", "notification", "link", "line", "employee", "group", "view"), Permission.VIEW_INVENTORY
    ),
    **dict.fromkeys(
        ("number", "agent", "licence", "licence_request", "add_on", "billing"), Permission.VIEW_LICENCES
    ),
    **dict.fromkeys(
        ("esim_line", "plan", "stock", "subscriber", "travel_notice", "travel_plan", "travel_rates"),
        Permission.VIEW_TRAVEL,
    ),
    **dict.fromkeys(("profile", "contact"), Permission.VIEW_PEOPLE),
    "job": Permission.RUN_JOBS,
}
"""By the first part of the type; all others (users, keys, the account itself) are for who sees the audit."""
_OF_TYPE: Mapping[str, Permission] = {"sim.employee_changed": Permission.VIEW_INVENTORY}


def permission_of(event_type: str) -> Permission:
    """The permission that shows events of this type."""
    subject = event_type.partition(".")[0]
    return _OF_TYPE.get(event_type) or _OF_RECORD.get(subject, Permission.VIEW_AUDIT)


def types_for(permissions: Collection[Permission]) -> frozenset[str] | None:
    """The types of events of an account that these permissions show; None: every type."""
    of_account = [name for name, audience in EVENT_TYPES.items() if audience is Audience.ACCOUNT]
    shown = frozenset(name for name in of_account if permission_of(name) in permissions)
    return None if len(shown) == len(of_account) else shown


def meant_by(names: Iterable[str]) -> tuple[frozenset[str], list[str]]:
    """The types of events of an account that are meant by these names: `order.submitted`, or `order` for all
    of these; and the names that mean none.
    """
    found: set[str] = set()
    unknown: set[str] = set()
    for wanted in names:
        several = {
            name
            for name, audience in EVENT_TYPES.items()
            if audience is Audience.ACCOUNT and (name == wanted or name.startswith(f"{wanted}."))
        }
        found |= several
        if not several:
            unknown.add(wanted)
    return frozenset(found), sorted(unknown)
