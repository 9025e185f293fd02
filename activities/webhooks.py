"""The step of the workflow `EsimWebhook`."""

import asyncio
import logging
import random
import time
from collections.abc import Collection
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial

from temporalio import activity

from mail.errors import MailError, MailInvalid, MailRejected
from models.errors import DecryptionFailed, Refused
from models.identifiers import reference, webhook_work_id
from models.networks import Network
from models.operations.webhooks import Answer, DisabledFor
from outbox.sender import MailUncertain, Outbox
from outbox.webhooks.body import post_of
from outbox.webhooks.names import Names
from outbox.webhooks.notices import outgoing
from outbox.webhooks.sending import Sender
from store.key_ring import KeyRing
from store.operations import webhook_deliveries, webhook_notices, webhook_relay
from store.operations.webhook_deliveries import Due, Endpoint
from store.secrets import signing_secret_of
from store.session import Database
from workflows.operations.messages import DeliverEvents, EventsDelivered
from workflows.operations.steps import WebhookSteps

AT_ONCE = 5
"""Requests to one receiver at the same time."""
_LAST_BATCH = timedelta(seconds=15)
"""Before the end of a turn: a batch that begins later might not end in time."""
LINGERS = 2.0
"""Seconds for which the step waits for more: events that follow shortly need no other Action."""
_LOOKS_EVERY = 0.5
_MAIL_AGAIN_AFTER = timedelta(minutes=10)
_KEY_AGAIN_AFTER = timedelta(minutes=5)

_log = logging.getLogger(__name__)


class Webhooks(WebhookSteps):
    """Delivers events to receivers."""

    def __init__(
        self,
        database: Database,
        outbox: Outbox,
        keys: KeyRing,
        *,
        loopback: bool,
        refused: Collection[Network] = (),
    ) -> None:
        self._database = database
        self._outbox = outbox
        self._keys = keys
        self._loopback = loopback
        self._refused = refused
        self._names = Names()

    async def deliver_events(self, webhook: DeliverEvents) -> EventsDelivered:
        """Deliver batch after batch until nothing is due, or the turn is over."""
        async with AsyncExitStack() as stack:
            run = _Run(self, int(webhook.webhook_id.removeprefix(webhook_work_id(0)[:-1])), stack)
            return await run.to_the_end()

    async def notify(self, endpoint: Endpoint, reason: DisabledFor) -> timedelta | None:
        """Notify the administrators that the endpoint is disabled. How long to wait where the e-mails could
        not be sent; one that is refused for good, or twice may have been delivered, is not sent again.
        """
        async with self._database.reading() as connection:
            facts = await webhook_notices.read(connection, endpoint.id)
        if facts is not None:
            try:
                await self._outbox.send(
                    facts.about,
                    outgoing(facts, reason),
                    0,
                    partial(webhook_notices.is_wanted, webhook_id=endpoint.id),
                )
            except (MailInvalid, MailRejected, MailUncertain):
                pass  # recorded with its reason, which operators see
            except MailError:
                return _MAIL_AGAIN_AFTER
        async with self._database.transaction() as connection:
            await webhook_notices.notified(connection, endpoint.id)
        return None

    async def found(self, webhook_id: int) -> Endpoint | None:
        """The endpoint as it is now."""
        async with self._database.reading() as connection:
            return await webhook_deliveries.find_endpoint(connection, webhook_id)

    async def due(self, endpoint: Endpoint) -> list[Due]:
        """The next batch."""
        async with self._database.reading() as connection:
            return await webhook_deliveries.due(connection, endpoint, AT_ONCE)

    async def record(self, endpoint: Endpoint, ended: list[tuple[Due, Answer]]) -> bool:
        """Record how the batch ended."""
        jitter = random.uniform(0.9, 1.1)  # noqa: S311  nothing secret
        async with self._database.transaction() as connection:
            return await webhook_deliveries.record(connection, endpoint, ended, jitter=jitter)

    async def rest(self, webhook_id: int, wait: timedelta | None = None) -> None:
        """The turn is over. `wait`: how long to wait where it is disabled."""
        async with self._database.transaction() as connection:
            await webhook_relay.rest(connection, webhook_id, wait)

    async def postpone(self, webhook_id: int) -> None:
        """Wait for the key of its secret."""
        _log.error(
            "The secret of %s cannot be decrypted, so nothing is sent to it: see the line secret_keys of "
            "`esim-orders doctor`.",
            reference("WH", webhook_id),
        )
        async with self._database.transaction() as connection:
            await webhook_deliveries.postpone(connection, webhook_id, _KEY_AGAIN_AFTER)

    async def sender(self, endpoint: Endpoint, stack: AsyncExitStack) -> Sender:
        """A sender to the receiver, open until the step ends."""
        return await stack.enter_async_context(
            Sender.to(
                endpoint.url,
                loopback=self._loopback,
                resolver=self._names.of(endpoint.account_id),
                refused=self._refused,
            )
        )

    def secrets(self, endpoint: Endpoint) -> list[str]:
        """The decrypted secrets. Raises `DecryptionFailed`, and `Refused` without any key."""
        use = signing_secret_of(endpoint.id)
        return [self._keys.decrypt(use, secret).decode() for secret in endpoint.secrets]


class _Run:
    """One execution of the step."""

    def __init__(self, webhooks: Webhooks, webhook_id: int, stack: AsyncExitStack) -> None:
        self._webhooks = webhooks
        self._id = webhook_id
        self._stack = stack
        self._sender: Sender | None = None
        self._url = ""
        self._delivered = self._failed = 0

    async def to_the_end(self) -> EventsDelivered:
        """Batch after batch, one at least, while its turn lasts. Without a turn nothing: who is next is the
        relay's to say, also after a retry of this step.
        """
        wait = None
        idle_since: float | None = None
        least = timedelta()
        while not activity.is_worker_shutdown():
            endpoint = await self._webhooks.found(self._id)
            if endpoint is None or endpoint.turn is None:
                return self._ended()
            if endpoint.disabled_for is not None:
                wait = await self._over(endpoint, endpoint.disabled_for)
                break
            if endpoint.wait is not None or endpoint.turn < least:
                break
            batch = await self._webhooks.due(endpoint)
            if batch:
                idle_since, least = None, _LAST_BATCH
                await self._deliver(endpoint, batch)
                continue
            idle_since = idle_since or time.monotonic()
            if time.monotonic() - idle_since >= LINGERS:
                break
            await asyncio.sleep(_LOOKS_EVERY)
        await self._webhooks.rest(self._id, wait)
        return self._ended()

    async def _over(self, endpoint: Endpoint, reason: DisabledFor) -> timedelta | None:
        return None if endpoint.notified else await self._webhooks.notify(endpoint, reason)

    async def _deliver(self, endpoint: Endpoint, batch: list[Due]) -> None:
        try:
            secrets = self._webhooks.secrets(endpoint)
        except (DecryptionFailed, Refused):
            await self._webhooks.postpone(self._id)
            return
        if self._sender is None or self._url != endpoint.url:
            self._sender, self._url = await self._webhooks.sender(endpoint, self._stack), endpoint.url
        sends = (self._sender.send(post_of(one.event), secrets) for one in batch)
        answers = await asyncio.gather(*sends)
        if await self._webhooks.record(endpoint, list(zip(batch, answers, strict=True))):
            self._delivered += sum(answer.ok for answer in answers)
            self._failed += sum(not answer.ok for answer in answers)

    def _ended(self) -> EventsDelivered:
        return EventsDelivered(delivered=self._delivered, failed=self._failed)
