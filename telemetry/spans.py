"""Makes OpenTelemetry spans and exports them by OTLP; needs the extra `traces`. See `telemetry.traces`."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Status, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from temporalio.contrib.opentelemetry import TracingInterceptor, TracingWorkflowInboundInterceptor
from temporalio.worker import WorkflowInboundInterceptor, WorkflowInterceptorClassInput

PATH = "/v1/traces"
TIMEOUT = 3.0
"""Seconds that the collector has for a batch; a process that ends waits for the last batch."""
REDACTED = frozenset({"exception.message", "exception.stacktrace"})
"""Attributes that are removed from the events of a span."""


@contextmanager
def sent(endpoint: str, process: str) -> Iterator[Tracer]:
    """A tracer whose spans are exported to this endpoint, the last ones at the end of the block."""
    base = endpoint.rstrip("/")
    exporter = OTLPSpanExporter(endpoint=base if base.endswith(PATH) else base + PATH, timeout=TIMEOUT)
    provider = TracerProvider(resource=Resource({"service.name": f"esim-{process}"}), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(Redacted(exporter)))
    try:
        yield provider.get_tracer("esim-orders")
    finally:
        provider.shutdown()


class Redacted(SpanExporter):
    """Exports spans without messages of exceptions: libraries put addresses and rows into them."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Export the redacted spans."""
        return self._exporter.export([_without_texts(span) for span in spans])

    def shutdown(self) -> None:
        """Shut the exporter down."""
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Export what is still buffered."""
        return self._exporter.force_flush(timeout_millis)


def _without_texts(span: ReadableSpan) -> ReadableSpan:
    return ReadableSpan(
        name=span.name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=span.attributes,
        events=[_type_only(event) for event in span.events],
        links=span.links,
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _type_only(event: Event) -> Event:
    kept = {name: value for name, value in (event.attributes or {}).items() if name not in REDACTED}
    return Event(event.name, kept, event.timestamp)


class TemporalCalls(TracingInterceptor):
    """Makes spans of calls, workflows and activities. Histories hold trace and span ids, and no baggage."""

    def __init__(self, tracer: Tracer) -> None:
        super().__init__(tracer)
        self.text_map_propagator = TraceContextTextMapPropagator()

    def workflow_interceptor_class(
        self,
        input: WorkflowInterceptorClassInput,  # noqa: A002
    ) -> type[TracingWorkflowInboundInterceptor]:
        """The interceptor of workflows, without baggage."""
        super().workflow_interceptor_class(input)
        return _InWorkflow


class _InWorkflow(TracingWorkflowInboundInterceptor):
    def __init__(self, next: WorkflowInboundInterceptor) -> None:  # noqa: A002
        super().__init__(next)
        self.text_map_propagator = TraceContextTextMapPropagator()
