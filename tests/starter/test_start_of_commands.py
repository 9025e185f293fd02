"""A command imports only what it uses, so it starts fast; modules are counted, as seconds depend on load."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from store.session import Database
from tests.builders import place, world
from tests.starter.shell import ROOT, Shell
from tests.starter.test_every_command import COMMANDS

HELP = 650
"""The most modules for a help page: those of Python, rich, pydantic and the commands; 644 at present."""
FROM_THE_DATABASE = 915
"""The most for a command that reads the database: SQLAlchemy and asyncpg add most of the rest; 912 at
present.
"""
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
import contextlib, functools, io, json, os, sys
from starter.cli import commands
import typer.main
typer.main.get_command = functools.cache(typer.main.get_command)  # the tree is the same for all
def run(words):
    sys.argv = ["esim-orders", *words]
    with contextlib.redirect_stdout(io.StringIO()):
        code = commands.run()
    assert code == 0, (words, code)
shared, *processes = json.loads(sys.argv[1])
for words in shared:
    run(words)
for words in processes or [None]:
    if processes and os.fork():
        assert os.wait()[1] == 0
        continue
    if words:
        run(words)
    print(json.dumps(sorted(sys.modules)), flush=True)
    os._exit(0)
"""


def imported_by(shell: Shell, *commands: list[str]) -> set[str]:
    """All modules that a process has imported after these commands."""
    (modules,) = imported_by_each(shell, commands)
    return modules


def imported_by_each(shell: Shell, shared: Sequence[list[str]], *commands: list[str]) -> list[set[str]]:
    """The same of a process for each of the commands, whose modules include those of the shared ones."""
    where = {"ESIM_DATA_DIR": str(shell.folder), "ESIM_DATABASE_URL": shell.url}
    done = subprocess.run(
        [sys.executable, "-c", RUN_EACH, json.dumps([shared, *commands])],
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


async def test_no_list_and_no_order_that_is_shown_imports_a_temporal_client(
    database: Database, shell: Shell
) -> None:
    await world(database)
    order = await place(database)
    lists = [name.split() for name in COMMANDS if name.endswith(" list") and name != "mail list"]
    read = [*lists, ["order", "show", order.order_id]]
    imported = imported_by_each(shell, [["account", "list"]], *read)
    for command, modules in zip(read, imported, strict=True):
        assert not packages(modules) & NEVER_AT_START, command
        assert len(modules) <= FROM_THE_DATABASE, command
