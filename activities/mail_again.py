"""The follow-up that e-mails an order to its provider once more, where a step of the order finds it first."""

from collections.abc import Mapping

from temporalio.client import Client

from providers.port import Provider
from providers.registry import PROVIDERS
from store.orders import mail_again
from store.orders.follow_ups import Due
from store.session import Database


class MailAgain:
    """Hands the order over again by the port of its kind; mostly the step that reminds has done so."""

    def __init__(self, ports: Mapping[str, Provider]) -> None:
        self._ports = ports

    async def __call__(self, _: Client, due: Due, database: Database) -> None:
        """Hand it over, unless it has ended; what was sent is not sent again."""
        async with database.reading() as connection:
            kind = await mail_again.kind_of(connection, due.order_id)
        await self._ports[PROVIDERS[kind]].again(due.order_id, kind, due.id, retries=0)
