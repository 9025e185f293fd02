"""Reports an unexpected error of a command: one sentence that names a log file, never a traceback (R18)."""

import os
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from traceback import format_tb

from models.errors import Refusal

EXIT_CODE = 70
"""The exit code after an unexpected error: EX_SOFTWARE of sysexits.h."""


def unexpected(failure: BaseException, command: str, data_dir: Path | None = None) -> Refusal:
    """Write the frames of the error to a file; a refusal whose sentence names the file.

    Only its owner can read the file. It is in the sandbox's `logs` where there is one, else in the temporary
    folder.
    """
    folder = data_dir / "logs" if data_dir and (data_dir / "logs").is_dir() else None
    lines = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {command} failed\n{frames(failure)}\n"
    return Refusal.of("unexpected", failure=type(failure).__name__, log=_written(lines, folder))


def guarded(main: Callable[[], int], command: str, say: Callable[[str], None]) -> int:
    """Run a program and return its exit code; an unexpected error is reported in one sentence."""
    try:
        return main()
    except Exception as failure:  # noqa: BLE001  every expected error is handled by `main`
        say(unexpected(failure, command).sentence)
        return EXIT_CODE


def frames(failure: BaseException | None) -> str:
    """Types and frames of an exception and its causes, without messages, which may hold addresses."""
    return "\n".join(
        f"{type(one).__name__} at\n{''.join(format_tb(one.__traceback__))}".rstrip() for one in chain(failure)
    )


def chain(failure: BaseException | None) -> Iterator[BaseException]:
    """The exception, then its causes and contexts."""
    seen: set[int] = set()
    while failure is not None and id(failure) not in seen:
        seen.add(id(failure))
        yield failure
        failure = failure.__cause__ or (None if failure.__suppress_context__ else failure.__context__)


def _written(lines: str, folder: Path | None) -> str:
    for place in (folder, None):
        try:
            handle, path = tempfile.mkstemp(prefix="esim-orders-", suffix=".log", dir=place)
        except OSError:  # the disk is full, or the folder not writable
            continue
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(lines)
        return path
    return os.devnull
