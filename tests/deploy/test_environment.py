"""The variables that operators are told of are the ones that are read."""

import re
from typing import Any

import pytest
from pydantic import TypeAdapter

from settings import Settings
from tests.deploy.composition import COMPOSE_FILE, ENV_EXAMPLE, FILLED_IN, ROOT, VARIABLE, services

SETTINGS = {f"ESIM_{name.upper()}": field for name, field in Settings.model_fields.items()}
NOT_FOR_CONTAINERS = {"ESIM_DATA_DIR"}
"""The folder of the sandbox, which a cluster does not have."""
MADE_BY_COMPOSITION = {"ESIM_DATABASE_URL", "ESIM_HEALTH_ADDRESS", "ESIM_PORTAL_HOST", "ESIM_PORTAL_PORT"}
OVERRULED = {"ESIM_TEMPORAL_ADDRESS", "ESIM_TEMPORAL_UI_URL"}
"""Inside the composition, Temporal is elsewhere than on a developer's machine."""

ASSIGNMENT = re.compile(r"^(?P<comment># )?(?P<name>[A-Z_]+)=(?P<value>.*)$", re.M)


def assignments() -> list[re.Match[str]]:
    return list(ASSIGNMENT.finditer(ENV_EXAMPLE.read_text()))


@pytest.mark.parametrize(
    "path", ["docker-compose.temporal.yml", ".env.example", "docs/cluster.md", "deploy/temporal/namespace.sh"]
)
def test_every_setting_that_is_named_exists(path: str) -> None:
    named = set(re.findall(r"\bESIM_[A-Z_]*[A-Z]", (ROOT / path).read_text()))
    assert named <= set(SETTINGS)


@pytest.mark.parametrize("name", ["worker", "migrate"])
def test_every_setting_reaches_our_containers(name: str) -> None:
    assert set(services()[name]["environment"]) == set(SETTINGS) - NOT_FOR_CONTAINERS


def test_every_setting_can_be_found_in_the_example() -> None:
    named = {line["name"] for line in assignments()}
    assert set(SETTINGS) - NOT_FOR_CONTAINERS - MADE_BY_COMPOSITION <= named


def test_the_example_names_what_the_composition_reads_and_nothing_else() -> None:
    read = {found["name"] for found in VARIABLE.finditer(COMPOSE_FILE.read_text())}
    handed_on = {name for name, value in services()["worker"]["environment"].items() if value is None}
    named = {line["name"] for line in assignments()}
    assert named == read | handed_on | {"COMPOSE_PROJECT_NAME"}


def test_the_example_leaves_open_what_must_be_filled_in() -> None:
    open_ = {line["name"] for line in assignments() if not line["comment"] and not line["value"]}
    assert open_ == set(FILLED_IN)


@pytest.mark.parametrize(
    "name", sorted(set(SETTINGS) - NOT_FOR_CONTAINERS - MADE_BY_COMPOSITION - OVERRULED - set(FILLED_IN))
)
def test_the_example_shows_the_default(name: str) -> None:
    shown = [line["value"] for line in assignments() if line["name"] == name]
    default = SETTINGS[name].default
    adapter = TypeAdapter[Any](type(default))
    assert [adapter.validate_python(value) for value in shown] == [default] * len(shown)


def test_the_example_shows_the_defaults_of_the_composition() -> None:
    defaults = {
        found["name"]: found["text"]
        for found in VARIABLE.finditer(COMPOSE_FILE.read_text())
        if found["kind"] == "-"
    }
    shown = {line["name"]: line["value"] for line in assignments() if line["comment"]}
    assert {name: shown[name] for name in defaults} == defaults
