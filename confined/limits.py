"""Confine a child process: resource limits that it sets itself before it reads the file.

Every system has the limits; Linux also has `confined.kernel`. The limits do not replace it: with limits
alone a compromised reader could still read the memory of its parent, which runs as the same user.
"""

import resource
import sys

from confined.kernel import FILES, OWN_USER, SYSTEM_CALLS, Kernel

MEMORY = 768 * 1024 * 1024
"""Bytes of address space. A picture of 25 megapixels with transparency needs about 400 MB."""
CPU_SECONDS = 5


def confine(memory: int = MEMORY, cpu_seconds: int = CPU_SECONDS) -> list[str]:
    """Forbid files, sockets, processes, signals and core dumps, and limit memory and CPU. Returns the names
    of the protections that this machine lacks; `esim-orders doctor` shows them.

    Called after all imports, as no file can be opened afterwards: a later import of a library fails.
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
        (resource.RLIMIT_CORE, 1),  # with 0, Linux would still pipe a core to a core_pattern program
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_NOFILE, 0),
    ):
        if sys.platform == "darwin" and limit == resource.RLIMIT_AS:
            continue  # macOS defines it but refuses to set it
        _, hard = resource.getrlimit(limit)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)  # noqa: PLW2901
        resource.setrlimit(limit, (most, most))
