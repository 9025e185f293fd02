"""A PostgreSQL server of the machine with TLS and a password, for URLs that no embedded server can take."""

import asyncio
import os
import pwd
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sandbox.ports import free_port
from sandbox.postgres import OWNER, Postgres
from sandbox.processes import Child, Lifeline
from tests.certificates import Authority, Issued
from tests.databases import connect

READY_WITHIN = 60
ONLY_TLS = """\
local all all trust
hostssl all keeper 127.0.0.1/32 scram-sha-256
"""


@dataclass(frozen=True)
class TlsServer:
    """Where it listens."""

    port: int


class Installed(Postgres):
    """A server of an older version than the embedded one, which its `initdb` prepares in another way."""

    def _create(self) -> None:
        self.folder.mkdir(mode=0o700)
        self._own(self.folder)
        self._run("initdb", "-D", str(self.folder), "-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C")


@asynccontextmanager
async def installed_server(binaries: Path, authority: Authority, folder: Path) -> AsyncIterator[TlsServer]:
    """A running server with the login `keeper`, over TLS only."""
    server = Installed(folder / "postgres", folder / "postgres.log", fast=True)
    server.binaries = binaries
    issued, port = authority.issue("postgres.example", "127.0.0.1"), free_port()
    try:
        server.prepare()
        _give(server, issued)
        async with _running(server, port):
            connection = await connect(server.url("postgres").replace("port=5432", f"port={port}"))
            await connection.execute("CREATE DATABASE esim")
            await connection.execute("CREATE ROLE keeper LOGIN SUPERUSER PASSWORD 'p@ss/wörd?'")
            await connection.close()
            yield TlsServer(port)
    finally:
        server.clean_up()


def _give(server: Postgres, issued: Issued) -> None:
    """Give the server its certificate, and let logins in over TLS only."""
    for source, name in ((issued.certificate, "server.crt"), (issued.key, "server.key")):
        shutil.copy(source, server.folder / name)
        (server.folder / name).chmod(0o600)
        if server.user is not None:
            owner = pwd.getpwnam(server.user)
            os.chown(server.folder / name, owner.pw_uid, owner.pw_gid)
    (server.folder / "pg_hba.conf").write_text(ONLY_TLS)


@asynccontextmanager
async def _running(server: Postgres, port: int) -> AsyncIterator[None]:
    program, more = server.program(), ("ssl=on", "listen_addresses=127.0.0.1", f"port={port}")
    options = [part for setting in more for part in ("-c", setting)]
    lifeline = Lifeline()
    child = Child(replace(program, command=[*program.command, *options]), lifeline)
    child.start()
    try:
        async with asyncio.timeout(READY_WITHIN):
            while not server.is_ready(child.pid):
                assert child.ended() is None, server.log.read_text()
                await asyncio.sleep(0.05)
        yield
    finally:
        child.stop()
        lifeline.close()
