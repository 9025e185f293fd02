"""Ends a process whose shutdown does not end by itself, so that no orchestrator has to kill it."""

import logging
import os
import queue
import sys
import time
from datetime import timedelta
from threading import Thread

EXIT_CODE = 124
"""What a shell learns of a shutdown that was cut off: the code by which `timeout` says so."""
SECONDS_TO_LOG = 2.0
"""After that the process ends without its line: perhaps the log is what blocks it."""

_log = logging.getLogger(__name__)


class ShutdownWatchdog:
    """Ends the process if it is still there when `limit` has passed since its shutdown began.

    It loses nothing, as a killed worker loses nothing. It is a thread of its own, and waits from the start
    on, so a blocked event loop or an exhausted executor does not keep it from its work.
    """

    def __init__(self, limit: timedelta) -> None:
        self._limit = limit
        self._begun: queue.SimpleQueue[None] = queue.SimpleQueue()

    def start(self) -> None:
        """Wait for the shutdown; ends with the process."""
        Thread(target=self._watch, name="shutdown-watchdog", daemon=True).start()

    def shutdown_begins(self) -> None:
        """Count from now on. Any thread may call it, a signal handler too, and more than once."""
        self._begun.put(
            None
        )  # the one call of Python's queues that a signal handler may interrupt and repeat

    def _watch(self) -> None:
        self._begun.get()
        time.sleep(self._limit.total_seconds())
        logging_it = Thread(target=self._say, daemon=True)
        logging_it.start()
        logging_it.join(SECONDS_TO_LOG)
        os._exit(EXIT_CODE)

    def _say(self) -> None:
        _log.critical(
            "The shutdown took longer than %d s: the process ends with exit code %d. "
            "Steps in flight are taken again by another worker.",
            self._limit.total_seconds(),
            EXIT_CODE,
        )
        sys.stderr.flush()
