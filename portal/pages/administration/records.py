"""The page on which a record that an event names is seen."""

from collections.abc import Mapping

from models.identifiers import named
from models.people.callers import Permission
from portal.auth.signed_in import SignedIn

_PAGES: Mapping[str, tuple[str, Permission]] = {
    "L": ("/lines/{id}", Permission.VIEW_INVENTORY),
    "N": ("/numbers/{id}", Permission.VIEW_LICENCES),
    "AG": ("/agents/{id}", Permission.VIEW_LICENCES),
    "LI": ("/licences/{id}", Permission.VIEW_LICENCES),
    "SB": ("/travel/subscribers/{id}", Permission.VIEW_TRAVEL),
    "EL": ("/travel/lines/{id}", Permission.VIEW_TRAVEL),
    "TP": ("/travel/plans/{id}", Permission.VIEW_TRAVEL),
    "C": ("/administration/contacts/{id}", Permission.VIEW_PEOPLE),
    "E": ("/administration/employees/{id}", Permission.VIEW_INVENTORY),
    "AP": ("/administration/profiles/{id}", Permission.VIEW_PEOPLE),
    "G": ("/administration/groups#{id}", Permission.VIEW_INVENTORY),
    "S": ("/inventory/sims/{id}", Permission.VIEW_INVENTORY),
    "U": ("/people/{id}", Permission.VIEW_PEOPLE),
    "K": ("/administration/api-keys/{id}", Permission.MANAGE_API_KEYS),
    "WH": ("/administration/webhooks/{id}", Permission.MANAGE_WEBHOOKS),
    "J": ("/jobs/{id}", Permission.RUN_JOBS),
    "licence": ("/licences/requests", Permission.VIEW_LICENCES),  # a request for licences
    "order": ("/orders/{id}", Permission.VIEW_ORDERS),
}
"""By the letters of the id. Kinds of records without a page are not links."""


def page_of(record: str, who: SignedIn) -> str:
    """The path of the page of a record (`line:42`, `order-...`) that the person may see; "" for none."""
    name = named(record)
    path, needs = _PAGES.get(name.partition("-")[0], ("", None))
    return path.format(id=name) if needs is not None and who.may(needs) else ""
