"""What is written says which order it is about, and nothing about anybody."""

import json
import logging
from datetime import datetime
from typing import Any

import pytest

from settings import Settings
from telemetry.logs import TEXT, JsonLines, TextLines, about
from tests.telemetry.watched import Watched

pytestmark = pytest.mark.timeout(300)
"""The day that is watched takes its time on a busy machine, and the first test here waits for it."""

SECRET = "sentinel@private.example"


def a_record(name: str = "worker", message: str = "It happens.", **more: Any) -> logging.LogRecord:
    failure = more.pop("exc_info", None)
    record = logging.LogRecord(name, logging.WARNING, "there.py", 1, message, None, failure)
    record.__dict__.update(more)
    return record


def fails() -> None:
    raise ValueError(f"row of {SECRET}")


def a_failure() -> Any:
    """One that led to another, both with a text that must not be told."""
    try:
        try:
            fails()
        except ValueError as cause:
            raise RuntimeError(f"cannot write to {SECRET}") from cause
    except RuntimeError as failure:
        return type(failure), failure, failure.__traceback__


def test_a_line_is_one_object() -> None:
    line = JsonLines("worker").format(a_record(message="Two\nlines."))
    assert "\n" not in line
    told = json.loads(line)
    assert told.pop("time").endswith("+00:00")
    assert told == {"level": "WARNING", "logger": "worker", "message": "Two\nlines.", "process": "worker"}


@pytest.mark.covers("W6")
@pytest.mark.parametrize("form", [JsonLines("worker"), TextLines(TEXT)], ids=["json", "text"])
def test_a_failure_is_told_by_type_and_frames_only(form: logging.Formatter) -> None:
    record = a_record(exc_info=a_failure(), exc_text=f"RuntimeError: {SECRET}")
    line = form.format(record)
    assert SECRET not in line.replace("{SECRET}", "")
    assert line.index("RuntimeError") < line.index("ValueError")
    assert "in fails" in line
    assert record.exc_text, "the record itself is left as it was"


@pytest.mark.parametrize("form", [JsonLines("worker"), TextLines(TEXT)], ids=["json", "text"])
def test_a_task_that_nobody_waited_for_keeps_its_text(form: logging.Formatter) -> None:
    message = f"Task exception was never retrieved\nfuture: <Task exception=ValueError('{SECRET}')>"
    line = form.format(a_record("asyncio", message))
    assert "never retrieved" in line
    assert SECRET not in line


def test_a_line_within_something_says_so() -> None:
    facts = {"route": "(no page)"}
    with about(lambda: facts):
        facts["route"] = "/u/{token}"
        told = json.loads(JsonLines("portal").format(a_record(status=404, secret=SECRET)))
    assert (told["route"], told["status"]) == ("/u/{token}", 404)
    assert SECRET not in json.dumps(told)
    assert "route" not in json.loads(JsonLines("portal").format(a_record()))


def test_text_is_the_default() -> None:
    assert Settings().log_format == "text"
    line = TextLines(TEXT).format(a_record())
    assert line.endswith(" WARNING worker It happens.")


@pytest.mark.covers("W3")
def test_every_line_of_a_step_names_it(watched: Watched) -> None:
    (failed,) = [
        line
        for line in watched.logs["worker"]
        if line["logger"] == "activities.failures" and line.get("order_id") == watched.held_id
    ]
    assert failed["workflow_id"] == watched.held_id
    assert (failed["activity_type"], failed["attempt"]) == ("submit_to_provider", 1)
    broken = [line for line in watched.logs["worker"] if line.get("activity_type") == "acknowledge_order"]
    assert broken
    assert any("DBAPIError" in line["message"] for line in broken)


def test_every_line_of_a_workflow_names_it(watched: Watched) -> None:
    (dropped,) = [line for line in watched.lines if "no retry was dropped" in line["message"]]
    assert dropped["order_id"] == dropped["workflow_id"] == watched.held_id
    assert (dropped["workflow_type"], dropped["attempt"]) == ("EsimOrder", 1)


def test_every_line_of_the_portal_names_its_page(watched: Watched) -> None:
    requests = [line for line in watched.logs["portal"] if "status" in line]
    assert ("POST", "/u/{token}/send", 200) in {
        (line["method"], line["route"], line["status"]) for line in requests
    }
    assert all(line["milliseconds"] >= 0 for line in requests)


@pytest.mark.covers("W6")
def test_no_line_holds_anything_personal_or_secret(watched: Watched) -> None:
    written = "\n".join(json.dumps(line, ensure_ascii=False) for line in watched.lines).lower()
    assert [what for what, secret in watched.secrets.items() if secret.lower() in written] == []
    for line in watched.lines:
        assert datetime.fromisoformat(line["time"]).tzinfo
        assert line["process"] in {"worker", "portal"}
    ours = {"activities", "portal", "worker", "starter", "telemetry", "providers", "store"}
    quiet = {line["logger"].partition(".")[0] for line in watched.lines if line["level"] in {"DEBUG", "INFO"}}
    assert quiet <= ours
