"""A filled database of a released version is upgraded: all of it is there, and what was open goes on (W7)."""

import asyncio
import json
import platform
import re
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from alembic import command
from temporalio.workflow import NondeterminismError

from models.orders.lifecycle import OrderKind, OrderStatus
from sandbox.postgres import ThrowAwayPostgres
from settings import Settings
from starter.desks import Desks
from store import migrations
from store.head_revision import head_revision
from store.key_ring import KeyRing
from store.reencryption import reencrypt
from store.session import Database
from temporal.connection import connect
from tests.builders import run
from tests.callers.samples import SAMPLES
from tests.callers.world import NO_TEMPORAL
from tests.databases import Copies
from tests.replay.replayer import replayer
from tests.replay.swapped import HastyOrder
from tests.temporal_server import readable
from tests.upgrade.answers import LATER, READS, answers, differences
from tests.upgrade.dumps import restore, schema
from tests.upgrade.kept import RELEASED, Kept
from tests.upgrade.travel import SEQUENCE
from tests.upgrade.world import WAYS

HISTORIES = [(kept, name) for kept in RELEASED for name in kept.histories]


def settings_of(kept: Kept, url: str, temporal: str = NO_TEMPORAL) -> Settings:
    return Settings(database_url=url, temporal_address=temporal, secret_keys=kept.keys)


@pytest.fixture
async def desks(kept: Kept, database: Database, database_url: str) -> Desks:
    """All desks, as the new version opens them."""
    settings = settings_of(kept, database_url)
    return Desks.of(await connect(settings, lazy=True), database, settings)


LET_GO: dict[str, str] = {}
"""Columns, such as `orders.note_id`, of which a migration drops values, and why no operator needs them."""
_COLUMNS = """
SELECT table_name, column_name FROM information_schema.columns
WHERE table_schema = 'public' AND table_name <> 'alembic_version' ORDER BY table_name, ordinal_position
"""


async def values(database: Database) -> dict[str, int]:
    """How many values each column has."""
    columns = defaultdict(list)
    for table, column in await run(database, _COLUMNS):
        columns[table].append(column)
    found = {}
    for table, names in columns.items():
        counts = ", ".join(f'count("{name}")' for name in names)
        (row,) = await run(database, f"SELECT {counts} FROM {table}")
        found.update({f"{table}.{name}": count for name, count in zip(names, row, strict=True)})
    return found


class Empty:
    """Empty databases, for one moment each."""

    def __init__(self, copies: Copies, postgres: ThrowAwayPostgres) -> None:
        self._copies, self._postgres = copies, postgres

    @asynccontextmanager
    async def database(self) -> AsyncIterator[str]:
        """The URL of one."""
        name = f"empty_{uuid.uuid4().hex}"
        await self._copies.run(f"CREATE DATABASE {name}")
        yield self._postgres.url(name)
        await self._copies.run(f"DROP DATABASE {name} WITH (FORCE)")

    async def schema_of(self, url: str) -> str:
        """The schema of a database as it is once it was dumped and restored: PostgreSQL writes its conditions
        in other words then. Without the functions of the clock, which tests set.
        """
        async with self.database() as again:
            await restore(again, (await schema(url)).encode())
            written = await schema(again)
        return re.sub(r"CREATE FUNCTION public\.esim_(now|clock)\(\).*?;\n", "", written, flags=re.S)


@pytest.fixture
def empty(copies: Copies, postgres: ThrowAwayPostgres) -> Empty:
    return Empty(copies, postgres)


async def test_an_upgraded_database_has_the_schema_of_a_new_one(
    database_url: str, empty: Empty, database: Database
) -> None:
    await asyncio.to_thread(command.check, migrations.alembic_config(database_url))
    assert await database.revision() == head_revision()
    async with empty.database() as url:
        await migrations.upgrade(url)
        assert await empty.schema_of(database_url) == await empty.schema_of(url)


async def test_no_migration_of_a_release_was_changed(kept: Kept, empty: Empty) -> None:
    """Databases of that version exist: a change is a new migration."""
    async with empty.database() as new, empty.database() as released:
        await migrations.upgrade(new, kept.revision)
        await restore(released, kept.dump)
        made, was = await empty.schema_of(new), await empty.schema_of(released)
        assert made == was, "a change of the tables needs a new migration"


async def test_no_value_of_the_release_is_lost(kept: Kept, empty: Empty, database: Database) -> None:
    """Also of columns that no list shows."""
    async with empty.database() as url:
        await restore(url, kept.dump)
        released = Database(url)
        before, now = await values(released), await values(database)
        await released.close()
    lost = {column for column, count in before.items() if count > now.get(column, 0)}
    assert lost <= set(LET_GO)
    assert {column.partition(".")[0] for column, count in before.items() if count} == {
        column.partition(".")[0] for column in before
    }, "every table was filled"


@pytest.mark.covers("W7")
async def test_every_list_and_show_answers_as_before(kept: Kept, desks: Desks) -> None:
    found = json.loads(json.dumps(await answers(desks)))
    assert differences(kept.answers, found) == []


async def test_every_secret_is_decrypted(kept: Kept, database: Database) -> None:
    newer = KeyRing(f"{KeyRing.new_key()},{kept.keys}")
    done = await reencrypt(database, newer)
    assert done
    alone = KeyRing(kept.keys)
    for (code,) in await run(database, "SELECT code FROM qr_versions"):
        assert not alone.is_current(code)


def test_the_world_of_the_next_release_has_a_sample_of_every_kind_of_order() -> None:
    assert set(WAYS) == set(OrderKind)
    assert set(SEQUENCE) == set(OrderStatus)


def test_every_method_that_shows_something_is_asked() -> None:
    asked = {name.partition(",")[0] for name in READS}
    shows = {name for name, sample in SAMPLES.items() if sample.needs.startswith("view_")}
    assert shows - asked == LATER


@pytest.mark.covers("W7")
@pytest.mark.parametrize(
    ("of", "name"), HISTORIES, ids=[f"{kept.version}-{name}" for kept, name in HISTORIES]
)
async def test_a_workflow_that_was_running_replays(of: Kept, name: str) -> None:
    await replayer().replay_workflow(of.history(name))


@pytest.mark.covers("W7")
async def test_two_swapped_steps_break_the_replay_of_orders_that_were_running(kept: Kept) -> None:
    orders = [name for name in kept.histories if name.startswith("order-")]
    assert len(orders) >= len(OrderKind)
    for name in orders:
        with pytest.raises(NondeterminismError):
            await replayer(HastyOrder).replay_workflow(kept.history(name))


@pytest.mark.parametrize("kept", RELEASED, ids=lambda kept: kept.version)
def test_what_is_kept_names_no_machine(kept: Kept) -> None:
    texts = [kept.dump.decode(), json.dumps(kept.answers), readable(json.dumps(kept.histories))]
    known = (platform.node(), str(Path.home()), str(Path(__file__).parents[2]), "/tmp/", "stackTrace")
    for text in texts:
        assert [word for word in known if word and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text)] == []
    assert "@" not in texts[2]


def test_a_database_of_every_release_is_small() -> None:
    for kept in RELEASED:
        for file in kept.folder.iterdir():
            assert file.stat().st_size < 400_000, file


def test_gone_and_changed_answers_are_differences() -> None:
    recorded = {"a": [{"id": 1, "state": "held"}], "b": 2}
    assert differences(recorded, {"a": [{"id": 1, "state": "held", "new": 0}], "b": 2, "c": 3}) == []
    assert differences(recorded, {"a": [{"id": 1}], "b": 2}) == ["a[0].state is gone: 'held'"]
    assert differences(recorded, {"a": [], "b": 3}) == [
        "a was [{'id': 1, 'state': 'held'}] and is []",
        "b was 2 and is 3",
    ]
