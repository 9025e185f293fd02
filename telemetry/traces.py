"""Traces, where `ESIM_OTLP_ENDPOINT` is set: one goes from a page over the desk to workflow and activity.

Our tracer is our own, never OpenTelemetry's global one: libraries that find that one configured begin to
trace by themselves, with paths (which hold tokens) and texts of exceptions. What a caller sends along as
trace or baggage is not taken over: everybody can open the portal.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.trace import SpanKind, StatusCode, Tracer
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from temporalio.client import Interceptor

from models.errors import Refused
from settings import Settings

_started: list[tuple[Tracer, Interceptor]] = []
"""The tracer of this process and what puts it into Temporal's calls; empty while none are taken."""


@contextmanager
def traced(settings: Settings, process: str) -> Iterator[None]:
    """Take traces of this process until the end of the block. Raises `Refused` where the extra is missing."""
    if not settings.otlp_endpoint:
        yield
        return
    try:
        from telemetry import spans  # noqa: PLC0415  it needs the extra
    except ImportError:
        raise Refused.because("traces_not_installed") from None
    with spans.sent(settings.otlp_endpoint, process) as tracer:
        _started.append((tracer, spans.TemporalCalls(tracer)))
        try:
            yield
        finally:
            _started.clear()


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def client_interceptors() -> Sequence[Interceptor]:
    """What a Temporal client is given, so that its calls and its workers' steps are in the trace."""
    return [calls for _, calls in _started]


def method_and_route(scope: Scope) -> tuple[str, str]:
    """What may be said of a request: which kind it is, and which page, never whose."""
    method = scope["method"] if scope["method"] in _METHODS else "other"
    return method, getattr(scope.get("route"), "path", "(no page)")


class RequestSpans:
    """A span for each request: method, route and status. Never a path: it holds the token."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _started:
            return await self.app(scope, receive, send)
        tracer, _ = _started[0]
        method, _ = method_and_route(scope)
        status = 499  # as nginx has it: the client went away

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        with tracer.start_as_current_span(
            method, context=trace.set_span_in_context(trace.INVALID_SPAN), kind=SpanKind.SERVER
        ) as span:
            try:
                await self.app(scope, receive, noting)
            finally:
                _, route = method_and_route(scope)
                span.update_name(f"{method} {route}")
                span.set_attributes(
                    {"http.request.method": method, "http.route": route, "http.response.status_code": status}
                )
                if status >= 500:
                    span.set_status(StatusCode.ERROR)
