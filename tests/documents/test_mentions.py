"""Every command that a document mentions exists, with every option that is given."""

import re
import shlex
import subprocess
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
import typer

from sandbox.temporal_server import find_temporal
from starter.cli.commands import app
from tests.documents.blocks import DOCUMENTS, PROGRAMS, blocks, mentions, unseen_commands

TREE: Any = typer.main.get_command(app)

MARKED = {
    "it needs a container engine": 6,
    "they are the tests": 1,
    "it runs until Ctrl-C": 3,
    "they measure for minutes": 2,
    "tests/documents/test_api_tour.py does, as one script": 22,
    "tests/system/test_clock_sandbox.py does, in a sandbox with a clock": 1,
    "tests/system/test_codec_server.py does, with a portal that has the keys": 1,
    "tests/system/test_versions.py does, with workers of two versions": 8,
}
"""Blocks that no test runs, by reason: a new one is a decision."""

WRITTEN = (
    "Type:\n\n    {}\n",
    "Type:\n\n\t{}\n",
    "- Type:\n\n      $ {}\n",
    "```\n{}\n```\n",
    "```console\n$ {}\n```\n",
    "```sh copy\n{}\n```\n",
    "~~~sh\n{}\n~~~\n",
    "> ```sh\n> {}\n> ```\n",
    "````sh\n{}\n````\n",
)
"""Ways to show a command that `blocks("sh")` does not see."""


def test_what_is_not_run_is_counted() -> None:
    counts: dict[str, int] = {}
    for block in blocks("sh"):
        if block.reason:
            counts[block.reason] = counts.get(block.reason, 0) + 1
    assert counts == MARKED


@pytest.mark.covers("W12")
@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_of_a_document_stands_in_a_block_that_is_run(document: Path) -> None:
    assert not list(unseen_commands(document.read_text()))


@pytest.mark.covers("W12")
@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("written", WRITTEN)
def test_a_command_is_found_however_its_block_is_written(program: str, written: str) -> None:
    assert list(unseen_commands(written.format(f"{program} order list")))
    assert not list(unseen_commands(f"```sh\n{program} order list\n```\n{program} is a program."))


@pytest.mark.covers("W12")
@pytest.mark.parametrize(("where", "command"), sorted(set(mentions("esim-orders", *TREE.commands))))
def test_a_command_that_is_mentioned_exists_with_its_options(where: str, command: str) -> None:
    words = shlex.split(command, comments=True)
    words = words[1:] if words[0] == "esim-orders" else words
    current: Any = TREE
    while words and hasattr(current, "commands"):
        word = words.pop(0)
        if word.startswith("-"):
            assert word in options(current), f"{where}: {word}"
            if takes_a_value(current, word):
                words.pop(0)
        elif word == "...":
            return
        else:
            assert word in current.commands, f"{where}: there is no command {word}"
            current = current.commands[word]
    for word in given(words):
        assert word in options(current), f"{where}: {word}"


def test_commands_are_found_in_sentences_without_the_name_of_the_program() -> None:
    assert {"qr revoke link:7", "order list --incidents"} <= {found for _, found in mentions(*TREE.commands)}


@pytest.mark.covers("W12")
@pytest.mark.parametrize(("where", "command"), sorted(set(mentions("temporal"))))
def test_a_command_of_temporal_exists_with_its_options(where: str, command: str) -> None:
    words = shlex.split(command, comments=True)[1:]
    path = tuple(takewhile(lambda word: not word.startswith("-") and word != "...", words))
    usage, known = described(*path, "--help")
    assert f"temporal {' '.join(path)} [" in usage, where
    for word in given(words):
        assert word in known | described("options")[1], f"{where}: {word}"


@cache
def described(*words: str) -> tuple[str, set[str]]:
    """What Temporal's command line says of a command, and the options that it names there."""
    text = subprocess.run(
        [find_temporal(), *words], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    return text, set(re.findall(r"(?<![\w-])--?[a-zA-Z][\w-]*", text))


def given(words: list[str]) -> list[str]:
    """The options among the words of a command."""
    return [
        word.partition("=")[0]
        for word in words
        if word.startswith("--") or (word.startswith("-") and len(word) == 2)
    ]


def takes_a_value(command: Any, option: str) -> bool:
    """Whether the next word is the option's value, as of `--language` in front of a command."""
    return any(option in parameter.opts and not parameter.is_flag for parameter in command.params)


def options(command: Any) -> set[str]:
    """The options of a command."""
    return {"--help"} | {
        name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)
    }
