"""Orders that are handed to their provider once more, because a user asked for it.

The step that reminds the provider does it while the order waits; any other step of the order that comes first
leaves it to the follow-up.
"""

from collections.abc import Mapping

from temporalio.client import Client

from providers.port import Provider
from providers.registry import PROVIDERS
from store.orders import follow_ups, mail_again
from store.orders.follow_ups import Due
from store.session import Database


async def hand_over_again(database: Database, port: Provider, order_id: str, kind: str, retries: int) -> None:
    """Hand the order over again for each time that it was asked for and not done, and record that it is done.
    What was sent is not sent again, nor is an order that has ended.
    """
    async with database.reading() as connection:
        asked = await mail_again.due(connection, order_id)
    for one in asked:
        await port.again(order_id, kind, one, retries)
        async with database.transaction() as connection:
            await follow_ups.done(connection, one)


class MailAgain:
    """The follow-up of the kind `mail_again`: does it by the port of the order's kind."""

    def __init__(self, ports: Mapping[str, Provider]) -> None:
        self._ports = ports

    async def __call__(self, _: Client, due: Due, database: Database) -> None:
        """Hand the order over again, unless that was done meanwhile."""
        async with database.reading() as connection:
            kind = await mail_again.kind_of(connection, due.order_id)
        await hand_over_again(database, self._ports[PROVIDERS[kind]], due.order_id, kind, retries=0)
