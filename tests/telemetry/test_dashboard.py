"""Panels and alerts ask for what there is: each query is held against a scrape of running processes."""

import json
import re
import shutil
import subprocess
from typing import Any

import promql_parser as promql
import pytest
import yaml

from telemetry.metrics import AGE, GAUGES
from tests.telemetry.processes import ROOT
from tests.telemetry.watched import Watched, samples

pytestmark = pytest.mark.timeout(300)
"""The day that is watched takes its time on a busy machine, and the first test here waits for it."""

DASHBOARD = json.loads((ROOT / "deploy/grafana/esim-orders.json").read_text())
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
ALERTS_FILE = ROOT / "deploy/prometheus/alerts.yml"
ALERTS = [rule for group in yaml.safe_load(ALERTS_FILE.read_text())["groups"] for rule in group["rules"]]
PROMETHEUS = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text())
OF_PROMETHEUS = {"job", "instance"}
"""Labels that Prometheus itself adds."""


QUERIES = [
    (panel["title"], target["expr"].replace("$__rate_interval", "1m"))
    for panel in PANELS
    for target in panel["targets"]
] + [(rule["alert"], rule["expr"]) for rule in ALERTS]


OF_ONE_PROCESS = "esim_portal_streams"
"""The only gauge of ours that each process has of itself."""


class Asked:
    """The metrics that a query reads, with the labels that it wants each to have."""

    def __init__(self, query: str) -> None:
        self.wanted: dict[str, set[str]] = {}
        self.values: list[tuple[str, str, list[str]]] = []
        self._visit(promql.parse(query), frozenset())

    def _visit(self, node: Any, labels: frozenset[str]) -> None:
        if isinstance(node, promql.AggregateExpr):
            grouped = frozenset(node.modifier.labels) if node.modifier else frozenset()
            self._visit(node.expr, labels | grouped)
        elif isinstance(node, promql.VectorSelector):
            assert node.name is not None
            matchers = node.matchers.matchers
            self.wanted.setdefault(node.name, set()).update(labels, (one.name for one in matchers))
            for one in matchers:
                self.values.append((node.name, one.name, one.value.split("|")))
        elif isinstance(node, promql.MatrixSelector):
            self._visit(node.vector_selector, labels)
        elif isinstance(node, promql.BinaryExpr):
            self._visit(node.lhs, labels)
            self._visit(node.rhs, labels)
        elif isinstance(node, promql.Call):
            for argument in node.args:
                self._visit(argument, labels)
        elif isinstance(node, promql.ParenExpr | promql.UnaryExpr | promql.SubqueryExpr):
            self._visit(node.expr, labels)
        else:
            assert isinstance(node, promql.NumberLiteral | promql.StringLiteral), node


@pytest.fixture(scope="module")
def scraped(watched: Watched) -> dict[str, set[str]]:
    """The labels of each metric that worker or portal serves."""
    found: dict[str, set[str]] = {}
    for page in watched.metrics.values():
        for name, sets in samples(page).items():
            found.setdefault(name, set()).update(*sets)
    return found


@pytest.mark.covers("W3")
@pytest.mark.parametrize(("where", "query"), QUERIES)
def test_every_query_asks_for_what_there_is(scraped: dict[str, set[str]], where: str, query: str) -> None:
    asked = Asked(query)
    assert asked.wanted
    for name, labels in asked.wanted.items():
        if name != "up":
            assert labels <= scraped.get(name, set()) | OF_PROMETHEUS, (where, name)


def test_what_a_query_picks_can_be_found(watched: Watched) -> None:
    """Jobs are those of the configuration; statuses and states those that exist."""
    jobs = {config["job_name"] for config in PROMETHEUS["scrape_configs"]}
    seen = {name: sets for page in watched.metrics.values() for name, sets in samples(page).items()}
    for where, query in QUERIES:
        for name, label, values in Asked(query).values:
            there = jobs if name == "up" else {found[label] for found in seen.get(name, []) if label in found}
            assert there & set(values) or label == "status_code", (where, name, label)


def test_the_same_number_from_several_processes_is_counted_once() -> None:
    for where, query in QUERIES:
        if OF_ONE_PROCESS in query:
            assert query.startswith("sum by (kind) ("), where
        elif "esim_" in query:
            assert re.search(r"\bmax( by \([a-z, ]+\))? \(", query) or "max(" in query, where
            assert not re.search(r"\b(sum|count|avg)( by \([a-z, ]+\))? ?\((rate\(|delta\()?esim_", query), (
                where
            )


def test_every_gauge_of_ours_is_shown() -> None:
    text = json.dumps(DASHBOARD)
    for gauge in (*GAUGES, AGE):
        assert gauge.name in text
    assert OF_ONE_PROCESS in text


def test_panels_are_whole_and_do_not_overlap() -> None:
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        cells = {
            (place["x"] + column, place["y"] + line)
            for column in range(place["w"])
            for line in range(place["h"])
        }
        assert not cells & taken, panel["title"]
        taken |= cells
    assert all(column < 24 for column, _ in taken)
    for panel in PANELS:
        assert panel["description"]
        assert panel["datasource"]["uid"] == "${datasource}"
        for target in panel["targets"]:
            shown = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
            assert shown <= set(re.findall(r"\w+", target["expr"]))


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_an_alert_says_what_happened_and_where_to_read_on(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert rule["annotations"]["summary"]
    path, _, anchor = rule["annotations"]["runbook"].partition("#")
    headings = re.findall(r"^#+ (.*)$", (ROOT / path).read_text(), re.M)
    assert anchor in {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_alert_is_explained() -> None:
    text = (ROOT / "docs/telemetry.md").read_text()
    assert set(re.findall(r"^\| `(Esim\w+)` \|", text, re.M)) == {rule["alert"] for rule in ALERTS}


def test_every_metric_of_ours_is_explained() -> None:
    text = (ROOT / "docs/telemetry.md").read_text()
    for gauge in (*GAUGES, AGE):
        (row,) = re.findall(rf"^\| `{gauge.name}` \| (.*?) \|", text, re.M)
        assert set(re.findall(r"`(\w+)`", row)) == set(gauge.labels)


@pytest.mark.skipif(not shutil.which("promtool"), reason="promtool comes with Prometheus")
def test_prometheus_takes_the_files() -> None:
    command = ["promtool", "check", "config", "prometheus.yml"]
    done = subprocess.run(command, cwd=ALERTS_FILE.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
