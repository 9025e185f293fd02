"""Nothing that people get does anything to their terminal, whatever was typed or came by mail."""

import ast
from io import StringIO
from pathlib import Path
from typing import Any, NoReturn

import pytest

import sandbox.up
from models.characters import UNPRINTABLE
from sandbox.errors import SandboxError
from starter.cli.questions import answer, confirmed
from tests.starter.shell import ROOT, Said, Shell
from tests.starter.test_every_command import COMMANDS, typed

HOSTILE = "a\x1b[31mb\u202ec\x9b2Jd\re"
CLI = ROOT / "starter" / "cli"


def takes_text(parameter: Any) -> bool:
    return not getattr(parameter, "is_flag", False)


def calls(name: str) -> list[list[str]]:
    """The command with something hostile in each place where something can be typed."""
    parameters = [one for one in COMMANDS[name].params if takes_text(one)]
    all_required = {one.name: HOSTILE for one in parameters if one.required}
    found = [typed(name, **all_required)] if all_required else []
    for one in parameters:
        if not one.required:
            found.append(typed(name) + ([one.opts[0]] if one.param_type_name == "option" else []) + [HOSTILE])
        else:
            found.append(typed(name, **{one.name: f"{HOSTILE}\0"}))
    return [*found, [*name.split(), f"--{HOSTILE}"], [*name.split(), *[HOSTILE] * 9]]


def harmless(said: Said) -> bool:
    return not UNPRINTABLE.search((said.out + said.err).replace("\n", ""))


def _not_started(plan: sandbox.up.Plan, _: Any) -> NoReturn:
    raise SandboxError(f"It cannot be started on {plan.data_dir}.")


@pytest.fixture
def quiet_shell(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A shell in a folder of its own, without Temporal, and where `up` starts nothing."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sandbox.up, "up", _not_started)
    shell.more["ESIM_TEMPORAL_ADDRESS"] = "127.0.0.1:1"
    return shell


@pytest.mark.covers("R18")
@pytest.mark.parametrize("name", COMMANDS)
def test_what_is_typed_is_repeated_without_control_characters(name: str, quiet_shell: Shell) -> None:
    for arguments in calls(name):
        said = quiet_shell.run(*arguments, code=None)
        assert harmless(said), (arguments, said)


@pytest.mark.covers("R18")
def test_what_is_typed_before_a_command_is_repeated_so_too(quiet_shell: Shell) -> None:
    quiet_shell.url = ""
    for arguments in (
        *([option, HOSTILE, "order", "list"] for option in ("--data-dir", "--user", "--language")),
        *([f"--{HOSTILE}"], [HOSTILE], ["order", HOSTILE]),
    ):
        said = quiet_shell.run(*arguments, code=None)
        assert said.err
        assert harmless(said), (arguments, said)


@pytest.mark.covers("R18")
def test_a_mail_is_shown_with_its_lines_and_nothing_else_that_a_terminal_obeys(quiet_shell: Shell) -> None:
    box = quiet_shell.folder / "mailbox"
    box.mkdir()
    mail = "Subject: one \x1b[31m\u202e\n\nfirst\tline\n\x1b[31mred \u202e back\x07\n"
    head = "From: a@shop.example\nTo: b@shop.example\nContent-Type: text/plain; charset=utf-8\n"
    (box / "00000001.eml").write_bytes((head + mail).encode())
    shown = quiet_shell.run("mail", "show", "1")
    assert harmless(shown)
    assert "first   line\n\N{REPLACEMENT CHARACTER}[31mred" in shown.out
    assert harmless(quiet_shell.run("mail", "list"))


@pytest.mark.covers("R18")
def test_questions_are_asked_without_control_characters(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("n\n\n"))
    assert not confirmed(HOSTILE)
    assert answer(HOSTILE, "\x1b[31mred") == "\x1b[31mred"
    asked = capsys.readouterr()
    assert harmless(Said(asked.out, asked.err))


@pytest.mark.covers("R18")
@pytest.mark.parametrize("file", sorted(CLI.rglob("*.py")), ids=lambda file: str(file.relative_to(CLI)))
def test_only_one_module_prints(file: Path) -> None:
    """`__init__` says only that the commands could not be loaded."""
    printing = [
        call.lineno
        for call in ast.walk(ast.parse(file.read_text()))
        if isinstance(call, ast.Call)
        and ast.unparse(call.func).rpartition(".")[2] in ("print", "echo", "secho")
    ]
    assert not printing or file in (CLI / "output.py", CLI / "__init__.py"), printing
