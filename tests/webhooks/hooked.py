"""Webhooks in a scene: an endpoint, a relay and a worker; events, and what the database says of them."""

import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from activities.webhook_relay import WebhookRelay, relaying
from models.feed import Cursor
from models.operations.webhooks import NewWebhook
from models.people.callers import Role
from starter.operations.webhooks import WebhookDesk
from store import events
from store.session import Database
from tests.builders import ACCOUNT, OPERATOR, line, run, world
from tests.system.scene import Scene
from tests.temporal_server import eventually
from tests.webhooks.receiver import Receiver, a_receiver

ADAM = "adam@acme.example"


@dataclass
class Hooked:
    """An endpoint of Acme whose receiver is on loopback."""

    scene: Scene
    receiver: Receiver
    desk: WebhookDesk
    made: NewWebhook
    relay: WebhookRelay

    @property
    def id(self) -> str:
        return self.made.view.webhook_id

    async def happens(self, number: int = 1, event: str = "line.groups_changed") -> None:
        """So many events, each in a transaction of its own."""
        for _ in range(number):
            await happens(self.scene.database, event)

    async def got(self, number: int) -> None:
        """Wait until so many events have been taken, each of them once at least."""

        async def taken() -> set[str]:
            return {one.id for one in self.receiver.taken if one.content["type"] != "webhook.ping"}

        await eventually(taken, lambda ids: len(ids) >= number, within=60)

    async def row(self) -> Any:
        return await row_of(self.scene.database, self.made.view.id)

    async def until(self, **values: Any) -> Any:
        """Wait until the endpoint's row has these values."""
        return await eventually(
            self.row, lambda row: all(getattr(row, name) == value for name, value in values.items())
        )

    async def events(self) -> set[str]:
        """The ids of the account's events that its endpoint was made for."""
        return await event_ids(self.scene.database, self.made.view.id)

    async def sooner(self, **hours: int) -> None:
        """Let time pass for the endpoint: everything lies further back, or is due sooner."""
        span = f"{hours['hours']} hours"
        for statement in (
            """UPDATE webhooks SET failing_since = failing_since - CAST(:span AS text)::interval,
                next_attempt_at = next_attempt_at - CAST(:span AS text)::interval, woken_until = NULL""",
            """UPDATE webhook_attempts SET first_at = first_at - CAST(:span AS text)::interval,
                next_attempt_at = next_attempt_at - CAST(:span AS text)::interval""",
        ):
            await run(self.scene.database, statement, span=span)


async def happens(database: Database, event: str = "line.groups_changed") -> None:
    async with database.transaction() as connection:
        await events.append(connection, 1, ("line:1",), "operator", (event, {}))


async def row_of(database: Database, webhook_id: int) -> Any:
    (row,) = await run(database, "SELECT * FROM webhooks WHERE id = :id", id=webhook_id)
    return row


async def event_ids(database: Database, webhook_id: int) -> set[str]:
    found = await run(
        database,
        "SELECT e.epoch, e.xid::text, e.id FROM events e WHERE e.account_id = 1 AND e.audience = 'account'"
        " AND e.id >= (SELECT min(id) FROM events WHERE type = 'webhook.created' AND data->'webhook' ="
        " to_jsonb(CAST(:id AS bigint)))",
        id=webhook_id,
    )
    return {str(Cursor(epoch, int(xid), id_)) for epoch, xid, id_ in found}


@asynccontextmanager
async def hooked(scene: Scene, *types: str, relayed: bool = True, lines: int = 1) -> AsyncIterator[Hooked]:
    """An endpoint of these types of events, and a relay if wanted."""
    settings = scene.settings.model_copy(update={"webhooks_to_loopback": True})
    scene.settings = settings
    desks = await world(scene.database, *(line(number) for number in range(1, lines + 1)))
    await desks.users.create_user(OPERATOR, ACCOUNT, "Adam", ADAM, role=Role.ADMINISTRATOR)
    await run(scene.database, f"ALTER SEQUENCE webhooks_id_seq RESTART WITH {uuid.uuid4().int % 10**14 + 1}")
    desk = WebhookDesk(scene.database, settings)
    async with AsyncExitStack() as stack:
        receiver = await stack.enter_async_context(a_receiver())
        made = await desk.create(OPERATOR, receiver.url, types=types, account=ACCOUNT)
        await stack.enter_async_context(scene.worker())
        client, queue = scene.temporal.client, settings.task_queue
        if relayed:
            await stack.enter_async_context(relaying(client, scene.database, queue))
        yield Hooked(scene, receiver, desk, made, WebhookRelay(client, scene.database, queue))
