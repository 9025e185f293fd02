"""`| head -1` after any command: what reads the output ends first, and the command ends quietly."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from starter.cli.commands import UNREAD
from store.session import Database
from telemetry.unexpected import EXIT_CODE
from tests.builders import world
from tests.starter.shell import ROOT, Shell
from tests.starter.test_every_command import COMMANDS, SENTENCE

IN_LINES = {"fleet list", "order list", "qr list"}
LISTS = [name.split() for name in COMMANDS if name.endswith(" list") and name != "mail list"]
RUN_ALL = """
import functools, json, os, sys
from starter.cli import commands
from starter.cli.output import console
import typer.main
typer.main.get_command = functools.cache(typer.main.get_command)  # the tree is the same for all
ended, unread = {}, os.dup(1)
for words in json.loads(sys.argv[1]):
    sys.argv, sys.stdout = ["esim-orders", *words], sys.__stdout__
    os.dup2(unread, 1)  # rich has replaced it, and stopped printing
    console.quiet = False
    ended[" ".join(words)] = commands.run()
print(json.dumps(ended), file=sys.stderr, flush=True)
os._exit(0)
"""


def unread(shell: Shell, *command: str, stderr: int = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    """Run where the output is a pipe that has no reader any more."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        return subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env=os.environ | {"ESIM_DATA_DIR": str(shell.folder), "ESIM_DATABASE_URL": shell.url},
            stdout=writer,
            stderr=writer if stderr == subprocess.STDOUT else stderr,
            text=True,
            check=False,
            timeout=120,
        )
    finally:
        os.close(writer)


def for_programs(words: list[str]) -> list[str]:
    """The list in a form that is never empty: JSON lines are, where there are none."""
    return [*words, "--csv" if " ".join(words) in IN_LINES else "--json"]


async def test_every_help_page_and_every_list_ends_quietly(database: Database, shell: Shell) -> None:
    await world(database)
    pages = [[*name.split(), "--help"] for name in COMMANDS]
    texts = [["--help"], ["--version"], *pages, *LISTS, *map(for_programs, LISTS)]
    done = unread(shell, "-c", RUN_ALL, json.dumps(texts))
    assert done.stderr.count("\n") == 1, done.stderr
    ended = json.loads(done.stderr)
    assert len(ended) == len(texts)
    assert set(ended.values()) == {UNREAD}, ended


@pytest.mark.parametrize(
    "words", [("--help",), ("order", "list"), ("order", "list", "--csv"), ("--version",)]
)
def test_the_process_ends_as_of_sigpipe(words: tuple[str, ...], shell: Shell) -> None:
    done = unread(shell, "-m", "starter.cli", *words)
    assert (done.returncode, done.stderr) == (UNREAD, "")


def test_a_refusal_without_a_reader_ends_as_of_sigpipe(shell: Shell) -> None:
    done = unread(shell, "-m", "starter.cli", "order", "show", "nothing", stderr=subprocess.STDOUT)
    assert done.returncode == UNREAD


def test_a_broken_connection_is_not_taken_for_it(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise BrokenPipeError

    monkeypatch.setattr("typer.core.TyperCommand.invoke", broken)
    said = shell.run("order", "list", code=EXIT_CODE)
    found = SENTENCE.fullmatch(said.err)
    assert found is not None, said.err
    assert found[1] == "BrokenPipeError"
    Path(found[2]).unlink()
