"""The e-mail about a disabled endpoint is sent, or its end is recorded: it is not tried for ever (A11)."""

from collections import deque

import pytest

from activities.webhooks import Webhooks
from models.operations.webhooks import DisabledFor
from models.people.callers import Role
from outbox.sender import Outbox
from settings import Settings
from starter.operations.webhooks import WebhookDesk
from starter.people.users import UserDesk
from store.key_ring import KeyRing
from store.operations.webhook_deliveries import read_endpoint
from store.session import Database
from tests.activities.qr_scene import Letterbox, Trouble
from tests.builders import ACCOUNT, OPERATOR, run, world
from tests.mail.misbehaving import drop
from tests.mail.scene import mailer_for

ADAM = "adam@acme.example"
UNAVAILABLE, REJECTED = "450 4.2.0 greylisted", "550 5.1.1 unknown"


@pytest.mark.covers("A11", "W1")
@pytest.mark.parametrize(
    ("moment", "answers", "waits", "arrived"),
    [
        ("RCPT", [UNAVAILABLE] * 2, [True, True, False], 1),
        ("RCPT", [REJECTED], [False], 0),
        ("CONTENT", [drop, drop], [True, True, False], 2),
    ],
)
async def test_a_notice_has_an_end(
    database: Database,
    database_url: str,
    moment: str,
    answers: list[str],
    waits: list[bool],
    arrived: int,
) -> None:
    await world(database)
    await UserDesk(database).create_user(OPERATOR, ACCOUNT, "Adam", ADAM, role=Role.ADMINISTRATOR)
    settings = Settings(database_url=database_url, secret_keys=KeyRing.new_key())
    await WebhookDesk(database, settings).create(OPERATOR, "https://8.8.8.8/hooks", account=ACCOUNT)
    await run(database, "UPDATE webhooks SET disabled_at = esim_now(), disabled_for = 'gone'")
    async with database.reading() as connection:
        endpoint = await read_endpoint(connection, 1)

    trouble = Trouble(ADAM, deque(answers))
    box = Letterbox({moment: trouble})
    async with box.server() as server, mailer_for(server) as mailer:
        webhooks = Webhooks(
            database, Outbox(database, mailer, "esim.example"), KeyRing(settings.secret_keys), loopback=False
        )
        waited = [await webhooks.notify(endpoint, DisabledFor.GONE) is not None for _ in waits]
    assert waited == waits
    assert not trouble.answers
    assert len(box.to(ADAM)) == arrived
    (row,) = await run(database, "SELECT notified_at FROM webhooks")
    assert row.notified_at is not None
