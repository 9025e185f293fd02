"""How a process ends once its work is done."""

import contextlib
import logging
import os
import sys
from typing import NoReturn


def leave(code: int) -> NoReturn:
    """End the process at once, with everything printed, and without Python's own finalization.

    Threads of the Temporal client may still be ending then, and one that comes back into a finalizing
    interpreter aborts the process: a command that was refused would end with SIGABRT instead of 2.
    """
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):  # nobody may be listening any more
            stream.flush()
    os._exit(code)
