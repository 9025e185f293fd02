"""Ends a process without Python's finalization."""

import contextlib
import logging
import os
import sys
from typing import NoReturn


def leave(code: int) -> NoReturn:
    """Flush logs and output and exit at once with this code, without Python's finalization.

    Threads of the Temporal client may still be running, and one that returns into a finalizing interpreter
    aborts the process: a refused command would end with SIGABRT instead of exit code 2.
    """
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):  # the reader of the pipe may be gone
            stream.flush()
    os._exit(code)
