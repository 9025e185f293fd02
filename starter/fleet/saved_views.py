"""Save views of the inventory: filter, sort and columns under a name, for oneself (P2)."""

from models.fleet.grid import InventoryQuery
from models.fleet.rows import SavedView
from models.people.callers import Caller, Permission
from models.people.profiles import parse_name
from store.fleet import grid_views
from store.session import Database


class SavedViewDesk:
    """Keeps the views of the calling user. Those that ship are `models.fleet.grid.SHIPPED`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def views(self, caller: Caller) -> list[SavedView]:
        """The caller's views by name."""
        async with self._database.reading() as connection:
            caller.require(Permission.VIEW_INVENTORY)
            return await grid_views.views(connection, caller.account, caller.user)

    async def save(self, caller: Caller, name: str, query: InventoryQuery) -> SavedView:
        """Save a view, or replace the one of this name. Raises `Refused` (`name_invalid`,
        `too_many_views`).
        """
        async with self._database.transaction() as connection:
            caller.require(Permission.VIEW_INVENTORY)
            named = parse_name(name)
            return await grid_views.save(connection, caller.account, caller.user, named, query.address())

    async def rename(self, caller: Caller, view: str, name: str) -> SavedView:
        """Rename a view (`V-7`). Raises `NotFound` (`unknown_view`), `Refused` (`view_exists`)."""
        async with self._database.transaction() as connection:
            found = await grid_views.find(connection, caller.account, caller.user, view)
            caller.require(Permission.VIEW_INVENTORY)
            return await grid_views.rename(connection, found.id, caller.user, parse_name(name))

    async def make_default(self, caller: Caller, view: str | None) -> None:
        """Open the inventory with this view; None: with all rows. Raises `NotFound` (`unknown_view`)."""
        async with self._database.transaction() as connection:
            found = (
                None if view is None else await grid_views.find(connection, caller.account, caller.user, view)
            )
            caller.require(Permission.VIEW_INVENTORY)
            await grid_views.make_default(connection, found.id if found else None, caller.user)

    async def delete(self, caller: Caller, view: str) -> None:
        """Delete a view. Raises `NotFound` (`unknown_view`)."""
        async with self._database.transaction() as connection:
            found = await grid_views.find(connection, caller.account, caller.user, view)
            caller.require(Permission.VIEW_INVENTORY)
            await grid_views.delete(connection, found.id)
