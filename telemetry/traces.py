"""Traces, where `ESIM_OTLP_ENDPOINT` is set: from a page of the portal to the workflow and its activities.

The tracer is never OpenTelemetry's global one: libraries that find a global tracer start to trace by
themselves, with paths (which hold tokens) and messages of exceptions. Trace context and baggage of incoming
requests are ignored, because the portal is open to the internet.
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
"""The tracer of this process and its interceptor of Temporal calls; empty while tracing is off."""


@contextmanager
def traced(settings: Settings, process: str) -> Iterator[None]:
    """Trace this process until the end of the block. Raises `Refused` where the extra `traces` is missing."""
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
    """The interceptors of a Temporal client, by which its calls and its workers' steps are in the trace."""
    return [calls for _, calls in _started]


def method_and_route(scope: Scope) -> tuple[str, str]:
    """The method and the route of a request. The route has placeholders where the path has a token."""
    method = scope["method"] if scope["method"] in _METHODS else "other"
    route = getattr(scope.get("route"), "path", None)
    return method, "(no page)" if route is None else scope.get("root_path", "") + route


class RequestSpans:
    """Makes a span for each request with method, route and status. Never the path: it holds the token."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _started:
            return await self.app(scope, receive, send)
        tracer, _ = _started[0]
        method, _ = method_and_route(scope)
        status = 499  # nginx's code: the client closed the connection

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
