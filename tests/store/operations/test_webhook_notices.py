"""Who is notified that a webhook is disabled (A11)."""

import pytest

from models.people.callers import Role, UserKind
from settings import Settings
from starter.operations.webhooks import WebhookDesk
from starter.people.users import UserDesk
from store.key_ring import KeyRing
from store.operations import webhook_notices
from store.session import Database
from tests.builders import ACCOUNT, OPERATOR, run, world

pytestmark = pytest.mark.covers("A11")


async def test_an_account_without_an_administrator_is_notified_all_the_same(
    database: Database, database_url: str
) -> None:
    await world(database)
    await run(database, "UPDATE users SET role = 'viewer'")
    settings = Settings(database_url=database_url, secret_keys=KeyRing.new_key())
    await WebhookDesk(database, settings).create(OPERATOR, "https://8.8.8.8/hooks", account=ACCOUNT)
    await run(database, "UPDATE webhooks SET disabled_at = esim_now(), disabled_for = 'gone'")
    users = UserDesk(database)

    async def notified() -> list[str | None]:
        async with database.reading() as connection:
            notice = await webhook_notices.read(connection, 1)
        assert notice is not None
        return [person.email for person in notice.recipients]

    assert await notified() == []
    for name, role, kind in (
        ("robot", Role.OWNER, UserKind.SERVICE),
        ("mona", Role.MANAGER, UserKind.PERSON),
        ("olga", Role.OWNER, UserKind.PERSON),
        ("adam", Role.ADMINISTRATOR, UserKind.PERSON),
    ):
        await users.create_user(OPERATOR, ACCOUNT, name, f"{name}@acme.example", role=role, kind=kind)
        if name in {"robot", "mona", "olga"}:
            assert await notified() == [f"{name}@acme.example"]
    assert await notified() == ["olga@acme.example", "adam@acme.example"]
