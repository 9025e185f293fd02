"""The feed after a restore: a follower goes on from its cursor, misses nothing and gets nothing twice."""

import asyncio
import subprocess
from pathlib import Path

from sqlalchemy import make_url, text

from models.feed import Cursor
from sandbox.postgres import ThrowAwayPostgres
from sandbox.postgres_install import find_binaries
from store import events
from store.session import Database
from tests.builders import run
from tests.store.feed import Follower, unfinished, written


def pg(program: str, url: str, *arguments: str) -> None:
    place_of = make_url(url)
    host, port = str(place_of.query["host"]), str(place_of.query["port"])
    where = ["-h", host, "-p", port, "-U", str(place_of.username), "-d", str(place_of.database)]
    command = [str(find_binaries() / program), *where, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


async def waste_transactions(database: Database, number: int) -> None:
    """As a cluster does that is in use for long: its transactions have high ids."""
    async with database.transaction() as connection:
        await connection.execute(text("CREATE TABLE wasted (id int)"))
    for _ in range(number):
        await run(database, "INSERT INTO wasted VALUES (1)")


async def test_a_database_restored_into_a_new_cluster_goes_on_after_every_cursor(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    await waste_transactions(database, 300)
    follower = Follower(database)
    await written(database, "read")
    assert await follower.look() == ["read"]
    async with unfinished(database, "late"):
        await written(database, "beside")
        assert await follower.look() == []
    backup = str(tmp_path / "esim.dump")
    await asyncio.to_thread(pg, "pg_dump", database_url, "-Fc", "-f", backup)
    await written(database, "lost")
    told = await follower.look()
    assert told == ["late", "beside", "lost"]
    old = [Cursor.parse(event.id) for event in follower.got]

    for _ in range(2):  # also the same backup a second time
        with ThrowAwayPostgres() as server:
            await asyncio.to_thread(pg, "pg_restore", server.url(), "-1", backup)
            restored = Database(server.url(), 3)
            async with restored.transaction() as connection:
                assert await events.restored_unannounced(connection), "its events are of unknown transactions"
                await events.raise_epoch(connection)
                assert not await events.restored_unannounced(connection)
            follower.database = restored
            before = len(follower.got)
            assert await follower.look() == [], "nothing comes twice"
            await written(restored, "after")
            assert await follower.look() == ["after"], "nothing is missed"
            (new,) = follower.got[before:]
            assert Cursor.parse(new.id) > max(old)
            assert int(
                (await run(restored, "SELECT xid::text FROM events ORDER BY id DESC LIMIT 1"))[0][0]
            ) < (old[0].xid), "ids of transactions began anew: without an epoch the event would be missed"
            newcomer = Follower(restored)
            assert await newcomer.look() == ["read", "late", "beside", "after"]
            assert [event.id for event in newcomer.got[:3]] == [event.id for event in follower.got[:3]]
            early = Follower(restored)
            early.cursor = old[0]
            assert await early.look() == ["late", "beside", "after"], "from a cursor of before the restore"
            old.append(Cursor.parse(new.id))
            await restored.close()
        await asyncio.sleep(1)  # a restore takes longer than the second that tells epochs apart


WASTE = """
DO $$ BEGIN
    FOR number IN 1..{} LOOP
        BEGIN  -- a transaction within the transaction, with an id of its own
            INSERT INTO wasted VALUES (number);
        EXCEPTION WHEN division_by_zero THEN NULL;
        END;
    END LOOP;
END $$
"""
XID = "SELECT CAST(CAST(pg_current_xact_id() AS text) AS bigint)"


async def waste_until(database: Database, xid: int) -> None:
    """The cluster's next transaction has at least this id."""
    ((now,),) = await run(database, XID)
    await run(database, "CREATE TABLE wasted (id bigint)")
    await run(database, WASTE.format(max(xid - now, 0)))
    await run(database, "DROP TABLE wasted")


async def test_a_cluster_with_more_transactions_than_the_dump_is_noticed(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    """The ids of its transactions are above all in the dump, but below what followers have read."""
    follower = Follower(database)
    await written(database, "read")
    assert await follower.look() == ["read"]
    async with database.reading() as connection:
        assert not await events.restored_unannounced(connection)
    backup = str(tmp_path / "esim.dump")
    await asyncio.to_thread(pg, "pg_dump", database_url, "-Fc", "-f", backup)
    ((dumped,),) = await run(database, XID)
    await waste_until(database, dumped + 5000)
    await written(database, "lost")
    assert await follower.look() == ["lost"]
    with ThrowAwayPostgres() as server:
        restored = Database(server.url(), 3)
        await waste_until(restored, dumped + 100)
        await asyncio.to_thread(pg, "pg_restore", server.url(), "-1", backup)
        follower.database = restored
        await written(restored, "skipped")
        assert await follower.look() == [], "what happens is left out silently"
        async with restored.transaction() as connection:
            assert await events.restored_unannounced(connection)
            await events.raise_epoch(connection)
            assert not await events.restored_unannounced(connection)
        await written(restored, "after")
        assert await follower.look() == ["after"]
        await restored.close()
