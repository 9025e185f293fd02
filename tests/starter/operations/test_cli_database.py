"""`esim-orders db ...`, as who looks after the database types it."""

from pathlib import Path

from sqlalchemy import text

from models.events import Audience
from models.feed import START
from store import events
from store.session import Database
from tests.builders import place, run, world
from tests.starter.shell import Shell


async def test_a_restore_is_announced_and_the_feed_goes_on_after_it(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    await world(database)
    await place(database)
    shell = Shell(tmp_path, database_url, {})
    assert shell.run("db", "restored").out == (
        "The restore is recorded: the feed of events continues after everything that was restored.\n"
    )
    first = (await run(database, "SELECT epoch FROM feed_epoch"))[0].epoch
    assert shell.json("db", "restored")["epoch"] > first > 1
    async with database.transaction() as connection:
        await connection.execute(text("SELECT 1"))
        page = await events.read(connection, START, audience=Audience.OPERATOR)
    happened = [event.type for event in page.events]
    assert happened == ["account.created", "user.created", "order.submitted"]
