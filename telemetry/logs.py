"""Logging: text lines for people, or JSON lines for a log collector.

Two things are never logged. The message of an exception: libraries put addresses and rows into it; its type
and frames are logged instead. And library messages below WARNING: they may hold a path, and with it a token.
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
"""The packages whose messages below WARNING are logged: our own."""
FACTS = ("method", "route", "status", "milliseconds")
"""Fields that a line of the portal may pass as `extra`."""
KINDS = tuple((prefix, prefix.replace("-", "_") + "id") for prefix in WORK)
"""The prefix of each kind of workflow id, and its field in JSON lines."""

Failure = tuple[type[BaseException], BaseException, TracebackType | None]
Facts = Callable[[], Mapping[str, object]]

_about: ContextVar[Facts] = ContextVar("_about", default=dict)


@contextmanager
def about(facts: Facts) -> Iterator[None]:
    """Add these fields to every line that is logged within the block, evaluated when it is logged."""
    outer = _about.get()
    token = _about.set(lambda: {**outer(), **facts()})
    try:
        yield
    finally:
        _about.reset(token)


def set_up_logging(settings: Settings, process: str) -> None:
    """Log to standard error in the configured format; `process` is worker or portal."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(process) if settings.log_format == "json" else TextLines(TEXT))
    handler.addFilter(_worth_writing)
    logging.basicConfig(level=settings.log_level, handlers=[handler])
    logging.captureWarnings(capture=True)
    sys.excepthook = _write_down


class TextLines(logging.Formatter):
    """Formats lines for people."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, with the frames of an exception below it."""
        request = _about.get()().get("request_id")
        return super().format(_redacted(record)) + (f" ({request})" if request else "")

    def formatException(self, ei: object) -> str:  # noqa: N802
        """Types and frames of the exception and its causes."""
        failure = ei[1] if isinstance(ei, tuple) else None
        return frames(failure)


class JsonLines(logging.Formatter):
    """Formats each line as one JSON object."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        """The line as an object, with the fields of its order, request, workflow and trace."""
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
            line["exception"] = [_described(one) for one in chain(record.exc_info[1])]
        return json.dumps(line, ensure_ascii=False, default=str)


def _worth_writing(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING or record.name.partition(".")[0] in OURS


def _redacted(record: logging.LogRecord) -> logging.LogRecord:
    """The record without messages of exceptions: another handler may have cached one in `exc_text`, and
    asyncio puts one into the second line of its message about a task.
    """
    found = logging.makeLogRecord(record.__dict__)
    found.exc_text = None
    if record.name == "asyncio":
        found.msg, found.args = record.getMessage().partition("\n")[0], ()
    return found


def _described(failure: BaseException) -> Mapping[str, object]:
    found = [frame.strip() for frame in format_tb(failure.__traceback__)]
    return {"type": type(failure).__name__, "frames": found}


def _of_temporal() -> Mapping[str, object]:
    """The workflow and the activity within which the line is logged."""
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
    """The workflow that a line of the SDK's core is about."""
    said = getattr(getattr(record, "temporal_log", None), "fields", {})
    return {name: said[name] for name in ("workflow_id", "run_id") if name in said}


def _of_trace() -> Mapping[str, object]:
    span = trace.get_current_span().get_span_context()
    return {"trace_id": trace.format_trace_id(span.trace_id)} if span.is_valid else {}


def _write_down(kind: type[BaseException], failure: BaseException, at: TracebackType | None) -> None:
    """Log an uncaught exception without its message (`sys.excepthook`)."""
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger(__name__).critical("The process ends with a bug.", exc_info=(kind, failure, at))
