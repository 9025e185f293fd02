"""How many files and connections a process may have open: systems give a newcomer 256 or 1,024."""

import logging

ENOUGH = 65_536

_log = logging.getLogger(__name__)


def allow_open_files(enough: int = ENOUGH) -> int | None:
    """Raise the process's own limit of open files as far as the system allows; the limit. None where there is
    no such limit.
    """
    try:
        import resource  # noqa: PLC0415  not on Windows
    except ImportError:
        return None
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = enough if hard == resource.RLIM_INFINITY else min(enough, hard)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return soft
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (ValueError, OSError):
        _log.warning("The limit of open files stays at %d: so many connections at most.", soft)
        return soft
    return wanted
