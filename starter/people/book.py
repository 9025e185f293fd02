"""Read the employees and the management groups of an account."""

from models.identifiers import storable
from models.paging import Page, Position, Wanted
from models.people.callers import Caller, Permission
from models.people.views import EmployeeView, GroupView
from store import lookups
from store.people import book
from store.session import Database


class PeopleBook:
    """Lists who uses SIMs, and the groups that lines are in."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def employees(
        self,
        caller: Caller,
        account: str | None = None,
        *,
        find: str | None = None,
        limit: int | None = None,
        after: Position | None = None,
    ) -> Page[EmployeeView]:
        """List employees by name; `find`: only those whose name or address begins so."""
        async with self._database.reading() as connection:
            scope = await lookups.narrowed(connection, caller.scope, account)
            caller.require(Permission.VIEW_INVENTORY)
            if find is not None and not storable(find):
                return Page()
            return await book.employees(connection, scope, find, Wanted(limit, after))

    async def groups(
        self,
        caller: Caller,
        account: str | None = None,
        *,
        limit: int | None = None,
        after: Position | None = None,
    ) -> Page[GroupView]:
        """List management groups by name, with the number of their lines."""
        async with self._database.reading() as connection:
            scope = await lookups.narrowed(connection, caller.scope, account)
            caller.require(Permission.VIEW_INVENTORY)
            return await book.groups(connection, scope, Wanted(limit, after))
