"""`/administration`: what can be administered, each section with a sentence (P11)."""

from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from models.people.callers import Permission
from portal.auth.signed_in import SignedIn
from portal.pages.routes import page


class Section(NamedTuple):
    """An entry of the page. `name`: its words in the table of its group, title and about."""

    name: str
    path: str
    needs: Permission
    icon: str


class Group(NamedTuple):
    """Entries that belong together. `name`: of the table with their words, `administration_<name>`."""

    name: str
    sections: tuple[Section, ...]


GROUPS: tuple[Group, ...] = (
    Group(
        "people",
        (
            Section("users", "/people", Permission.VIEW_PEOPLE, "people"),
            Section("service_users", "/administration/service-users", Permission.VIEW_PEOPLE, "swap"),
            Section("profiles", "/administration/profiles", Permission.VIEW_PEOPLE, "lock"),
        ),
    ),
    Group(
        "fleet",
        (
            Section("employees", "/administration/employees", Permission.VIEW_INVENTORY, "person"),
            Section("groups", "/administration/groups", Permission.VIEW_INVENTORY, "columns"),
            Section("distributors", "/administration/distributors", Permission.VIEW_PEOPLE, "mail"),
        ),
    ),
    Group(
        "account", (Section("settings", "/administration/account", Permission.VIEW_PEOPLE, "administration"),)
    ),
    Group(
        "systems",
        (
            Section("api_keys", "/administration/api-keys", Permission.MANAGE_API_KEYS, "lock"),
            Section("webhooks", "/administration/webhooks", Permission.MANAGE_WEBHOOKS, "external"),
        ),
    ),
    Group(
        "records",
        (
            Section("catalogue", "/administration/catalogue", Permission.VIEW_CATALOGUE, "orders"),
            Section("audit", "/administration/audit", Permission.VIEW_AUDIT, "search"),
            Section("mail_log", "/administration/e-mails", Permission.VIEW_AUDIT, "mail"),
        ),
    ),
)
"""In the order in which they are shown. A section without pages is not here: no link leads nowhere."""


async def show(request: Request, who: SignedIn) -> Response:
    """What the person may look at."""
    return who.page(request, "administration/index", groups=offered(who))


def offered(who: SignedIn) -> list[Group]:
    """The sections that the person may look at; a group without any is left out."""
    seen = [
        each._replace(sections=tuple(one for one in each.sections if who.may(one.needs))) for each in GROUPS
    ]
    return [each for each in seen if each.sections]


routes = [page("/administration", show, needs=Permission.VIEW_PEOPLE)]
