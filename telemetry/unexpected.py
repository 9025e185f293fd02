"""What a command says of a bug in itself: one sentence that names a file, never a traceback (R18)."""

import os
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from traceback import format_tb

from models.errors import Refusal

EXIT_CODE = 70
"""What a shell learns of a bug: EX_SOFTWARE of sysexits.h."""


def unexpected(failure: BaseException, command: str, data_dir: Path | None = None) -> Refusal:
    """Write down where it failed, and say in which file.

    The file is private: in the logs of the sandbox where there is one, else among the temporary files.
    """
    folder = data_dir / "logs" if data_dir and (data_dir / "logs").is_dir() else None
    lines = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {command} failed\n{frames(failure)}\n"
    return Refusal.of("unexpected", failure=type(failure).__name__, log=_written(lines, folder))


def guarded(main: Callable[[], int], command: str, say: Callable[[str], None]) -> int:
    """Run a program to its exit code; a bug is said in one sentence."""
    try:
        return main()
    except Exception as failure:  # noqa: BLE001  whatever it is, it is a bug
        say(unexpected(failure, command).sentence)
        return EXIT_CODE


def frames(failure: BaseException | None) -> str:
    """Types and frames of the failure and of what led to it. Its text may hold addresses: it is left out."""
    return "\n".join(
        f"{type(one).__name__} at\n{''.join(format_tb(one.__traceback__))}".rstrip() for one in chain(failure)
    )


def chain(failure: BaseException | None) -> Iterator[BaseException]:
    """The failure, then what led to it."""
    seen: set[int] = set()
    while failure is not None and id(failure) not in seen:
        seen.add(id(failure))
        yield failure
        failure = failure.__cause__ or (None if failure.__suppress_context__ else failure.__context__)


def _written(lines: str, folder: Path | None) -> str:
    for place in (folder, None):
        try:
            handle, path = tempfile.mkstemp(prefix="esim-orders-", suffix=".log", dir=place)
        except OSError:  # full, or not ours to write
            continue
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(lines)
        return path
    return os.devnull
