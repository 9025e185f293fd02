"""`esim-orders events`: what happens in an account."""

import asyncio
import json
import sys

import pytest

from models.feed import START
from store import feed
from store.session import Database
from tests.builders import acknowledge, line, place, world
from tests.starter.shell import ROOT, Shell


@pytest.mark.covers("A10")
async def test_events_are_listed_oldest_first_and_from_a_cursor_on(shell: Shell, database: Database) -> None:
    await world(database, line(1))
    order = await place(database, 1)
    await acknowledge(database, order)

    found = json.loads(shell.run("events", "--type", "order", "--json").out)
    assert [event["type"] for event in found] == ["order.submitted", "order.provider_processing"]
    assert found[0]["data"]["about"] == [order.order_id, "L-1"]
    later = shell.run("events", "--type", "order", "--after", found[0]["id"])
    assert later.out.split()[3:] == ["order.provider_processing", f"{order.order_id},", "L-1"]
    assert "No such event" in shell.run("events", "--type", "job").out
    assert "no such type" in shell.run("events", "--type", "order.eaten", code=2).err


@pytest.mark.covers("A10")
async def test_events_are_followed_as_they_happen(shell: Shell, database: Database) -> None:
    await world(database, line(1))
    async with database.reading() as connection:
        everything = await feed.news(connection, START, limit=1000)
    order = await place(database, 1)
    command = [
        *(sys.executable, "-m", "starter.cli"),
        "events",
        "--follow",
        "--json",
        "--after",
        str(everything.cursor),
    ]
    following = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env=shell._own(120), stdout=asyncio.subprocess.PIPE
    )
    assert following.stdout is not None
    seen = json.loads(await following.stdout.readline())
    following.terminate()
    await following.communicate()
    assert (seen["type"], seen["data"]["about"]) == ("order.submitted", [order.order_id, "L-1"])
