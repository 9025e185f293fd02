"""What is derived of the client is current, and each of its halves says what it was derived from."""

import json
import shutil
import tomllib
from pathlib import Path

import pytest

from client.generator.__main__ import PACKAGE, write
from client.generator.operations import operations
from client.generator.resources import methods_of
from client.generator.schemas import Schemas
from esim_orders_client.version import __version__

TOP = Path(__file__).parents[2]
DOCUMENT = json.loads((TOP / "docs" / "openapi.json").read_text())


def test_the_calls_and_models_are_those_of_the_document(tmp_path: Path) -> None:
    made = tmp_path / "esim_orders_client"
    shutil.copytree(PACKAGE, made, ignore=shutil.ignore_patterns("__pycache__"))
    write(made)
    kept = {path.relative_to(PACKAGE): path for path in PACKAGE.rglob("*.py")}
    written = {path.relative_to(made): path.read_text() for path in made.rglob("*.py")}
    assert written.keys() == kept.keys(), "run make client"
    assert [str(name) for name, path in kept.items() if written[name] != path.read_text()] == [], (
        "make client"
    )


def test_two_operations_of_one_name_are_not_written() -> None:
    found = [each for each in operations(DOCUMENT) if each.id == "cancel_order"]
    with pytest.raises(ValueError, match="cancel_order"):
        methods_of([*found, *found], Schemas(DOCUMENT))


def test_its_version_is_that_of_the_project() -> None:
    assert __version__ == tomllib.loads((TOP / "pyproject.toml").read_text())["project"]["version"]
