"""Creates, renames and deletes the management groups that lines are in."""

from sqlalchemy.ext.asyncio import AsyncConnection

from models.fleet.edits import GroupsMode, parse_groups
from models.people.callers import Caller, Permission
from models.people.views import GroupView
from store import lookups
from store.people import group_edits
from store.session import Database


class GroupDesk:
    """The management groups of the caller's account; `PeopleBook.groups` lists them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def group(self, caller: Caller, group: str) -> GroupView:
        """One group, by name or id (`G-2`)."""
        async with self._database.reading() as connection:
            found = await group_edits.find(connection, caller.scope, group)
            caller.require(Permission.VIEW_INVENTORY)
            return found

    async def create_group(self, caller: Caller, account: str | None, name: str) -> GroupView:
        """Create a group; one of this name is the answer if it is there already."""
        async with self._database.transaction() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
            caller.require(Permission.EDIT_INVENTORY)
            scope = caller.of_account(found.id)
            return await group_edits.create(connection, scope, found.id, _name(name), caller.by)

    async def rename_group(self, caller: Caller, group: str, new_name: str) -> GroupView:
        """Rename a group; imported files must use the new name from now on. Raises `Refused`
        (`group_exists`).
        """
        async with self._database.transaction() as connection:
            found, account_id = await self._own(connection, caller, group)
            await group_edits.rename(connection, account_id, found.id, _name(new_name), caller.by)
            return await group_edits.find(connection, caller.scope, f"G-{found.id}")

    async def delete_group(self, caller: Caller, group: str) -> GroupView:
        """Delete a group; its lines and SIMs stay, and are in it no more. Answers what the group was."""
        async with self._database.transaction() as connection:
            found, account_id = await self._own(connection, caller, group)
            await group_edits.remove(connection, account_id, found.id, caller.by)
            return found

    async def _own(self, connection: AsyncConnection, caller: Caller, group: str) -> tuple[GroupView, int]:
        """The group, with the id of the account; the caller may change it."""
        found = await group_edits.find(connection, caller.scope, group)
        caller.require(Permission.EDIT_INVENTORY)
        return found, (await lookups.find_account(connection, caller.scope, found.account)).id


def _name(text: str) -> str:
    (name,) = parse_groups([text], GroupsMode.ADD)
    return name
