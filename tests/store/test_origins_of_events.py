"""Every event of a caller says where the call came from."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import store

FOLDER = Path(store.__file__).parent
APPEND = {"events.append", "events.append_each"}


def appended() -> Iterator[tuple[str, ast.Call]]:
    """Every call that appends events, with where it is."""
    for path in sorted(FOLDER.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in APPEND:
                yield f"{path.name}:{node.lineno}", node


@pytest.mark.covers("S5")
def test_only_events_of_the_platform_itself_have_no_origin() -> None:
    calls = list(appended())
    assert len(calls) > 30
    for place, call in calls:
        if not any(keyword.arg == "origin_id" for keyword in call.keywords):
            said = {ast.unparse(argument) for argument in call.args}
            assert said & {"'system'", "'operator'", "_SYSTEM"}, place
