"""Stock is imported while a code is uploaded and an eSIM that was not installed ends: one lock sequence, the
profile, the SIM, then all codes, so that no two of them wait for each other.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import text

from models.codes.requests import Imported
from models.errors import Refused
from models.imports import ImportReport
from models.people.callers import By
from models.travel.stock_file import parse_stock
from sandbox.postgres import ThrowAwayPostgres
from store.codes import imports
from store.codes.code_locks import _CODES_LOCK
from store.key_ring import KeyRing
from store.session import Database
from store.staging import importing
from store.travel import not_installed
from store.travel.stock_import import import_stock
from tests.builders import run
from tests.qr_world import code
from tests.server_log import ServerLog
from tests.starter.travel.files import esim, stock_file
from tests.store.licences.races import at_once, waiting
from tests.temporal_server import eventually
from tests.travel_world import add_esim_line, add_subscriber, travel_world

KEYS = KeyRing(KeyRing.new_key())
CODES = f"SELECT pg_advisory_xact_lock({_CODES_LOCK})"
HOLDERS = {
    "profile": "SELECT 1 FROM travel_profiles FOR NO KEY UPDATE",
    "SIM": "SELECT 1 FROM sims WHERE holder LIKE 'esim_line:%' FOR NO KEY UPDATE",
    "codes": CODES,
}
"""What another transaction has locked already."""


@pytest.fixture(autouse=True)
def no_circle(postgres: ThrowAwayPostgres) -> Iterator[None]:
    """An import that PostgreSQL chose to end a circle would only be refused."""
    log = ServerLog(postgres)
    yield
    assert log.circles() == 0


@pytest.fixture
async def line(database: Database) -> int:
    """An eSIM line whose eSIM was never installed."""
    await travel_world(database)
    return await add_esim_line(database, await add_subscriber(database))


async def stock_arrives(database: Database) -> ImportReport:
    rows = parse_stock(stock_file(esim(1), esim(2)))
    async with importing(database, dry_run=False) as connection:
        report, _ = await import_stock(connection, KEYS, 1, rows, By("operator"))
    return report


async def code_is_uploaded(database: Database) -> Imported | str:
    """A code for the eSIM of the line; refused once that is in stock again."""
    (sim,) = await run(database, "SELECT sim_id FROM travel_stock ORDER BY sim_id LIMIT 1")
    try:
        async with database.transaction() as connection:
            return await imports.take(
                connection,
                KEYS,
                sim_id=sim.sim_id,
                code=code(),
                file_type="typed",
                original=None,
                by=By("operator"),
                request_id=None,
            )
    except Refused as refused:
        return refused.refusals[0].code


async def line_ends(database: Database, line: int) -> not_installed.Ended | None:
    async with database.transaction() as connection:
        return await not_installed.end(connection, line, 1, timedelta(0))


@pytest.mark.covers("T17", "T37", "T40")
@pytest.mark.parametrize("turns", list(permutations(range(3))), ids=lambda turns: "".join(map(str, turns)))
@pytest.mark.parametrize("held", HOLDERS)
async def test_an_import_an_upload_and_the_sweep_never_wait_for_each_other(
    held: str, turns: tuple[int, ...], database: Database, line: int
) -> None:
    calls = (stock_arrives(database), code_is_uploaded(database), line_ends(database, line))
    answers = await at_once(database, HOLDERS[held], *(calls[turn] for turn in turns))
    report, uploaded, ended = (answers[turns.index(turn)] for turn in range(3))
    assert isinstance(report, ImportReport), report
    assert report.created["eSIMs"] == 2
    assert isinstance(uploaded, Imported) or uploaded == "sim_temporary", uploaded
    assert isinstance(ended, not_installed.Ended), ended
    assert ended.settled.served == ()


CALLS: dict[str, Callable[[Database, int], Coroutine[Any, Any, Any]]] = {
    "import": lambda database, _: stock_arrives(database),
    "upload": lambda database, _: code_is_uploaded(database),
    "sweep": line_ends,
}


@pytest.mark.covers("T17", "T37", "T40")
@pytest.mark.parametrize(
    ("call", "waits_for", "has"),
    [("import", "codes", ["profile"]), ("upload", "codes", ["SIM"]), ("sweep", "SIM", ["profile"])],
)
async def test_each_has_locked_what_comes_before_the_lock_that_it_waits_for(
    call: str, waits_for: str, has: list[str], database: Database, line: int
) -> None:
    async with database.transaction() as holder:
        await holder.execute(text(HOLDERS[waits_for]))
        begun = asyncio.create_task(CALLS[call](database, line))
        await eventually(lambda: waiting(database), (1).__eq__)
        locked = [
            name
            for name in ("profile", "SIM")
            if name != waits_for and not await run(database, f"{HOLDERS[name]} SKIP LOCKED")
        ]
    assert locked == has
    await begun
