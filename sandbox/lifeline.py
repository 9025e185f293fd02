"""A small process that ends its parent's children, and removes its temporary folders, once the parent has
ended for any reason.

A supervisor that is killed with SIGKILL cannot clean up after itself. This program reads lines from a pipe
whose other end only the supervisor holds; when the pipe closes, the supervisor is dead, and every process
group still listed gets its stop signal, then SIGKILL. Unlike PR_SET_PDEATHSIG it also works on macOS, reaches
grandchildren, and survives a change of user.

Run as a plain file, with the standard library only, so that it starts in milliseconds.
"""

import os
import signal
import sys
import time
from contextlib import suppress

GRACE_SECONDS = 5.0


def end_groups(groups: dict[int, int]) -> None:
    """Send each group its stop signal, wait for at most `GRACE_SECONDS`, then kill what is left."""
    for group, stop_signal in groups.items():
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, stop_signal)
    deadline = time.monotonic() + GRACE_SECONDS
    left = set(groups)
    while left and time.monotonic() < deadline:
        time.sleep(0.02)
        left = {group for group in left if exists(group)}
    for group in left:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


def exists(group: int) -> bool:
    """Whether any process of the group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def main() -> None:
    """Keep the list of groups (`watch GROUP SIGNAL`, `forget GROUP`) and folders (`remove FOLDER`) until the
    pipe closes, then end and remove them.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: dict[int, int] = {}
    folders: list[str] = []
    for line in sys.stdin:
        match line.rstrip("\n").split(" ", 1 if line.startswith("remove") else 2):
            case ["remove", folder]:
                folders.append(folder)
            case ["watch", group, stop_signal]:
                groups[int(group)] = int(stop_signal)
            case ["forget", group]:
                groups.pop(int(group), None)
    end_groups(groups)
    if folders:
        import shutil  # noqa: PLC0415  seldom needed, and slow to load

        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
