"""A command imports only what it uses, so it starts fast; modules are counted, as seconds depend on load."""

import json
import os
import subprocess
import sys
from collections.abc import Set as AbstractSet

from store.session import Database
from tests.builders import place, world
from tests.starter.shell import ROOT, Shell
from tests.starter.test_every_command import COMMANDS

HELP = 650
"""The most modules for a help page: those of Python, rich, pydantic and the commands; 644 at present."""
FROM_THE_DATABASE = 910
"""The most for a command that reads the database: SQLAlchemy and asyncpg add most of the rest."""
NEVER_AT_START = {
    "PIL",
    "aiosmtplib",
    "cryptography",
    "fastapi",
    "google",
    "jinja2",
    "opentelemetry",
    "phonenumbers",
    "qrcode",
    "starlette",
    "temporalio",
    "uvicorn",
    "workflows",
    "zxingcpp",
}
ONLY_FOR_THE_DATABASE = {"asyncpg", "sqlalchemy", "store"}
RUN_EACH = """
import contextlib, io, json, os, sys
from starter.cli import commands
for alone in json.loads(sys.argv[1]):
    if os.fork():
        assert os.wait()[1] == 0
        continue
    for words in alone:
        sys.argv = ["esim-orders", *words]
        with contextlib.redirect_stdout(io.StringIO()):
            code = commands.run()
        assert code == 0, (words, code)
    print(json.dumps(sorted(sys.modules)), flush=True)
    os._exit(0)
"""


def imported_by(shell: Shell, *commands: list[str]) -> set[str]:
    """All modules that a process has imported after these commands."""
    (modules,) = imported_by_each(shell, [*commands])
    return modules


def imported_by_each(shell: Shell, *processes: list[list[str]]) -> list[set[str]]:
    """The same of each of these processes, which share what is imported before any command runs."""
    where = {"ESIM_DATA_DIR": str(shell.folder), "ESIM_DATABASE_URL": shell.url}
    done = subprocess.run(
        [sys.executable, "-c", RUN_EACH, json.dumps(processes)],
        cwd=ROOT,
        env=os.environ | where,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return [set(json.loads(line)) for line in done.stdout.splitlines()]


def packages(modules: AbstractSet[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules}


def test_no_help_page_imports_what_only_its_command_uses(shell: Shell) -> None:
    modules = imported_by(shell, ["--help"], *([*name.split(), "--help"] for name in COMMANDS))
    assert not packages(modules) & (NEVER_AT_START | ONLY_FOR_THE_DATABASE)
    assert "pydantic_settings" not in modules


def test_a_help_page_imports_few_modules(shell: Shell) -> None:
    assert len(imported_by(shell, ["--help"])) <= HELP


async def test_a_list_imports_no_temporal_client(database: Database, shell: Shell) -> None:
    await world(database)
    lists = [name for name in COMMANDS if name.endswith(" list") and name != "mail list"]
    imported = imported_by_each(shell, *([name.split()] for name in lists))
    for name, modules in zip(lists, imported, strict=True):
        assert not packages(modules) & NEVER_AT_START, name
        assert len(modules) <= FROM_THE_DATABASE, name


async def test_an_order_is_shown_without_a_temporal_client(database: Database, shell: Shell) -> None:
    await world(database)
    order = await place(database)
    modules = imported_by(shell, ["order", "show", order.order_id])
    assert not packages(modules) & NEVER_AT_START
    assert len(modules) <= FROM_THE_DATABASE
