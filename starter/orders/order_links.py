"""The links in the e-mails of an order: who has one, revoking one (S4), and mailing the order again.

for link in await desks.order_links.links(adam, "order-..."):
await desks.order_links.revoke(adam, "order-...", link.id)
await desks.order_links.mail_again(adam, "order-...", key="case-81")

Only the last of these needs Temporal.
"""

import contextlib

from models.orders.links import MailedAgain, OrderLinkView
from models.people.callers import Caller, Permission
from starter.connected import ConnectedDesk
from starter.keys import checked_key
from store.orders import links, mail_again
from store.orders.access import find_order
from temporal.calls import NoSuchWorkflow
from workflows.orders.order import EsimOrder


class OrderLinkDesk(ConnectedDesk):
    """Shows and revokes the links by which contacts answer orders without an account, and sends new ones."""

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

    async def mail_again(self, caller: Caller, order_id: str, key: str | None = None) -> MailedAgain:
        """E-mail an open order once more, with a new link, to all who are order contacts of its distributor
        now; once per key. The wait for an answer begins again; reminders that were sent count.

        Raises `NotFound` (`unknown_order`), `Refused` (`order_ended`, `order_is_held`, `order_not_mailed`,
        `no_order_contact`, `order_mailed_just_now`). After `Unavailable` call again with the same key.
        """
        checked = checked_key(key)
        async with self._database.transaction() as connection:
            order = await find_order(connection, caller.scope, order_id)
            caller.require(Permission.MANAGE_CONTACTS)
            first = await mail_again.ask(connection, order, caller.by, checked)
        with contextlib.suppress(NoSuchWorkflow):  # a retry starts another, which finds what is to be sent
            await self._calls.signal(order.id, EsimOrder.look)
        return MailedAgain(order_id=order.id, key=checked, replayed=not first)
