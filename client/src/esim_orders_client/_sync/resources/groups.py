"""Employees and groups: `client.groups`."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from collections.abc import Iterator

from esim_orders_client._sync.connection import Connection
from esim_orders_client.calls import Call, body_of, path_of
from esim_orders_client.model import Page
from esim_orders_client.models import Group


class GroupsApi:
    """Employees and groups."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self, *, limit: int | None = None, cursor: str | None = None) -> Page[Group]:
        """List groups.

        The management groups of the account, by name.

        Needs the permission `view_inventory`.
        """
        return self._connection.ask(
            Page[Group], Call("GET", path_of("groups"), query={"limit": limit, "cursor": cursor})
        )

    def iterate(self, *, limit: int = 100) -> Iterator[Group]:
        """List groups: the records of all pages, one after another."""
        return self._connection.iterate(lambda cursor: self.list(limit=limit, cursor=cursor))

    def create(self, *, name: str) -> Group:
        """Create a group.

        One of this name is the answer if it is there already. Idempotent.

        Needs the permission `edit_inventory`.
        """
        return self._connection.ask(Group, Call("POST", path_of("groups"), body=body_of({"name": name})))

    def get(self, group: str) -> Group:
        """Show a group.

        One group, by name or `G-2`.

        Needs the permission `view_inventory`.
        """
        return self._connection.ask(Group, Call("GET", path_of("groups", "{group}", group=group)))

    def rename(self, group: str, *, name: str) -> Group:
        """Rename a group.

        Files that are imported must use the new name from now on. Idempotent.

        Needs the permission `edit_inventory`.
        """
        return self._connection.ask(
            Group, Call("PATCH", path_of("groups", "{group}", group=group), body=body_of({"name": name}))
        )

    def delete(self, group: str) -> None:
        """Delete a group.

        Its lines and SIMs stay, and are in it no more.

        Needs the permission `edit_inventory`.
        """
        self._connection.content(Call("DELETE", path_of("groups", "{group}", group=group)))
