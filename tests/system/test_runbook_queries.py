"""Every query and saved view of the runbook is one that Temporal takes, and finds what it is for."""

import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

from tests.temporal_server import Temporal, a_task_queue, eventually
from workflows.search_attributes import NAMES

RUNBOOK = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
PLACEHOLDER = "Q"
WITHOUT_WORKER = {"Failed", "TimedOut"}
"""Ends that no workflow comes to while nothing takes its tasks."""
_TABLE = re.compile(r"^\| (?:query|view) \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", re.M)
_ASSIGNED = re.compile(r"(\w+) = '(\w+)'")


def _views() -> list[str]:
    """The queries of tables: whatever is code there."""
    return [query for rows in _TABLE.findall(RUNBOOK) for query in re.findall(r"`([^`]+)`", rows)]


def _commands() -> Iterator[str]:
    """Those that commands are given, also over the end of a line."""
    for query in re.findall(r'--query "([^"]+)"', RUNBOOK):
        yield " ".join(query.split())
    yield from re.findall(r'"query": "([^"]+)"', RUNBOOK)


VIEWS = _views()
QUERIES = [*VIEWS, *(query for query in _commands() if query != PLACEHOLDER)]


def test_queries_are_found_where_the_runbook_has_them() -> None:
    assert len(VIEWS) >= 14
    assert len(QUERIES) >= len(VIEWS) + 4


@pytest.mark.covers("W9")
@pytest.mark.parametrize("view", VIEWS)
def test_a_saved_view_outlives_a_click_on_a_filter_and_the_day(view: str) -> None:
    assert " IN (" not in view
    assert not re.search(r"\d{4}-\d\d-\d\d", view)


@pytest.mark.covers("W3", "W9")
@pytest.mark.parametrize("query", QUERIES)
async def test_a_query_is_taken_and_finds_what_it_is_for(temporal: Temporal, query: str) -> None:
    """One workflow for each alternative that the query names is prepared; no worker takes it."""
    queue = a_task_queue()
    expected = [await _prepared(temporal, queue, wanted) for wanted in _alternatives(query)]
    within = f"({query})" + ("" if "TaskQueue" in query else f" AND TaskQueue = '{queue}'")

    async def found() -> set[str]:
        return {row.id async for row in temporal.client.list_workflows(within)}

    await eventually(found, lambda ids: ids >= set(expected))
    assert (await temporal.client.count_workflows(within)).count >= len(expected)


def _alternatives(query: str) -> list[dict[str, str]]:
    """The attributes of what it finds. Nothing is prepared for what only a fault makes, or another queue."""
    if "TemporalReportedProblems" in query or "TemporalPauseInfo" in query or "TaskQueue" in query:
        return []
    pairs = _ASSIGNED.findall(query)
    both: dict[str, str] = {name: value for name, value in pairs if name not in _repeated(query)}
    if "HoldReason IS NOT NULL" in query:
        both["HoldReason"] = "mail_rejected"
    repeated = [
        {name: value} for name, value in pairs if name in _repeated(query) and value not in WITHOUT_WORKER
    ]
    return [both | one for one in repeated] or [both]


def _repeated(query: str) -> set[str]:
    names = [name for name, _ in _ASSIGNED.findall(query)]
    return {name for name in names if names.count(name) > 1}


async def _prepared(temporal: Temporal, queue: str, wanted: dict[str, str]) -> str:
    name = f"prepared-{uuid.uuid4().hex}"
    pairs = [
        SearchAttributePair(SearchAttributeKey.for_keyword(key), value)
        for key, value in wanted.items()
        if key in NAMES
    ]
    handle = await temporal.client.start_workflow(
        wanted.get("WorkflowType", "EsimOrder"),
        id=name,
        task_queue=queue,
        search_attributes=TypedSearchAttributes(pairs),
    )
    if wanted.get("ExecutionStatus") == "Terminated":
        await handle.terminate()
    return name
