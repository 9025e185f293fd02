"""Prometheus metrics: those of the Temporal SDK, and gauges read from the database.

Every process exports the same gauges, because all read the same database: queries over several processes take
`max by (...)`, never `sum`. Only an `own_gauge` is of one process.
"""

import asyncio
import logging
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio.common import MetricGauge, MetricMeter
from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    PrometheusConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)

from models.errors import Refused
from settings import Settings
from store.operations import metrics as database_metrics
from store.operations import webhook_metrics
from store.session import Database

READ_EVERY = 15.0
"""Seconds between two readings of the gauges."""
LONGEST_READING = 10.0
REST = 20
"""The pause between two readings is at least this many times as long as a reading took: the gauges use at
most 5 % of the time, however many orders there are.
"""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Gauge:
    """A gauge with one value for each combination of labels."""

    name: str
    says: str
    labels: tuple[str, ...]
    read: Callable[[AsyncConnection], Awaitable[database_metrics.Metrics]]


GAUGES = (
    Gauge("esim_orders", "Orders, ended ones too.", ("kind", "status", "provider"), database_metrics.orders),
    Gauge(
        "esim_held",
        "Orders, requests and notifications that are held.",
        ("what", "reason"),
        database_metrics.held,
    ),
    Gauge(
        "esim_not_sent",
        "E-mails and calls that were not sent yet.",
        ("what", "reason"),
        database_metrics.waiting_to_go_out,
    ),
    Gauge(
        "esim_oldest_waiting_seconds",
        "How long the oldest has been in this status.",
        ("what", "status"),
        database_metrics.oldest_waiting,
    ),
    Gauge("esim_mails", "Mails by outcome.", ("template", "state"), database_metrics.mails),
    Gauge("esim_qr_imports", "Imports of QR codes.", ("outcome", "code"), database_metrics.qr_imports),
    Gauge("esim_webhooks", "Webhooks by state.", ("state",), webhook_metrics.states),
    Gauge("esim_webhook_retries", "Events that are to be sent again.", (), webhook_metrics.retries),
    Gauge(
        "esim_webhook_oldest_waiting_seconds",
        "How long the oldest event has waited for a receiver that does not fail.",
        (),
        webhook_metrics.oldest_waiting,
    ),
)
AGE = Gauge("esim_metrics_age_seconds", "How old the other esim_ gauges are.", (), database_metrics.orders)


def use_runtime(settings: Settings) -> None:
    """Give this process's Temporal clients a runtime that exports metrics and, where configured, logs JSON.

    Call it before any client is made. Where neither is configured, the SDK's default runtime is used. Raises
    `Refused` where the address cannot be listened on.
    """
    if not settings.metrics_address and settings.log_format == "text":
        return
    metrics = None
    if settings.metrics_address:
        metrics = PrometheusConfig(
            bind_address=_numeric(settings.metrics_address),
            counters_total_suffix=True,
            unit_suffix=True,
            durations_as_seconds=True,
        )
    try:
        runtime = Runtime(
            telemetry=TelemetryConfig(metrics=metrics, logging=_logging(settings), attach_service_name=False)
        )
    except ValueError:
        raise _unavailable() from None
    Runtime.set_default(runtime)


@asynccontextmanager
async def gauges(settings: Settings, database: Database) -> AsyncIterator[None]:
    """Export the gauges from this process while the block runs, where a metrics address is set."""
    if not settings.metrics_address:
        yield
        return
    reading = asyncio.create_task(GaugeReader(database, Runtime.default().metric_meter).keep_reading())
    try:
        yield
    finally:
        reading.cancel()
        await asyncio.wait({reading})


def own_gauge(name: str, says: str) -> MetricGauge:
    """A gauge of this process alone, which sets it itself: a query over several processes takes the sum. It
    shows nothing where no metrics address is set.
    """
    return Runtime.default().metric_meter.create_gauge(name, says)


class GaugeReader:
    """Sets the gauges from the database. Labels that the database does not return any more are set to 0."""

    def __init__(self, database: Database, meter: MetricMeter) -> None:
        self._database = database
        self._gauges = [(gauge, meter.create_gauge_float(gauge.name, gauge.says)) for gauge in GAUGES]
        self._age = meter.create_gauge_float(AGE.name, AGE.says)
        self._seen: dict[str, set[tuple[str, ...]]] = {gauge.name: set() for gauge in GAUGES}
        self._read_at = time.monotonic()
        self._unavailable = False

    async def keep_reading(self) -> None:
        """Read the database periodically, and keep trying while it is unavailable."""
        while True:
            began = time.monotonic()
            await self.look()
            await asyncio.sleep(max(READ_EVERY, REST * (time.monotonic() - began)))

    async def look(self) -> None:
        """Read once. Where that fails, the gauges keep their values, and the age says how old they are."""
        try:
            async with asyncio.timeout(LONGEST_READING):
                await self._read()
        except Exception as failure:  # noqa: BLE001  a reader that ended would show old numbers as new ones
            if not self._unavailable:
                _log.warning("The gauges are not up to date: %s.", type(failure).__name__)
            self._unavailable = True
        else:
            self._read_at = time.monotonic()
            self._unavailable = False
        self._age.set(time.monotonic() - self._read_at)

    async def _read(self) -> None:
        async with self._database.reading() as connection:
            for gauge, shown in self._gauges:
                found = await gauge.read(connection)
                seen = self._seen[gauge.name]
                for labels in seen - found.keys():
                    shown.set(0, dict(zip(gauge.labels, labels, strict=True)))
                for labels, number in found.items():
                    shown.set(number, dict(zip(gauge.labels, labels, strict=True)))
                seen.update(found)


def _logging(settings: Settings) -> LoggingConfig:
    """How the SDK's core logs: text by itself; for JSON its lines are forwarded to our formatter."""
    if settings.log_format == "text":
        return LoggingConfig.default
    return LoggingConfig(
        filter=TelemetryFilter(core_level="WARN", other_level="ERROR"),
        # without the fields: one is the message of an exception
        forwarding=LogForwardingConfig(
            logging.getLogger("temporalio"),
            prepend_target_on_message=False,
            append_log_fields_to_message=False,
        ),
    )


def _numeric(address: str) -> str:
    """The address with its host name resolved: the runtime accepts IP addresses only."""
    host, _, port = address.rpartition(":")
    try:
        *_, found = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM)[0]
    except (OSError, OverflowError):
        raise _unavailable() from None
    number = str(found[0])
    return f"[{number}]:{port}" if ":" in number else f"{number}:{port}"


def _unavailable() -> Refused:
    return Refused.because("metrics_address_unavailable")
