"""Ends a process whose shutdown exceeds its time limit, before an orchestrator has to kill it."""

import logging
import os
import queue
import sys
import time
from datetime import timedelta
from threading import Thread

EXIT_CODE = 124
"""The exit code of a shutdown that was cut off; the command `timeout` uses the same."""
SECONDS_TO_LOG = 2.0
"""Time limit of the last log line; after it the process ends without: the log may be what blocks it."""

_log = logging.getLogger(__name__)


class ShutdownWatchdog:
    """Ends the process when `limit` has passed since its shutdown began.

    Nothing is lost, as with a killed worker: Temporal retries its steps. It is a thread of its own that is
    started with the process, so a blocked event loop or an exhausted executor cannot prevent it.
    """

    def __init__(self, limit: timedelta) -> None:
        self._limit = limit
        self._begun: queue.SimpleQueue[None] = queue.SimpleQueue()

    def start(self) -> None:
        """Start the thread, which waits for the shutdown and ends with the process."""
        Thread(target=self._watch, name="shutdown-watchdog", daemon=True).start()

    def shutdown_begins(self) -> None:
        """Start the time limit. Any thread and any signal handler may call it, also more than once."""
        self._begun.put(None)  # reentrant: the only queue call that is safe in a signal handler

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
            "Activities in flight are retried by another worker.",
            self._limit.total_seconds(),
            EXIT_CODE,
        )
        sys.stderr.flush()
