"""The relay of webhooks: looks each second which endpoints have something due, and wakes their workflows.

It runs in every worker; one at a time does it. What it does not get done, the next look does.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from sqlalchemy.exc import SQLAlchemyError
from temporalio.client import Client
from temporalio.service import RPCError

from models.errors import EsimError
from store.operations import webhook_relay
from store.operations.webhook_relay import DueWebhook
from store.session import Database
from temporal.webhooks import wake

EVERY = 1.0
"""Seconds between two looks."""
MOST_AT_ONCE = 30
"""Endpoints that are delivered to at the same time: the steps of orders need the workers, too."""
_PURGE_EVERY = 600.0

_log = logging.getLogger(__name__)


class WebhookRelay:
    """Wakes what is due."""

    def __init__(self, client: Client, database: Database, task_queue: str) -> None:
        self._client = client
        self._database = database
        self._task_queue = task_queue
        self._purged_at = 0.0
        self._failing = False

    async def keep_looking(self) -> None:
        """Look each second, whatever fails."""
        while True:
            try:
                await self.look()
                self._failing = False
            except (EsimError, SQLAlchemyError, RPCError, RuntimeError) as failure:
                if not self._failing:
                    _log.warning("Webhooks are not looked at: %s.", type(failure).__name__)
                self._failing = True
            await asyncio.sleep(EVERY)

    async def look(self) -> int:
        """Wake what is due; how many. Raises what database and Temporal raise."""
        async with self._database.reading() as connection:
            anything = await webhook_relay.anything(connection)
        if not anything:
            return 0
        async with self._database.transaction() as connection:
            found = await webhook_relay.claim(connection, MOST_AT_ONCE)
            if time.monotonic() - self._purged_at > _PURGE_EVERY:
                await webhook_relay.purge(connection)
                self._purged_at = time.monotonic()
        for place, one in enumerate(found):
            try:
                await self._wake(one)
            except BaseException:
                await self._unclaim(found[place:])
                raise
        return len(found)

    async def _wake(self, one: DueWebhook) -> None:
        await wake(self._client, self._task_queue, one.id, one.account_id)

    async def _unclaim(self, left: list[DueWebhook]) -> None:
        with suppress(EsimError, SQLAlchemyError):  # else their claims expire
            async with self._database.transaction() as connection:
                await webhook_relay.unclaim(connection, [one.id for one in left])


@asynccontextmanager
async def relaying(client: Client, database: Database, task_queue: str) -> AsyncIterator[None]:
    """Run the relay while the block runs."""
    looking = asyncio.create_task(WebhookRelay(client, database, task_queue).keep_looking())
    try:
        yield
    finally:
        looking.cancel()
        await asyncio.wait({looking})
