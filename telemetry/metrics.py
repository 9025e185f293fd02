"""The page that Prometheus reads: the Temporal SDK's own metrics, and gauges of what the database holds.

Each process that serves the page serves the same gauges, as all read the same database: queries over
several processes take `max by (...)`, never `sum`.
"""

import asyncio
import logging
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio.common import MetricMeter
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
from store.session import Database

READ_EVERY = 15.0
"""Seconds."""
LONGEST_READING = 10.0
REST = 20
"""The database rests from us at least this many times as long as a reading took: at most 5 % of the time is
ours, however many orders there are.
"""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Gauge:
    """One number for each combination of labels."""

    name: str
    says: str
    labels: tuple[str, ...]
    read: Callable[[AsyncConnection], Awaitable[database_metrics.Metrics]]


GAUGES = (
    Gauge("esim_orders", "Orders, ended ones too.", ("kind", "status", "provider"), database_metrics.orders),
    Gauge("esim_held", "What waits for a person.", ("what", "reason"), database_metrics.held),
    Gauge(
        "esim_not_sent", "What has not gone out yet.", ("what", "reason"), database_metrics.waiting_to_go_out
    ),
    Gauge(
        "esim_oldest_waiting_seconds",
        "How long the oldest has been in this status.",
        ("what", "status"),
        database_metrics.oldest_waiting,
    ),
    Gauge("esim_mails", "Mails, by what became of them.", ("template", "state"), database_metrics.mails),
    Gauge("esim_qr_imports", "Imports of QR codes.", ("outcome", "code"), database_metrics.qr_imports),
)
AGE = Gauge("esim_figures_age_seconds", "How old the other esim_ gauges are.", (), database_metrics.orders)


def use_runtime(settings: Settings) -> None:
    """Give this process's Temporal clients a runtime that serves metrics, or writes its lines as JSON too.

    Called before any client is made. Where neither is asked for, the SDK's default one is used. Raises
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
    """Show the gauges on the page of this process, where it has one."""
    if not settings.metrics_address:
        yield
        return
    reading = asyncio.create_task(GaugeReader(database, Runtime.default().metric_meter).keep_reading())
    try:
        yield
    finally:
        reading.cancel()
        await asyncio.wait({reading})


class GaugeReader:
    """Sets the gauges to what the database says. Labels that it does not name any more are set to 0."""

    def __init__(self, database: Database, meter: MetricMeter) -> None:
        self._database = database
        self._gauges = [(gauge, meter.create_gauge_float(gauge.name, gauge.says)) for gauge in GAUGES]
        self._age = meter.create_gauge_float(AGE.name, AGE.says)
        self._seen: dict[str, set[tuple[str, ...]]] = {gauge.name: set() for gauge in GAUGES}
        self._read_at = time.monotonic()
        self._away = False

    async def keep_reading(self) -> None:
        """Read again and again. A database that is away is waited for."""
        while True:
            began = time.monotonic()
            await self.look()
            await asyncio.sleep(max(READ_EVERY, REST * (time.monotonic() - began)))

    async def look(self) -> None:
        """Read once, or say how old the numbers are."""
        try:
            async with asyncio.timeout(LONGEST_READING):
                await self._read()
        except Exception as failure:  # noqa: BLE001  a reader that ended would show old numbers as new ones
            if not self._away:
                _log.warning("The gauges are not up to date: %s.", type(failure).__name__)
            self._away = True
        else:
            self._read_at = time.monotonic()
            self._away = False
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
    """What the SDK's core says: as text it writes by itself, as JSON it hands it to our formatter."""
    if settings.log_format == "text":
        return LoggingConfig.default
    return LoggingConfig(
        filter=TelemetryFilter(core_level="WARN", other_level="ERROR"),
        # without the fields: one is the text of a failure
        forwarding=LogForwardingConfig(
            logging.getLogger("temporalio"),
            prepend_target_on_message=False,
            append_log_fields_to_message=False,
        ),
    )


def _numeric(address: str) -> str:
    """The address with the host as a number: the runtime knows no names."""
    host, _, port = address.rpartition(":")
    try:
        *_, found = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM)[0]
    except (OSError, OverflowError):
        raise _unavailable() from None
    number = str(found[0])
    return f"[{number}]:{port}" if ":" in number else f"{number}:{port}"


def _unavailable() -> Refused:
    return Refused.because("metrics_address_unavailable")
