"""What processes write down: text for people, or JSON, one object a line, for a collector of logs.

Two things never get there. The text of an exception: libraries put addresses and rows into it; its type and
its frames say where to look. And what libraries tell below WARNING: it may be a path, which holds a token.
"""

import json
import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from traceback import format_tb
from types import TracebackType

from opentelemetry import trace
from temporalio import activity, workflow

from models.identifiers import WORK
from settings import Settings
from telemetry.unexpected import chain, frames

TEXT = "%(asctime)s %(levelname)s %(name)s %(message)s"
OURS = frozenset(
    {
        "activities",
        "mail",
        "portal",
        "providers",
        "qr",
        "starter",
        "store",
        "telemetry",
        "worker",
        "workflows",
    }
)
"""Whose lines below WARNING are written: those of our rooms."""
FACTS = ("method", "route", "status", "milliseconds")
"""What a line of the portal may bring along as `extra`."""
KINDS = tuple((prefix, prefix.replace("-", "_") + "id") for prefix in WORK)
"""What a workflow's id is the id of."""

Failure = tuple[type[BaseException], BaseException, TracebackType | None]
Facts = Callable[[], Mapping[str, object]]

_about: ContextVar[Facts] = ContextVar("_about", default=dict)


@contextmanager
def about(facts: Facts) -> Iterator[None]:
    """Put these facts on every line that is written within, as they are when it is written."""
    token = _about.set(facts)
    try:
        yield
    finally:
        _about.reset(token)


def set_up_logging(settings: Settings, process: str) -> None:
    """Write to standard error in the configured form; `process` is worker or portal."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(process) if settings.log_format == "json" else TextLines(TEXT))
    handler.addFilter(_worth_writing)
    logging.basicConfig(level=settings.log_level, handlers=[handler])
    logging.captureWarnings(capture=True)
    sys.excepthook = _write_down


class TextLines(logging.Formatter):
    """Lines for people."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, with where it failed below it."""
        return super().format(_redacted(record))

    def formatException(self, ei: object) -> str:  # noqa: N802
        """Types and frames of the failure and of what led to it."""
        failure = ei[1] if isinstance(ei, tuple) else None
        return frames(failure)


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        """The line as an object, with what it is about."""
        found = _redacted(record)
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": found.getMessage(),
            "process": self._process,
            **_about.get()(),
            **{name: getattr(record, name) for name in FACTS if hasattr(record, name)},
            **_of_temporal(),
            **_of_core(record),
            **_of_trace(),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["exception"] = [_told(one) for one in chain(record.exc_info[1])]
        return json.dumps(line, ensure_ascii=False, default=str)


def _worth_writing(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING or record.name.partition(".")[0] in OURS


def _redacted(record: logging.LogRecord) -> logging.LogRecord:
    """The record without texts of exceptions: another handler may have kept one in `exc_text`, and asyncio
    has one in the second line of what it says of a task.
    """
    found = logging.makeLogRecord(record.__dict__)
    found.exc_text = None
    if record.name == "asyncio":
        found.msg, found.args = record.getMessage().partition("\n")[0], ()
    return found


def _told(failure: BaseException) -> Mapping[str, object]:
    found = [frame.strip() for frame in format_tb(failure.__traceback__)]
    return {"type": type(failure).__name__, "frames": found}


def _of_temporal() -> Mapping[str, object]:
    """Which order the line is about, and which step of it."""
    if activity.in_activity():
        step = activity.info()
        found = {"activity_type": step.activity_type, "attempt": step.attempt}
        return _of_workflow(step.workflow_id) | found
    if workflow.in_workflow():
        run = workflow.info()
        return _of_workflow(run.workflow_id) | {"workflow_type": run.workflow_type, "attempt": run.attempt}
    return {}


def _of_workflow(workflow_id: str | None) -> dict[str, object]:
    if workflow_id is None:
        return {}
    named = {name: workflow_id for start, name in KINDS if workflow_id.startswith(start)}
    return {**named, "workflow_id": workflow_id}


def _of_core(record: logging.LogRecord) -> Mapping[str, object]:
    """What the SDK's core says a line is about."""
    said = getattr(getattr(record, "temporal_log", None), "fields", {})
    return {name: said[name] for name in ("workflow_id", "run_id") if name in said}


def _of_trace() -> Mapping[str, object]:
    span = trace.get_current_span().get_span_context()
    return {"trace_id": trace.format_trace_id(span.trace_id)} if span.is_valid else {}


def _write_down(kind: type[BaseException], failure: BaseException, at: TracebackType | None) -> None:
    """What Python does with a failure that nobody caught, without its text."""
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger(__name__).critical("The process ends with a bug.", exc_info=(kind, failure, at))
