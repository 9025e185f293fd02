"""What the child may use: set by itself, before it sees the first byte of the file.

Every system has the limits; Linux has `qr.reader.kernel` beside them, which they do not replace: with limits
alone a reader that was taken over could still read the memory of its parent, which runs as the same user.
"""

import resource
import sys

from qr.reader.kernel import FILES, OWN_USER, SYSTEM_CALLS, Kernel

MEMORY = 768 * 1024 * 1024
"""Bytes of address space. A picture of 25 megapixels with transparency needs about 400 MB of it."""
CPU_SECONDS = 5
MOST_PIXELS = 25_000_000
MOST_PAGES = 5
SEARCH_SECONDS = 2.0
"""After so long no harder way of looking for a code is begun."""


def confine(memory: int = MEMORY, cpu_seconds: int = CPU_SECONDS) -> list[str]:
    """From here on: no file, no socket, no process, no signal, no core dump, and an end. Returns the names of
    the protections that this machine lacks; `esim-orders doctor` shows them.

    Called once everything is imported: an import fails from here on like any other opening of a file. What
    the libraries would load later, they find missing.
    """
    if sys.platform != "linux":
        _set_limits(memory, cpu_seconds)
        return [SYSTEM_CALLS, FILES, OWN_USER]
    kernel = Kernel()
    missing = kernel.give_up_privileges()
    _set_limits(memory, cpu_seconds)
    return missing + kernel.filter_system_calls()


def _set_limits(memory: int, cpu_seconds: int) -> None:
    for limit, most in (
        (resource.RLIMIT_CORE, 1),  # with 0, Linux would still hand a core to a program that collects them
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_NOFILE, 0),
    ):
        if sys.platform == "darwin" and limit == resource.RLIMIT_AS:
            continue  # macOS has it by name only, and refuses to set it
        _, hard = resource.getrlimit(limit)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)  # noqa: PLW2901
        resource.setrlimit(limit, (most, most))
