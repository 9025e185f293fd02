"""Runs the worker and portal processes: settings, logs, metrics and traces set up, stopped by a signal."""

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from types import FrameType

from models.errors import EsimError, Unavailable
from settings import Settings, load
from telemetry.logs import set_up_logging
from telemetry.metrics import use_runtime
from telemetry.traces import traced
from telemetry.unexpected import EXIT_CODE, unexpected
from telemetry.watchdog import ShutdownWatchdog

Serve = Callable[[Settings, asyncio.Event], Awaitable[None]]

_log = logging.getLogger(__name__)


def run(process: str, serve: Serve, stops_within: timedelta | None = None, **given: str) -> int:
    """Serve until SIGTERM or SIGINT. Given settings override those of the environment.

    A shutdown that takes longer than `stops_within` is cut off (`telemetry.watchdog`). Exit code 2 for a
    refusal, 3 where a component is unavailable, 70 for an unexpected error: its frames are in the log, or,
    where there is no log yet, in a file that is named.
    """
    say: Callable[[EsimError], None] = _say_plainly
    try:
        settings = load(**given)
        set_up_logging(settings, process)
        if settings.log_format == "json":
            say = _say_in_the_log
        use_runtime(settings)
        import uvloop  # noqa: PLC0415  not on every platform

        with traced(settings, process):
            uvloop.run(_until_signalled(settings, serve, stops_within))
    except EsimError as failure:
        say(failure)
        return 3 if isinstance(failure, Unavailable) else 2
    except Exception as bug:  # noqa: BLE001  every unexpected error is logged
        if not logging.getLogger().handlers:
            print(unexpected(bug, f"esim-{process}").sentence, file=sys.stderr)
        else:
            _log.critical("The process ends with a bug.", exc_info=bug)
        return EXIT_CODE
    return 0


class _Stop(asyncio.Event):
    """Is set when the shutdown begins, and starts the watchdog's time limit."""

    def __init__(self, watchdog: ShutdownWatchdog | None) -> None:
        super().__init__()
        self._watchdog = watchdog

    def begins(self) -> None:
        """Start the watchdog's time limit. A signal handler may call it: it does not touch the event loop."""
        if self._watchdog:
            self._watchdog.shutdown_begins()

    def set(self) -> None:
        """Begin the shutdown."""
        self.begins()
        super().set()


async def _until_signalled(settings: Settings, serve: Serve, stops_within: timedelta | None) -> None:
    watchdog = ShutdownWatchdog(stops_within) if stops_within else None
    if watchdog:
        watchdog.start()
    stop = _Stop(watchdog)
    loop = asyncio.get_running_loop()

    def signalled(number: int, frame: FrameType | None) -> None:
        stop.begins()
        with contextlib.suppress(RuntimeError):  # the loop has ended already
            loop.call_soon_threadsafe(stop.set)

    # Not `loop.add_signal_handler`: its handlers do not run while the loop is blocked.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signalled)
    await serve(settings, stop)


def _say_plainly(failure: EsimError) -> None:
    print(failure, file=sys.stderr)


def _say_in_the_log(failure: EsimError) -> None:
    _log.critical("%s", failure)
