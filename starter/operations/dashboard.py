"""What waits and what was done, at a glance: needs the database only (P12)."""

from models.operations.dashboard import Dashboard
from models.people.callers import Caller, Permission
from settings import Settings
from starter.orders.waits_for import late_after
from store.operations import dashboard
from store.session import Database


class DashboardDesk:
    """Counts the open work in the caller's scope."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._late_after = late_after(settings)

    async def dashboard(self, caller: Caller) -> Dashboard:
        """Open and late orders, requests for codes, and the orders of the last 30 days by day."""
        async with self._database.reading() as connection:
            caller.require(Permission.VIEW_ORDERS)
            return await dashboard.dashboard(connection, caller.scope, self._late_after)
