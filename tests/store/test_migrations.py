"""The tables' history: up, down and up again."""

import asyncio
import re
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from sandbox.postgres import ThrowAwayPostgres
from store import migrations
from store.head_revision import head_revision
from store.mail_table import MailRow
from store.session import Database
from tests.builders import OPERATOR, DataDesks, place, run, world
from tests.conftest import administer

ROOT = Path(__file__).parents[2]


@pytest.fixture
async def empty_url(postgres: ThrowAwayPostgres) -> AsyncIterator[str]:
    name = f"empty_{uuid.uuid4().hex}"
    await administer(postgres, f"CREATE DATABASE {name}")
    yield postgres.url(name)
    await administer(postgres, f"DROP DATABASE {name} WITH (FORCE)")


async def test_the_tables_are_what_the_code_says(database_url: str) -> None:
    await asyncio.to_thread(command.check, migrations.alembic_config(database_url))


CHECKS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE contype = 'c' AND connamespace = 'public'::regnamespace ORDER BY conname
"""
FUNCTIONS = """
SELECT pg_get_functiondef(oid) FROM pg_proc
WHERE proname IN ('esim_now', 'esim_clock', 'esim_epoch', 'inventory_words')
"""


async def test_the_migrations_check_what_the_code_says(empty_url: str, database: Database) -> None:
    engine = create_async_engine(empty_url)
    async with engine.begin() as connection:
        for function in await run(database, FUNCTIONS):  # of defaults and indexes
            await connection.execute(text("SET LOCAL check_function_bodies = off"))
            await connection.execute(text(function[0]))
        await connection.run_sync(MailRow.metadata.create_all)
        said = (await connection.execute(text(CHECKS))).all()
    await engine.dispose()
    assert await run(database, CHECKS) == said


async def test_up_down_and_up_again(empty_url: str) -> None:
    for _ in range(2):
        await migrations.upgrade(empty_url)
        await asyncio.to_thread(command.check, migrations.alembic_config(empty_url))
        await migrations.downgrade(empty_url, "base")
    database = Database(empty_url)
    async with database.transaction() as connection:
        left = await connection.scalars(
            text(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' UNION ALL "
                "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
            )
        )
        assert set(left) == {"alembic_version"}
    await database.close()


async def test_two_migrators_at_once(empty_url: str) -> None:
    program = (
        "import asyncio, sys; from store import migrations; asyncio.run(migrations.upgrade(sys.argv[1]))"
    )
    migrators = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", program, empty_url, cwd=ROOT) for _ in "ab"
    ]
    assert [await migrator.wait() for migrator in migrators] == [0, 0]
    database = Database(empty_url)
    assert await database.revision() == head_revision()
    await database.close()


def test_the_migrations_do_not_depend_on_the_code_of_today() -> None:
    folder = ROOT / "store/migrations"
    frozen = [*(folder / "versions").glob("*.py"), *folder.glob("*_0*.py")]
    assert len(frozen) >= 15
    ours = re.compile(
        r"^\s*(?:from|import) (?:store(?!\.migrations\.\w+_0\d{3} import)|models)\b", re.MULTILINE
    )
    assert [path.name for path in frozen if ours.search(path.read_text())] == []


@pytest.mark.covers("F40", "F41")
async def test_a_custom_profile_that_existed_before_the_actions(empty_url: str) -> None:
    await migrations.upgrade(empty_url, "0001")
    database = Database(empty_url)
    await run(database, "INSERT INTO accounts (name) VALUES ('Acme')")
    await run(
        database,
        "INSERT INTO authorised_actions_profiles (account_id, name, is_default) "
        "SELECT id, 'Clerk', false FROM accounts",
    )
    await migrations.upgrade(empty_url)
    desks = DataDesks(database)
    assert (await desks.profiles.profile(OPERATOR, "Acme", "Clerk")).enabled == ()
    someone_enabled = await desks.profiles.enable(OPERATOR, "Acme", "Clerk", ["switch_to_esim:1"])
    assert someone_enabled.enabled == ("switch_to_esim:1",)
    await database.close()


async def test_mails_are_kept_when_qr_codes_come_and_go(empty_url: str) -> None:
    await migrations.upgrade(empty_url)
    database = Database(empty_url)
    await world(database)
    order = await place(database)
    await migrations.downgrade(empty_url, "0004")
    await database.close()  # connections remember the tables as they were
    await run(
        database,
        "INSERT INTO mails (id, order_id, template, recipient, message_id, state) "
        "VALUES ('a', :order, 'order', 'contact:1', '<a@x>', 'sent')",
        order=order.order_id,
    )
    before = await run(database, "SELECT * FROM mails")
    await migrations.upgrade(empty_url)
    await database.close()
    (mail,) = await run(database, "SELECT * FROM mails")
    added = dict.fromkeys(("qr_request_id", "qr_notification_id", "work_id"))
    assert mail._mapping == {**before[0]._mapping, **added}
    await run(
        database,
        "INSERT INTO qr_requests (id, account_id, sim_id, requested_by, status) "
        "SELECT 'qr-request-a', account_id, id, 1, 'requested' FROM sims",
    )
    await run(
        database,
        "INSERT INTO mails (id, qr_request_id, template, recipient, message_id, state) "
        "VALUES ('b', 'qr-request-a', 'qr_request', 'contact:1', '<b@x>', 'sent')",
    )
    await migrations.downgrade(empty_url, "0004")
    await database.close()
    assert await run(database, "SELECT * FROM mails") == before
    await migrations.upgrade(empty_url)
    await database.close()


def test_the_head_revision_is_that_of_alembic_which_a_server_does_not_load() -> None:
    head = ScriptDirectory.from_config(migrations.alembic_config("")).get_current_head()
    assert head_revision() == head
    loaded = "import sys, portal.__main__, worker; print(*{'alembic', 'mako', 'pygments'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
