"""The relay of webhooks: looks each second which endpoints have something due, and wakes their workflows.

It runs in every worker; one at a time does it. What it does not get done, the next look does.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from sqlalchemy.exc import SQLAlchemyError
from temporalio.client import Client
from temporalio.service import RPCError

from models.errors import EsimError
from store.operations import job_steps, webhook_calls, webhook_relay, webhook_rotations
from store.operations.webhook_relay import DueWebhook
from store.session import Database
from temporal.webhooks import wake

EVERY = 1.0
"""Seconds between two looks."""
MOST_AT_ONCE = 30
"""Endpoints that are delivered to at the same time: the steps of orders need the workers, too."""
PASSED_AT_ONCE = 200
"""Endpoints that pass what they do not want, in one statement."""
PURGE_EVERY = 600.0
_EXPECTED = (EsimError, SQLAlchemyError, RPCError)

_log = logging.getLogger(__name__)


class WebhookRelay:
    """Wakes what is due."""

    def __init__(self, client: Client, database: Database, task_queue: str) -> None:
        self._client = client
        self._database = database
        self._task_queue = task_queue
        self._failed = self._is_noted = False

    async def keep_looking(self) -> None:
        """Look each second, whatever fails."""
        while True:
            self._failed = False
            try:
                await self.look()
            except Exception as failure:  # noqa: BLE001  else no event would be delivered until a restart
                self._note(failure)
            self._is_noted = self._failed
            await asyncio.sleep(EVERY)

    async def keep_purging(self) -> None:
        """Delete what is over, also while nothing is due: attempts, calls, files that were checked, and
        secrets.
        """
        while True:
            purged = 0
            try:
                async with self._database.transaction() as connection:
                    await job_steps.forget_files(connection)
                    await webhook_rotations.remove_expired(connection)
                    await webhook_calls.purge(connection)
                    purged = await webhook_relay.purge(connection)
            except Exception as failure:  # noqa: BLE001  the next time will do
                _log.warning("What is over for long is not purged: %s.", type(failure).__name__)
            if purged < webhook_relay.PURGED_AT_ONCE:
                await asyncio.sleep(PURGE_EVERY)

    async def look(self) -> int:
        """Wake what is due; how many. Raises what database and Temporal raise."""
        if not await self._anything():
            return 0
        await self._pass_on()
        async with self._database.transaction() as connection:
            found = await webhook_relay.claim(connection, MOST_AT_ONCE)
        for place, one in enumerate(found):
            try:
                await self._wake(one)
            except BaseException:
                await self._unclaim(found[place:])
                raise
        return len(found)

    async def _anything(self) -> bool:
        try:
            async with self._database.reading() as connection:
                return await webhook_relay.anything(connection)
        except (EsimError, SQLAlchemyError) as failure:
            self._note(failure)  # and claim: what is due must not wait for this
            return True

    async def _pass_on(self) -> None:
        try:
            async with self._database.transaction() as connection:
                await webhook_relay.pass_on(connection, PASSED_AT_ONCE)
        except (EsimError, SQLAlchemyError) as failure:
            self._note(failure)  # what no endpoint wants can wait, and what is due cannot

    def _note(self, failure: Exception) -> None:
        """Log the first failure of many; one that is a defect with its traceback."""
        self._failed = True
        if self._is_noted:
            return
        self._is_noted = True
        if isinstance(failure, _EXPECTED):
            _log.warning("Webhooks are not looked at: %s.", type(failure).__name__)
        else:
            _log.error("Webhooks are not looked at.", exc_info=failure)

    async def _wake(self, one: DueWebhook) -> None:
        await wake(self._client, self._task_queue, one.id, one.account_id)

    async def _unclaim(self, left: list[DueWebhook]) -> None:
        with suppress(EsimError, SQLAlchemyError):  # else their claims expire
            async with self._database.transaction() as connection:
                await webhook_relay.unclaim(connection, [one.id for one in left])


@asynccontextmanager
async def relaying(client: Client, database: Database, task_queue: str) -> AsyncIterator[None]:
    """Run the relay while the block runs."""
    relay = WebhookRelay(client, database, task_queue)
    running = {asyncio.create_task(one) for one in (relay.keep_looking(), relay.keep_purging())}
    try:
        yield
    finally:
        for task in running:
            task.cancel()
        await asyncio.wait(running)
