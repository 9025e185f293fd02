"""Request licences: an administrator asks, every owner is notified once, a purchase answers (L37)."""

from models.licences.entered import parse_add_on, parse_quantity
from models.licences.licence_views import LicenceRequestView
from models.people.callers import Caller, Permission
from store import lookups
from store.licences import request_rows
from store.session import Database
from temporal.calls import checked_key


class LicenceRequestDesk:
    """Records requests for licences and lists them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def request(
        self,
        caller: Caller,
        account: str | None,
        add_on: str,
        quantity: int,
        note: str | None = None,
        *,
        key: str | None = None,
    ) -> LicenceRequestView:
        """Request so many licences of an add-on, with a note for the owners; once per key."""
        async with self._database.transaction() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            caller.require(Permission.ASSIGN_LICENCES)
            what, number, checked = parse_add_on(add_on), parse_quantity(quantity), checked_key(key)
            return await request_rows.request(
                connection, found.id, caller.user, what, number, note, checked, caller.by
            )

    async def requests(
        self, caller: Caller, account: str | None = None, *, open_only: bool = False
    ) -> list[LicenceRequestView]:
        """List requests for licences, the oldest first; `open_only`: those that no purchase has answered."""
        async with self._database.transaction() as connection:
            scope = await lookups.narrowed(connection, caller.scope, account)
            caller.require(Permission.VIEW_LICENCES)
            return await request_rows.requests(connection, scope, open_only=open_only)
