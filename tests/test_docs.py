"""The documents say what the code says."""

import ast
import re
from pathlib import Path

import pytest

from models.orders.lifecycle import HoldReason
from settings import Settings
from starter.cli.commands import app
from workflows.orders.order import EsimOrder
from workflows.search_attributes import NAMES

TOP = Path(__file__).parent.parent
DOCS = TOP / "docs"

TEMPORALS_OWN = {
    *("TemporalReportedProblems", "TemporalPauseInfo"),
    *("ExecutionStatus", "StartTime", "WorkflowType"),
}
"""Search attributes that every Temporal service has."""


def anchors(text: str) -> set[str]:
    """What links into the document may name."""
    titles = re.findall(r"^#+ (.+)$", text, re.M)
    return {re.sub(r"[^\w -]", "", title).strip().lower().replace(" ", "-") for title in titles}


def test_every_setting_is_documented() -> None:
    text = (DOCS / "configuration.md").read_text()
    documented = set(re.findall(r"^\| `(ESIM_\w+)`", text, re.M))
    assert documented == {f"ESIM_{name.upper()}" for name in Settings.model_fields}


def test_every_reason_to_hold_has_its_row_in_the_runbook() -> None:
    rows = set(re.findall(r"^\| `(\w+)` \|", (DOCS / "operations.md").read_text(), re.M))
    assert {reason.value for reason in HoldReason} <= rows


@pytest.mark.covers("W5")
def test_every_reason_to_hold_is_in_one_saved_view() -> None:
    _, views = (DOCS / "operations.md").read_text().split("| view | query |")
    rows = views.split("\n\n")[0]
    assert sorted(re.findall(r"HoldReason = '(\w+)'", rows)) == sorted(HoldReason)


def test_the_runbook_filters_by_search_attributes_that_exist() -> None:
    used = set(re.findall(r"`(\w+) (?:=|IS)", (DOCS / "operations.md").read_text()))
    assert used - TEMPORALS_OWN <= set(NAMES)


@pytest.mark.covers("W5")
def test_every_alert_has_its_row_and_leads_to_a_section_of_the_runbook() -> None:
    runbook = (DOCS / "operations.md").read_text()
    rules = (TOP / "deploy" / "prometheus" / "alerts.yml").read_text()
    named = set(re.findall(r"alert: (\w+)", rules))
    assert named == set(re.findall(r"^\| `(Esim\w+)` \|", runbook, re.M))
    assert set(re.findall(r"operations\.md#(\S+)", rules)) <= anchors(runbook)


def test_links_between_sections_lead_somewhere() -> None:
    for path in DOCS.glob("*.md"):
        text = path.read_text()
        for other, section in re.findall(r"\]\(([\w.-]*\.md)?#([\w-]+)\)", text):
            target = (DOCS / other).read_text() if other else text
            assert section in anchors(target), (path.name, other, section)


def test_every_row_that_a_test_names_is_in_the_requirements() -> None:
    rows = set(re.findall(r"^\| ([AFLPRSTW][0-9]+) \|", (DOCS / "requirements.md").read_text(), re.M))
    for path in (TOP / "tests").rglob("test_*.py"):
        for marked in re.findall(r"^@pytest\.mark\.covers\((.*)\)$", path.read_text(), re.M):
            named = set(re.findall(r'"(\w+)"', marked))
            assert named <= rows, (path.name, named - rows)


@pytest.mark.covers("W4")
def test_the_contract_names_every_call() -> None:
    text = (DOCS / "contract.md").read_text()
    defined = EsimOrder.__temporal_workflow_definition  # type: ignore[attr-defined]
    for name in [*defined.updates, *defined.signals, *defined.queries]:
        assert f"`{name}`" in text, name
    assert f"`{defined.name}`" in text


def test_the_readme_uses_commands_that_exist() -> None:
    text = (TOP / "README.md").read_text()
    groups = {group.name: group.typer_instance for group in app.registered_groups}
    known = {
        command.name or command.callback.__name__ for command in app.registered_commands if command.callback
    }
    for name, instance in groups.items():
        assert instance is not None
        for command in instance.registered_commands:
            assert command.callback is not None
            known.add(f"{name} {command.name or command.callback.__name__.replace('_', '-')}")
        known |= {f"{name} {group.name}" for group in instance.registered_groups}
    used = re.findall(r"^esim-orders (\w[\w-]*(?: [\w-]+)?)", text, re.M)
    assert used
    for command in used:
        assert command in known or command.split()[0] in known, command


def test_every_test_that_the_security_document_names_exists_and_covers_its_row() -> None:
    lines = (DOCS / "security.md").read_text().splitlines()
    named = [
        (found[1], path, test)
        for line in lines
        if (found := re.match(r"\| ([AFLRSTW]\d+) \|", line))
        for path, test in re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", line)
    ]
    assert named
    for row, path, test in named:
        rows = covered(TOP / path)
        assert not test or test in rows, (path, test)
        assert row in (rows[test] if test else set().union(*rows.values())), (row, path, test)


def covered(path: Path) -> dict[str, set[str]]:
    """The rows that each test of a file covers."""
    return {
        test.name: {
            str(ast.literal_eval(row))
            for mark in test.decorator_list
            if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.covers"
            for row in mark.args
        }
        for test in ast.parse(path.read_text()).body
        if isinstance(test, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_every_row_about_security_has_its_threat() -> None:
    rows = set(re.findall(r"^\| (S\d+) \|", (DOCS / "requirements.md").read_text(), re.M))
    assert rows <= set(re.findall(r"^\| (S\d+) \|", (DOCS / "security.md").read_text(), re.M))
