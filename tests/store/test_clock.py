"""Every stored time comes from one clock, which a sandbox may set."""

import ast
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import store
from models.errors import Refused
from store.clock import set_clock
from store.codes import link_ends, links
from store.session import Database
from tests.builders import run
from tests.qr_world import qr_world

DAY = timedelta(days=1)
CLOCKS = ("now", "clock_timestamp", "statement_timestamp", "transaction_timestamp")
BARE = re.compile(
    rf"(?<!esim_)\b({'|'.join(CLOCKS)})\s*\(\)|\b(current_(timestamp|date|time)|localtime(stamp)?)\b",
    re.IGNORECASE,
)
OF_THE_CLOCK = {"clock.py": 3, "0001_accounts.py": 2}
"""Where the two functions are made, and how far they are ahead is read."""


async def test_with_the_clock_a_day_ahead_a_link_that_lives_for_an_hour_is_expired(
    database: Database,
) -> None:
    qr = await qr_world(database)
    request = await qr.asked()
    async with database.transaction() as connection:
        token = await links.mint(
            connection,
            purpose=link_ends.UPLOAD,
            account_id=qr.account_id,
            sim_id=1,
            request_id=request,
            recipient="contact:1",
            expires_after=timedelta(hours=1),
        )
    async with database.reading() as connection:
        await links.find(connection, token, link_ends.UPLOAD)  # also its plan is remembered
    async with database.transaction() as connection:
        await set_clock(connection, DAY)
    with pytest.raises(Refused) as refused:
        async with database.reading() as connection:
            await links.find(connection, token, link_ends.UPLOAD)
    assert refused.value.refusals[0].code == "link_expired"
    async with database.transaction() as connection:
        await set_clock(connection, timedelta())
    async with database.reading() as connection:
        await links.find(connection, token, link_ends.UPLOAD)


async def test_what_is_stored_has_the_time_of_the_clock_that_was_set(database: Database) -> None:
    async with database.transaction() as connection:
        await set_clock(connection, -DAY)
    qr = await qr_world(database)
    await qr.asked()
    history = await qr.history()
    yesterday = datetime.now(UTC) - DAY
    for at in (history.requests[0].requested_at, history.events[0].at):
        assert abs(at - yesterday) < timedelta(minutes=1)


async def test_an_unset_clock_costs_nothing(database: Database) -> None:
    plan = await run(database, "EXPLAIN VERBOSE SELECT esim_now(), esim_clock()")
    assert "Output: now(), clock_timestamp()" in str(plan), "both are put in line"


def test_nothing_asks_another_clock() -> None:
    found = {}
    for path in sorted(Path(str(store.__file__)).parent.rglob("*.py")):
        tree = ast.parse(path.read_text())
        docs = {
            ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, ast.Module)
        }
        uses = [
            node
            for node in ast.walk(tree)
            if (isinstance(node, ast.Attribute) and node.attr in CLOCKS and ast.unparse(node.value) == "func")
            or (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and node.value not in docs
                and BARE.search(node.value)
            )
        ]
        if uses:
            found[path.name] = len(uses)
    assert found == OF_THE_CLOCK
