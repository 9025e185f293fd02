"""What stands in front of the tests' PostgreSQL server: TLS on a TCP port, or PgBouncer."""

import asyncio
import contextlib
import os
import pwd
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from sqlalchemy import make_url

from sandbox.ports import free_port
from sandbox.postgres_install import ROOT_RUNS_AS

SSL_REQUEST = (8).to_bytes(4) + (80877103).to_bytes(4)
STARTS_WITHIN = 20.0


def socket_of(url: str) -> str:
    """The folder of the server's socket."""
    return str(make_url(url).query["host"])


@asynccontextmanager
async def over_tcp(url: str, tls: ssl.SSLContext | None) -> AsyncIterator[int]:
    """The server on a TCP port, with TLS as PostgreSQL does it (without any, if none is given): the handshake
    is here, what is in it goes to the real server.
    """
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            try:
                begun = await reader.readexactly(8)
                if begun == SSL_REQUEST:
                    writer.write(b"S" if tls else b"N")
                    if tls:
                        await writer.start_tls(tls)
                    begun = b""
                path = f"{socket_of(url)}/.s.PGSQL.5432"
                its_reader, its_writer = await asyncio.open_unix_connection(path)
                with contextlib.closing(its_writer):
                    its_writer.write(begun)
                    await asyncio.gather(_copy(reader, its_writer), _copy(its_reader, writer))
            finally:
                writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
    finally:
        writer.close()


@contextmanager
def pooled(url: str, mode: str, folder: Path) -> Iterator[str]:
    """A URL of the same database behind PgBouncer in this mode, with its own settings as Debian has them."""
    port = free_port()
    (folder / "users.txt").write_text('"esim" ""\n')
    (folder / "pgbouncer.ini").write_text(
        f"[databases]\n* = host={socket_of(url)} port=5432\n[pgbouncer]\nlisten_addr = 127.0.0.1\n"
        f"listen_port = {port}\nunix_socket_dir =\nauth_type = trust\nauth_file = {folder}/users.txt\n"
        f"pool_mode = {mode}\nmax_client_conn = 100\ndefault_pool_size = 20\n"
    )
    user = ROOT_RUNS_AS if os.geteuid() == 0 else None
    if user is not None:
        _hand_over(folder, user)
    with (folder / "pgbouncer.log").open("wb") as log:
        program = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
        process = subprocess.Popen(
            [program, str(folder / "pgbouncer.ini")],
            stdout=log,
            stderr=log,
            user=user,
            group=user,
            extra_groups=None if user is None else [],
            cwd="/",
        )
        try:
            _wait_for(port, process, folder / "pgbouncer.log")
            place = make_url(url)
            yield f"postgresql://{place.username}@127.0.0.1:{port}/{place.database}"
        finally:
            process.terminate()
            process.wait(STARTS_WITHIN)


def _hand_over(folder: Path, user: str) -> None:
    """Let another user read the folder, and come to it."""
    owner = pwd.getpwnam(user)
    for path in (folder, *folder.iterdir()):
        os.chown(path, owner.pw_uid, owner.pw_gid)
    for parent in folder.parents:
        mode = parent.stat().st_mode
        if not mode & 0o001:
            parent.chmod(mode | 0o011)


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError(f"PgBouncer did not start: {log.read_text()}")
