"""What holds for every command there is: it never prints a traceback, and its help shows flags as flags."""

import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn

import pytest
from typer.core import TyperCommand
from typer.main import get_command

from starter.cli.commands import app
from store.session import Database
from telemetry.unexpected import EXIT_CODE, guarded
from tests.builders import line, run, world
from tests.starter.shell import ROOT, Shell

SECRET = "the text of an exception, such as ana@acme.example"
VALUES = {"number": "1", "quantity": "1", "used": "1"}
"""What an argument is given that takes no text."""
SENTENCE = re.compile(r"An unexpected error ended this \((\w+)\); (\S+) says where\.\n")


def leaves(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command of the tree, with what is typed to name it."""
    if not hasattr(command, "commands"):
        yield path, command
        return
    for name, part in command.commands.items():
        yield from leaves(part, (*path, name))


COMMANDS = {" ".join(path): command for path, command in leaves(get_command(app))}


def _arguments(command: Any) -> Iterator[Any]:
    return (one for one in command.params if one.param_type_name == "argument")


def typed(name: str, /, **given: str) -> list[str]:
    """The command with all that it requires; `given` overrules."""
    arguments = name.split()
    for parameter in COMMANDS[name].params:
        if parameter.required:
            value = given.get(parameter.name, VALUES.get(parameter.name, "x"))
            arguments += [value] if parameter.param_type_name == "argument" else [parameter.opts[0], value]
    return arguments


def test_there_are_commands() -> None:
    assert {"order switch", "keys new", "up", "doctor", "mail show"} <= COMMANDS.keys()


def _bug(*_: Any, **__: Any) -> NoReturn:
    raise LookupError(SECRET)


def the_log(said: str) -> Path:
    """The file that the one sentence names."""
    told = SENTENCE.fullmatch(said)
    assert told is not None, said
    assert told[1] == "LookupError"
    return Path(told[2])


@pytest.mark.covers("R18")
@pytest.mark.parametrize("name", COMMANDS)
def test_a_bug_is_one_sentence_and_the_place_of_its_log(
    name: str, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TyperCommand, "invoke", _bug)
    said = shell.run(*typed(name), code=EXIT_CODE)
    assert said.out == ""
    log = the_log(said.err)
    kept = log.read_text()
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    log.unlink()
    assert "LookupError at" in kept
    assert "_bug" in kept
    assert SECRET not in kept + said.err


@pytest.mark.covers("R18")
def test_a_bug_of_a_process_leaves_its_log_with_the_sandbox(shell: Shell, tmp_path: Path) -> None:
    logs = shell.folder / "logs"
    logs.mkdir(parents=True)
    code = (
        "import asyncio, sys; from starter.cli import main\n"
        "def bug(it): it.close(); raise LookupError('secret')\n"
        "asyncio.run = bug; sys.argv = ['esim-orders', 'order', 'list']; main()"
    )
    environment = os.environ | {"ESIM_DATA_DIR": str(shell.folder), "ESIM_DATABASE_URL": shell.url}
    for language, start in (("C", "An unexpected error"), ("fr_FR.UTF-8", "Une erreur inattendue")):
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=environment | {"LC_ALL": language, "PYTHONIOENCODING": "utf-8"},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert (done.returncode, done.stdout) == (EXIT_CODE, ""), done.stderr
        assert done.stderr.startswith(start)
        assert done.stderr.count("\n") == 1
        assert str(logs) in done.stderr
    assert len(list(logs.iterdir())) == 2
    assert all("orders/list_and_show.py" in log.read_text() for log in logs.iterdir())


@pytest.mark.covers("R18")
def test_commands_that_cannot_be_loaded_are_a_sentence() -> None:
    code = "import sys; sys.modules['typer'] = None\nfrom starter.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == EXIT_CODE
    told = SENTENCE.fullmatch(done.stderr)
    assert told is not None, done.stderr
    Path(told[2]).unlink()


@pytest.mark.covers("R18")
@pytest.mark.parametrize("module", ["worker", "portal"])
def test_a_service_ends_with_the_same_code_and_its_log(module: str, database_url: str) -> None:
    code = (
        "import asyncio, runpy, sys, uvloop\n"
        "def bug(it): it.close(); raise LookupError('secret')\n"
        f"uvloop.run = bug; sys.argv = ['x']; runpy.run_module('{module}', run_name='__main__')"
    )
    environment = os.environ | {"ESIM_DATABASE_URL": database_url}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == EXIT_CODE, done.stderr
    assert "The process ends with a bug." in done.stderr
    assert "LookupError at" in done.stderr
    assert "Traceback" not in done.stderr
    assert "secret" not in done.stderr


@pytest.mark.covers("R18")
def test_other_programs_say_a_bug_alike() -> None:
    said: list[str] = []
    assert guarded(lambda: 4, "demo", said.append) == 4
    assert guarded(_bug, "demo", said.append) == EXIT_CODE
    log = the_log("".join(said) + "\n")
    assert "demo failed" in log.read_text()
    log.unlink()


_PAGES: dict[str, str] = {}


def help_page(name: str, shell: Shell) -> str:
    """The page of a command, which is printed once for all tests."""
    if name not in _PAGES:
        _PAGES[name] = shell.run(*name.split(), "--help", columns=80).out
    return _PAGES[name]


@pytest.mark.parametrize(
    "name", ["", *COMMANDS, *sorted({name.split()[0] for name in COMMANDS if " " in name})]
)
def test_flags_are_shown_as_flags(name: str, shell: Shell) -> None:
    shown = help_page(name, shell)
    assert "<bool>" not in shown
    assert "--help" in shown


@pytest.mark.parametrize("name", COMMANDS)
def test_help_is_broken_into_lines_where_the_page_is_full_only(name: str, shell: Shell) -> None:
    page = help_page(name, shell)
    prose = [row.strip() for row in page.partition("╭")[0].splitlines()]
    for row, following in pairwise(prose):
        if row and following and not row.startswith("Usage: "):  # it says how the tests were started
            assert len(f"{row} {following.split()[0]}") > 78, row


def test_every_command_prints_json_if_asked() -> None:
    assert [name for name in COMMANDS if not _has(name, "--json")] == []


def test_every_key_says_what_it_is_for() -> None:
    helps = {
        name: parameter.help
        for name, command in COMMANDS.items()
        for parameter in command.params
        if "--key" in parameter.opts
    }
    assert {"order switch", "number assign", "licence buy"} <= helps.keys()
    said = re.compile(r"Idempotency key: the same key is the same [\w-]+; generated if left out\.")
    assert {name: said.fullmatch(text) is not None for name, text in helps.items()} == dict.fromkeys(
        helps, True
    )


@pytest.mark.parametrize("name", [name for name, command in COMMANDS.items() if any(_arguments(command))])
def test_a_negative_number_is_no_option(name: str, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command itself then refuses it, in a sentence."""
    taken: list[dict[str, Any]] = []
    monkeypatch.setattr(TyperCommand, "invoke", lambda _, context: taken.append(context.params))
    given = {argument.name: "-1" for argument in _arguments(COMMANDS[name])}
    shell.run(*typed(name, **given))
    for argument in _arguments(COMMANDS[name]):
        if argument.required and argument.nargs == 1:
            assert str(taken[0][argument.name]) == "-1"
    assert "No such option" in shell.run(*typed(name), "--no-such-option", code=2).err


def _has(name: str, option: str) -> bool:
    return any(option in getattr(parameter, "opts", ()) for parameter in COMMANDS[name].params)


MORE = {"qr import": ["README.md"], "qr notify": ["--to", "x@acme.example"], "qr show": ["--json"]}
"""What these need besides, to get as far as asking who acts."""


@pytest.mark.covers("S5")
@pytest.mark.parametrize("name", sorted(name for name in COMMANDS if _has(name, "--user")))
async def test_a_user_who_does_not_exist_does_nothing(name: str, database: Database, shell: Shell) -> None:
    await world(database, line(1))
    before = await run(database, "SELECT count(*) FROM events")
    for user in ("U-99999", "user:1", "provider", "system", "operator", "contact:1", "Ana Lopes"):
        arguments = typed(name, line="L-1", target="L-1", sim="S-1", user=user) + MORE.get(name, [])
        arguments += [] if "--user" in arguments else ["--user", user]
        arguments += ["--yes"] if _has(name, "--yes") else []
        said = shell.run(*arguments, code=2)
        assert said.err == "There is no such user in the account.\n", (user, said.err)
    assert await run(database, "SELECT count(*) FROM events") == before


@pytest.mark.covers("R18")
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_one_sentence(shell: Shell) -> None:
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "starter.cli", "--help"],
            cwd=ROOT,
            env=shell._own(80),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    sentence = "The output cannot be written: there is no space left.\n"
    assert (ended.returncode, ended.stderr) == (2, sentence)
