"""What worker and portal have in common: settings read, logs and traces set up, stopped by a signal."""

import asyncio
import logging
import signal
import sys
from collections.abc import Awaitable, Callable

from models.errors import EsimError, PartAway
from settings import Settings, load
from telemetry.logs import set_up_logging
from telemetry.metrics import use_runtime
from telemetry.traces import traced
from telemetry.unexpected import EXIT_CODE, unexpected

Serve = Callable[[Settings, asyncio.Event], Awaitable[None]]

_log = logging.getLogger(__name__)


def run(process: str, serve: Serve, **given: str) -> int:
    """Serve until SIGTERM or SIGINT. Settings that are given overrule the environment's.

    Exit code 2 for a refusal, 3 where a component is unavailable, 70 for a bug: the log has its frames, or
    a file that is named where there is no log yet.
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
            uvloop.run(_until_signalled(settings, serve))
    except EsimError as failure:
        say(failure)
        return 3 if isinstance(failure, PartAway) else 2
    except Exception as bug:  # noqa: BLE001  whatever it is, it is written down
        if not logging.getLogger().handlers:
            print(unexpected(bug, f"esim-{process}").sentence, file=sys.stderr)
        else:
            _log.critical("The process ends with a bug.", exc_info=bug)
        return EXIT_CODE
    return 0


async def _until_signalled(settings: Settings, serve: Serve) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await serve(settings, stop)


def _say_plainly(failure: EsimError) -> None:
    print(failure, file=sys.stderr)


def _say_in_the_log(failure: EsimError) -> None:
    _log.critical("%s", failure)
