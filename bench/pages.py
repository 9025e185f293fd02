"""Which pages the benchmark opens, as a user who is signed in: 50 rows each."""

from collections.abc import Mapping

from bench.fleet import USER
from models.people.sign_in import Visit
from portal.auth.cookies import Cookies
from starter import callers
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


async def signed_in(database: Database, portal_url: str) -> dict[str, str]:
    """The cookie of a session of the account's first user."""
    user = await UserDesk(database).user(callers.operator(), USER)
    async with database.transaction() as connection:
        session, _ = await begin(connection, user, Visit())
    return {Cookies(portal_url).session: session.token}
