"""Which permission shows events of a type in the feed: the one that shows the record that it is about."""

from collections.abc import Collection, Mapping

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


def chosen(event_types: Collection[str]) -> frozenset[str] | None:
    """The types that are meant by these: `order.submitted`, or `order` for all of these. None: one of them
    is unknown.
    """
    found: set[str] = set()
    for wanted in event_types:
        several = {
            name
            for name, audience in EVENT_TYPES.items()
            if audience is Audience.ACCOUNT and (name == wanted or name.startswith(f"{wanted}."))
        }
        if not several:
            return None
        found |= several
    return frozenset(found)
