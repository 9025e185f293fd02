"""`qr import-many` is interrupted or killed in the middle, and run again (R13)."""

import asyncio
import csv
import io
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from store.session import Database
from tests.builders import iccid, run
from tests.codes_in_files import code_of, table
from tests.starter.codes.qr_shell import BY_ANA, a_qr_shell, esims
from tests.starter.shell import Shell

ROWS = 40
AT = 12
"""The row that is being written when the signal comes."""
MANY = ("qr", "import-many", *BY_ANA)
_WAITS = "SELECT count(*) AS waits FROM pg_locks WHERE NOT granted"
_CUT = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted"

pytestmark = pytest.mark.covers("R13")


@pytest.fixture
def shell(database_url: str, tmp_path: Path) -> Shell:
    return a_qr_shell(database_url, tmp_path)


@pytest.fixture
async def codes(database: Database, shell: Shell) -> str:
    await esims(database, ROWS)
    file = shell.folder / "codes.csv"
    file.write_text(table((iccid(number), code_of(number)) for number in range(1, ROWS + 1)))
    return str(file)


@asynccontextmanager
async def held(database: Database, sim: int) -> AsyncIterator[None]:
    """No other transaction gets this SIM meanwhile."""
    async with database.transaction() as connection:
        await connection.execute(text("SELECT 1 FROM sims WHERE id = :sim FOR UPDATE"), {"sim": sim})
        yield


async def until_it_waits(database: Database) -> None:
    async with asyncio.timeout(60):
        while not (await run(database, _WAITS))[0].waits:  # noqa: ASYNC110  PostgreSQL sends no event of it
            await asyncio.sleep(0.02)


async def stored(database: Database) -> list[int]:
    return [row.sim_id for row in await run(database, "SELECT sim_id FROM qr_versions ORDER BY id")]


async def test_ctrl_c_ends_it_in_one_sentence_with_what_is_done(
    database: Database, shell: Shell, codes: str
) -> None:
    report = shell.folder / "report.csv"
    with shell.started(*MANY, codes, "--report", str(report)) as process:
        async with held(database, AT):
            await until_it_waits(database)
            process.send_signal(signal.SIGINT)
        out, err = await asyncio.to_thread(process.communicate, timeout=60)
    assert process.returncode == 130
    done = await stored(database)
    assert AT <= len(done) < ROWS, "the row that was being written is over"
    assert err == (
        f"Interrupted: of {ROWS} rows {len(done)} are over, and stay so; import the same file again for the "
        "others.\n"
    )
    assert f"What became of each row is in {report}." in out
    rows = list(csv.DictReader(io.StringIO(report.read_bytes().decode(), newline="")))
    assert [row["result"] for row in rows] == ["imported"] * len(done) + ["not_reached"] * (ROWS - len(done))
    again = shell.run(*MANY, codes, "--report", str(report)).out
    left = ROWS - len(done)
    assert again.startswith(f"Rows: {ROWS}. New: {left}; replaced: 0; unchanged: {len(done)}; refused: 0.")
    assert await stored(database) == list(range(1, ROWS + 1))


async def test_killed_in_the_middle_it_continues_when_it_is_run_again(
    database: Database, shell: Shell, codes: str
) -> None:
    with shell.started(*MANY, codes) as process:
        async with held(database, AT):
            await until_it_waits(database)
            process.kill()
            await asyncio.to_thread(process.communicate, timeout=60)
    assert await stored(database) == list(range(1, AT))
    again = shell.run(*MANY, codes).out
    assert again == f"Rows: {ROWS}. New: {ROWS - AT + 1}; replaced: 0; unchanged: {AT - 1}; refused: 0.\n"
    assert await stored(database) == list(range(1, ROWS + 1))
    events = await run(database, "SELECT count(*) AS imports FROM events WHERE type = 'qr.imported'")
    assert events[0].imports == ROWS


async def test_a_lost_connection_is_said_with_what_is_done(
    database: Database, shell: Shell, codes: str
) -> None:
    report = shell.folder / "report.csv"
    with shell.started(*MANY, codes, "--report", str(report)) as process:
        async with held(database, AT):
            await until_it_waits(database)
            await run(database, _CUT)
        out, err = await asyncio.to_thread(process.communicate, timeout=60)
    assert process.returncode == 3
    assert err.endswith(
        f"Interrupted: of {ROWS} rows {AT - 1} are over, and stay so; import the same file again for the "
        "others.\n"
    )
    assert f"What became of each row is in {report}." in out
    assert report.read_text().count("not_reached") == ROWS - AT + 1
    assert await stored(database) == list(range(1, AT))
