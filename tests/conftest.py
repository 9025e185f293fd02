"""A PostgreSQL server a test process, a fresh migrated database a test, and nothing left behind."""

import asyncio
import atexit
import gc
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from httpx._transports import asgi
from hypothesis import settings
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from sandbox.postgres import ThrowAwayPostgres
from store import migrations, session
from store.session import Database
from tests.compiled import sharing_engine
from tests.databases import TEMPLATE, Copies, connect, folder_in_memory, tidy
from tests.declared_events import look_at_all, wrong
from tests.portal.api.reached import Reached
from tests.prepared import prepare_once

settings.register_profile("esim", deadline=None)
settings.load_profile("esim")  # a busy machine is slow, and a test must not fail for that
TESTS = Path(__file__).parent
QUICK = ("models", "wording", "workflows")
WHOLE = ("browser", "sandbox", "system")
"""The folders whose tests start whole systems: browsers, sandboxes, workers that are killed."""
SERVERS = {"postgres", "temporal"}
"""The fixtures that start one."""
LESS_CPU = {"GOGC": "400", "GOMAXPROCS": "1"}
"""Temporal's server and command look for garbage less often, on one core: a seventh less CPU."""
GARBAGE_AFTER = 20_000
"""Objects made until Python looks for garbage: after its usual 700 that takes a tenth of a test."""
CONNECT_TIMEOUT = timedelta(seconds=60)
"""For a connection to the database: on a busy machine it may take longer than the product bears."""
OURS = ("esim-", "tmp", "against-")
"""How temporary files and folders of the product and of the tests begin."""


def pytest_configure(config: pytest.Config) -> None:
    """Give this run a temporary folder of its own, and its children a Ctrl-C that they hear.

    A job in the background of a script ignores SIGINT, and so would every process that the tests start.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.update(LESS_CPU)
    asgi.is_running_trio = lambda: False  # else each call looks for that package
    session.CONNECT_TIMEOUT = CONNECT_TIMEOUT
    session.create_async_engine = sharing_engine  # type: ignore[attr-defined]
    SandboxedWorkflowRunner.prepare_workflow = prepare_once  # type: ignore[method-assign]
    look_at_all()
    config.pluginmanager.register(Reached(), "routes of the API that were reached")
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:  # within that of the process that started it
        folder = Path(tempfile.gettempdir()) / worker
        folder.mkdir()
    else:
        folder = Path(tempfile.mkdtemp(prefix="esim-"))
    folder.chmod(0o1777)  # as its parent: some tests run processes of other users
    tempfile.tempdir = os.environ["TMPDIR"] = str(folder)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    """A test fails with the sentence about an event that is not as its type declares."""
    wrong.clear()
    try:
        return (yield)
    finally:
        assert not wrong, wrong[0]


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Look for no garbage while tests are collected, and never again in what was loaded for that: all of it
    stays until Python ends.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        atexit.register(gc.unfreeze)  # libraries complain of what is there when Python ends
        gc.set_threshold(GARBAGE_AFTER)
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`make test-quick` runs all tests of rules, words and workflows that need no server, and those that are
    marked; `make test` leaves the tests of whole systems to `make test-all`.
    """
    for item in items:
        folder = item.path.relative_to(TESTS).parts[0]
        if folder in QUICK and SERVERS.isdisjoint(getattr(item, "fixturenames", ())):
            item.add_marker("quick")
        if folder in WHOLE:
            item.add_marker("whole")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Remove the temporary folder; of a run that failed, what its tests wrote stays in it to be looked at."""
    folder = Path(tempfile.gettempdir())
    if session.config.option.basetemp is None and session.testsfailed:
        return
    if "PYTEST_XDIST_WORKER" not in os.environ:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def nothing_is_left_behind() -> Iterator[None]:
    """What the tests and the product made in the temporary folder is gone in the end."""
    yield
    left = [entry.name for entry in Path(tempfile.gettempdir()).iterdir() if entry.name.startswith(OURS)]
    assert left == []


@pytest.fixture(scope="session")
def postgres() -> Iterator[ThrowAwayPostgres]:
    """The server, with a migrated database that each test's is copied from."""
    with ThrowAwayPostgres(folder_in_memory()) as server:
        # a thread of its own: the session's event loop may be running when this is asked for
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, _make_template(server)).result()
        yield server


async def _make_template(server: ThrowAwayPostgres) -> None:
    await administer(server, f"CREATE DATABASE {TEMPLATE}")
    await migrations.upgrade(server.url(TEMPLATE))
    await tidy(server.url(TEMPLATE))


@pytest.fixture(scope="session")
async def copies(postgres: ThrowAwayPostgres) -> AsyncIterator[Copies]:
    """Makes the databases of this process's tests."""
    copies = Copies(postgres)
    yield copies
    await copies.close()


@pytest.fixture
async def database_url(copies: Copies) -> AsyncIterator[str]:
    """A database with all tables and no rows, gone after the test."""
    async with copies.of() as url:
        yield url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Connections to the test's database."""
    opened = Database(database_url, pool_size=5)
    yield opened
    await opened.close()


async def administer(server: ThrowAwayPostgres, statement: str) -> None:
    """Run a statement that no transaction may hold, such as CREATE DATABASE."""
    connection = await connect(server.url())
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
