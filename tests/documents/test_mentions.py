"""Every command of ours that a document mentions exists, with every option that is given."""

import shlex
from typing import Any

import pytest
import typer

from starter.cli.commands import app
from tests.documents.blocks import blocks, mentions

MARKED = {
    "it needs a container engine": 6,
    "they are the tests": 1,
    "it goes on until Ctrl-C": 1,
    "they measure for minutes": 2,
    "tests/system/test_versions.py does, with workers of two versions": 8,
}
"""Blocks that no test runs, by reason: a new one is a decision."""


def test_what_is_not_run_is_counted() -> None:
    counts: dict[str, int] = {}
    for block in blocks("sh"):
        if block.reason:
            counts[block.reason] = counts.get(block.reason, 0) + 1
    assert counts == MARKED


@pytest.mark.covers("W12")
@pytest.mark.parametrize(("where", "command"), sorted(set(mentions())))
def test_a_command_that_is_mentioned_exists_with_its_options(where: str, command: str) -> None:
    words = shlex.split(command, comments=True)[1:]
    current: Any = typer.main.get_command(app)
    while words and hasattr(current, "commands"):
        word = words.pop(0)
        if word.startswith("-"):
            assert word in options(current), f"{where}: {word}"
        elif word == "...":
            return
        else:
            assert word in current.commands, f"{where}: there is no command {word}"
            current = current.commands[word]
    for word in words:
        if word.startswith("--") or (word.startswith("-") and len(word) == 2):
            assert word.partition("=")[0] in options(current), f"{where}: {word}"


def options(command: Any) -> set[str]:
    """The options of a command."""
    return {"--help"} | {
        name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)
    }
