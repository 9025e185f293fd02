"""What the processes of one run of tests share: the first that needs it makes it."""

import fcntl
import os
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from sandbox.data_dir import DataDir
from sandbox.postgres import Postgres


def of_the_run() -> Path:
    """The temporary folder of the run, in which each of its processes has its own."""
    own = Path(tempfile.gettempdir())
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def made_once(name: str, make: Callable[[Path], None]) -> Path:
    """A folder of this name, made by the first process that asks."""
    found = of_the_run() / name
    with found.with_name(f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not found.exists():
            make(found)
    return found


def with_cluster(data: DataDir) -> None:
    """Give a new sandbox the files of a PostgreSQL server that never ran: to make them takes longer than all
    else of a start.
    """
    made = made_once("cluster", _cluster)
    subprocess.run(["cp", "-a", str(made / "postgres"), str(data.postgres)], check=True)


def _cluster(folder: Path) -> None:
    Postgres(folder / "postgres", folder / "log").prepare()
