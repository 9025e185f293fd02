"""A number too large for the database is a refusal like any other wrong value."""

from io import StringIO
from typing import Any

import pytest

from store.session import Database
from tests.builders import line, world
from tests.starter.shell import Shell
from tests.starter.test_every_command import COMMANDS, MORE, typed

NUMBERS = (2**31, 2**63, 2**64, 10**20, -(2**63) - 1, 10**300)
LARGE = 10**20 - 1
IDS = [*(f"{letter}{LARGE}" for letter in ("L-", "S-", "U-", "C-", "P-", "link:", "user:", ""))]
IDS += [f"L-{2**63}", f"{10**15 - 1}"]
APART = pytest.mark.parametrize("apart", [6, pytest.param(1, marks=pytest.mark.night)], ids=["some", "all"])
"""By day each place takes every sixth value, the next place the next ones."""


def is_integer(parameter: Any) -> bool:
    return bool(parameter.type_descriptor.annotation is int)


def takes_ids(parameter: Any) -> bool:
    return parameter.type_descriptor.annotation in (str, list[str])


INTEGERS = [(name, one) for name in COMMANDS for one in COMMANDS[name].params if is_integer(one)]
TEXTS = sorted({name for name in COMMANDS for one in COMMANDS[name].params if takes_ids(one)})


def with_value(name: str, parameter: Any, value: str) -> list[str]:
    """The command on what there is, with this value in one place."""
    given = {"line": "L-1", "lines": "L-1", "target": "L-1", "sim": "S-1", "user": "U-1"}
    if parameter.required:
        return typed(name, **(given | {parameter.name: value})) + MORE.get(name, [])
    named = [parameter.opts[0]] if parameter.param_type_name == "option" else []
    return typed(name, **given) + MORE.get(name, []) + [*named, value]


async def test_there_are_integers_and_ids() -> None:
    names = {name for name, _ in INTEGERS}
    assert {"order list", "fleet list", "qr list", "mail list", "mail show"} <= names
    assert {"order show", "fleet show", "qr withdraw", "user show"} <= {*TEXTS} | {"user show"}


@pytest.mark.covers("R18")
@APART
@pytest.mark.parametrize(("name", "parameter"), INTEGERS, ids=lambda one: getattr(one, "name", one))
async def test_an_integer_that_is_too_large_is_refused(
    name: str, parameter: Any, apart: int, database: Database, shell: Shell
) -> None:
    await world(database, line(1))
    (shell.folder / "mailbox").mkdir()
    shell.more["ESIM_TEMPORAL_ADDRESS"] = "127.0.0.1:1"
    for number in NUMBERS[INTEGERS.index((name, parameter)) % apart :: apart]:
        said = shell.run(*with_value(name, parameter, str(number)), code=2)
        assert said.out == ""
        assert "unexpected" not in said.err


@pytest.mark.covers("R18")
@APART
@pytest.mark.parametrize("name", TEXTS)
async def test_an_id_that_is_too_large_is_unknown(
    name: str, apart: int, database: Database, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world(database, line(1))
    monkeypatch.setattr("sys.stdin", StringIO())  # no question is answered
    shell.more["ESIM_TEMPORAL_ADDRESS"] = "127.0.0.1:1"
    for turn, parameter in enumerate(filter(takes_ids, COMMANDS[name].params), TEXTS.index(name)):
        for large in IDS[turn % apart :: apart]:
            said = shell.run(*with_value(name, parameter, large), code=None)
            assert "unexpected error" not in said.err, (parameter.name, large)
