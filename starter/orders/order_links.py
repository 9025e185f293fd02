"""The links in the e-mails of an order: who has one, and revoking one (S4). Needs the database only.

for link in await desks.order_links.links(adam, "order-..."):
await desks.order_links.revoke(adam, "order-...", link.id)
"""

from models.orders.links import OrderLinkView
from models.people.callers import Caller, Permission
from store.orders import links
from store.orders.access import find_order
from store.session import Database


class OrderLinkDesk:
    """Shows and revokes the links by which contacts answer orders without an account."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def links(self, caller: Caller, order_id: str) -> list[OrderLinkView]:
        """The links of the order, newest first, without their tokens. Raises `NotFound` (`unknown_order`)."""
        async with self._database.reading() as connection:
            order = await find_order(connection, caller.scope, order_id)
            caller.require(Permission.MANAGE_CONTACTS)
            return await links.of_order(connection, order.account_id, order.id)

    async def revoke(self, caller: Caller, order_id: str, link_id: int) -> OrderLinkView:
        """Revoke one link: it is dead for every call. Idempotent. Raises `NotFound` (`unknown_order`,
        `unknown_link`).
        """
        async with self._database.transaction() as connection:
            order = await find_order(connection, caller.scope, order_id)
            caller.require(Permission.MANAGE_CONTACTS)
            await links.revoke(connection, order.id, link_id, caller.by)
            found = await links.of_order(connection, order.account_id, order.id)
        return next(link for link in found if link.id == link_id)
