"""Save views of the inventory: filter, sort and columns under a name, for oneself or for all (P2)."""

from sqlalchemy.ext.asyncio import AsyncConnection

from models.fleet.grid import InventoryQuery
from models.fleet.rows import SavedView
from models.people.callers import Caller, Permission
from models.people.profiles import parse_name
from store.fleet import grid_views
from store.session import Database


class SavedViewDesk:
    """Keeps the views of the calling user, and those that users share with the account. Those that ship are
    `models.fleet.grid.SHIPPED`.

    A shared view is changed by who saved it, and by who manages users.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def views(self, caller: Caller) -> list[SavedView]:
        """The caller's views by name, then those that others share."""
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
            found = await _changed(connection, caller, view)
            named = parse_name(name)
            return await grid_views.rename(
                connection, caller.account, caller.user, found.id, named, by=caller.by
            )

    async def share(self, caller: Caller, view: str) -> None:
        """Give a view to all users of the account. Idempotent. Raises `NotFound` (`unknown_view`)."""
        async with self._database.transaction() as connection:
            caller.require(Permission.EDIT_INVENTORY)
            found = await _changed(connection, caller, view)
            await grid_views.share(connection, caller.account, caller.by, found.id, shared=True)

    async def unshare(self, caller: Caller, view: str) -> None:
        """Leave a view to who saved it alone. Idempotent. Raises `NotFound` (`unknown_view`)."""
        async with self._database.transaction() as connection:
            found = await _changed(connection, caller, view)
            await grid_views.share(connection, caller.account, caller.by, found.id, shared=False)

    async def make_default(self, caller: Caller, view: str | None) -> None:
        """Open the caller's inventory with this view; None: with all rows. Raises `NotFound`
        (`unknown_view`).
        """
        async with self._database.transaction() as connection:
            found = (
                None if view is None else await grid_views.find(connection, caller.account, caller.user, view)
            )
            caller.require(Permission.VIEW_INVENTORY)
            view_id = found.id if found else None
            await grid_views.make_default(connection, caller.account, view_id, caller.user)

    async def delete(self, caller: Caller, view: str) -> None:
        """Delete a view. Raises `NotFound` (`unknown_view`)."""
        async with self._database.transaction() as connection:
            found = await _changed(connection, caller, view)
            await grid_views.delete(connection, caller.account, caller.by, found.id)


async def _changed(connection: AsyncConnection, caller: Caller, view: str) -> SavedView:
    """The view, of which the caller may change something."""
    found = await grid_views.find(connection, caller.account, caller.user, view)
    caller.require(Permission.VIEW_INVENTORY)
    if not found.own:
        caller.require(Permission.MANAGE_USERS)
    return found
