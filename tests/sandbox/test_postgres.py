import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from sandbox.postgres import Postgres, ThrowAwayPostgres
from sandbox.processes import Child, Lifeline


async def ask(url: str, *statements: str) -> list[str]:
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        for statement in statements[:-1]:
            await connection.execute(text(statement))
        answer = [str(value) for value in (await connection.execute(text(statements[-1]))).scalars()]
    await engine.dispose()
    return answer


@contextmanager
def running(server: Postgres) -> Iterator[Child]:
    lifeline = Lifeline()
    server.prepare()
    child = Child(server.program(), lifeline)
    child.start()
    try:
        deadline = time.monotonic() + 20
        while not server.is_ready(child.pid):
            assert time.monotonic() < deadline, server.log.read_text()
            time.sleep(0.02)
        yield child
    finally:
        child.stop()
        lifeline.close()
        server.clean_up()


async def test_throw_away_server_answers_and_leaves_nothing() -> None:
    with ThrowAwayPostgres() as server:
        assert (await ask(server.url(), "SELECT current_database()")) == ["esim"]
        assert server.pid is not None
        processes = [psutil.Process(server.pid), *psutil.Process(server.pid).children(recursive=True)]
        folder = server.folder
    psutil.wait_procs(processes, timeout=5)
    assert not any(process.is_running() for process in processes)
    assert not folder.exists()


@pytest.mark.parametrize("name", ["with space", "a:colon, comma", "deep/" * 25 + "er"])
async def test_rows_survive_kill_minus_nine_in_any_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    server = Postgres(folder / "postgres", tmp_path / "log")
    with running(server) as child:
        await ask(
            server.url(), "CREATE TABLE note (words text)", "INSERT INTO note VALUES ('kept') RETURNING words"
        )
        assert child.pid is not None
        psutil.Process(child.pid).send_signal(signal.SIGKILL)
    server = Postgres(folder / "postgres", tmp_path / "log")
    with running(server):
        assert (await ask(server.url(), "SELECT words FROM note")) == ["kept"]


@pytest.mark.covers("R20")
async def test_a_server_that_was_killed_while_it_made_its_lock_files_is_started_again(tmp_path: Path) -> None:
    server = Postgres(tmp_path / "postgres", tmp_path / "log")
    with running(server):
        assert all(lock.stat().st_size for lock in server.locks)
    for number in range(len(server.locks)):
        server = Postgres(tmp_path / "postgres", tmp_path / "log")
        server.locks[number].touch()  # as a server leaves it that has not come to write it
        with running(server):
            assert (await ask(server.url(), "SELECT 1")) == ["1"]
