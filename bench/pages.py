"""Which pages the benchmark opens, as a user who is signed in: 50 rows each."""

from collections.abc import Mapping

from bench.fleet import USER
from models.people.callers import Role
from models.people.sign_in import Visit
from portal.auth.cookies import Cookies
from starter import callers
from starter.people.contacts import ContactDesk
from starter.people.sign_in import begin
from starter.people.users import UserDesk
from store.session import Database

PAGES: Mapping[str, str] = {
    "inventory page": "/inventory?view=all",
    "inventory by number": "/inventory?sort=msisdn",
    "inventory by employee, from the end": "/inventory?sort=-employee_name",
    "inventory, newest first": "/inventory?sort=-newest",
    "inventory: eSIMs": "/inventory?sim_type=esim",
    "inventory: eSIMs without a code": "/inventory?code=none",
    "inventory: requested codes": "/inventory?code=requested",
    "inventory: open orders": "/inventory?order=open",
    "inventory: something to do": "/inventory?to_do=true",
    "inventory: a large group": "/inventory?group=Sales",
    "inventory: a small group": "/inventory?group=Group+1",
    "inventory: a device": "/inventory?device=Phone+50000",
    "inventory: an employee": "/inventory?employee=E-50000",
    "inventory: SIMs in stock": "/inventory?state=in_stock",
    "inventory: discarded SIMs": "/inventory?state=discarded",
    "inventory: a word": "/inventory?q=Phone+500",
    "inventory: a word of all": "/inventory?q=phone",
    "inventory: last digits": "/inventory?q=50000",
    "a device": "/inventory/D-50000",
    "numbers": "/numbers",
    "numbers with a licence": "/numbers?view=assigned",
    "numbers by last digits": "/numbers?find=500",
    "numbers of agents by name": "/numbers?find=agent.15",
    "integrations of a number": "/numbers/N-2/integrations",
    "agents page": "/agents",
    "agents by name": "/agents?find=agent.15",
    "licences: plan": "/licences",
    "licences: list": "/licences/list",
    "licences: requests": "/licences/requests",
    "search for a number": "/search?q=0600050",
    "search for a name": "/search?q=employee+500",
}
"""Of the user who orders."""
OF_OWNER: Mapping[str, str] = {
    "dashboard": "/dashboard",
    "a licence": "/licences/LI-2",
    "charges": "/licences/charges",
    "travel: subscribers": "/travel",
    "travel: subscribers by name": "/travel?q=family+777",
    "travel: subscribers by last digits": "/travel?q=9123",
    "travel: a subscriber": "/travel/subscribers/SB-2",
    "travel: an eSIM line": "/travel/lines/EL-2",
    "travel: eSIM list": "/travel/stock",
    "travel: eSIM list, on lines": "/travel/stock?state=on_line",
    "travel: plans": "/travel/plans",
    "people": "/people",
    "profiles": "/administration/profiles",
    "distributors": "/administration/distributors",
    "employees": "/administration/employees",
    "employees by name": "/administration/employees?q=Employee+500",
    "management groups": "/administration/groups",
    "service users": "/administration/service-users",
    "API keys": "/administration/api-keys",
    "webhooks": "/administration/webhooks",
    "a webhook": "/administration/webhooks/WH-1",
    "catalogue": "/administration/catalogue",
    "audit": "/administration/audit",
    "audit of a user": f"/administration/audit?actor={USER}",
    "e-mails": "/administration/e-mails",
}
OF_DESK: Mapping[str, str] = {
    "desk": "/desk",
    "desk: to be acknowledged": "/desk?view=acknowledge",
    "desk: to be processed": "/desk?view=process",
    "orders of a desk": "/orders",
    "dashboard of a desk": "/dashboard",
}
PAGES_OF: Mapping[Role | None, Mapping[str, str]] = {
    None: PAGES,
    Role.OWNER: OF_OWNER,
    Role.PROVIDER_DESK: OF_DESK,
}
"""By role; None: the account's first user."""


async def signed_in(database: Database, portal_url: str, role: Role | None = None) -> dict[str, str]:
    """The cookie of a session of the account's first user, or of a new one with this role."""
    operator, users = callers.operator(), UserDesk(database)
    user = await users.user(operator, USER)
    if role is not None:
        distributor = None
        if role is Role.PROVIDER_DESK:
            distributor = (await ContactDesk(database).distributors(operator, user.account))[0]
        address = f"{role}@people.example"
        user = await users.create_user(
            operator, user.account, "Person", address, role=role, distributor=distributor
        )
    async with database.transaction() as connection:
        session, _ = await begin(connection, user, Visit())
    return {Cookies(portal_url).session: session.token}
