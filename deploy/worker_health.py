"""Whether the worker of this container is at work: a TCP connection to Temporal is open.

A worker long-polls its task queue for as long as it runs, so it holds such a connection all the time;
without one, no order moves. Linux only: the container's own connections are read from `/proc`.
"""

import sys
from pathlib import Path

from settings import Settings

ESTABLISHED = "01"
TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))


def connected(port: int) -> bool:
    """Whether a connection to this remote port is open."""
    for table in TABLES:
        for line in table.read_text().splitlines()[1:] if table.exists() else ():
            _, _, remote, state, *_ = line.split()
            if state == ESTABLISHED and int(remote.rpartition(":")[2], 16) == port:
                return True
    return False


def main() -> None:
    """Exit with 0 when connected, with 1 and a sentence when not."""
    address = Settings().temporal_address
    if not connected(int(address.rpartition(":")[2])):
        sys.exit(f"No connection to Temporal at {address}.")


if __name__ == "__main__":
    main()
