"""Databases dumped and restored with PostgreSQL's own programs, as an operator does."""

import asyncio
import re
import subprocess

from sqlalchemy import make_url

from sandbox.postgres_install import clean_environment, find_binaries

_RANDOM = re.compile(rb"^\\(un)?restrict .*\n", re.M)
"""Lines with a key that is another one each time."""
_PLAIN = ("--no-owner", "--no-privileges")


async def dump(url: str) -> bytes:
    """The whole database as SQL."""
    return _RANDOM.sub(b"", await _run("pg_dump", url, *_PLAIN))


async def schema(url: str) -> str:
    """What the tables, functions and triggers are, without any row."""
    return _RANDOM.sub(b"", await _run("pg_dump", url, "--schema-only", *_PLAIN)).decode()


async def restore(url: str, dumped: bytes) -> None:
    """Fill an empty database; all or nothing."""
    await _run("psql", url, "-q", "-X", "-v", "ON_ERROR_STOP=1", "--single-transaction", given=dumped)


async def _run(program: str, url: str, *arguments: str, given: bytes | None = None) -> bytes:
    place = make_url(url)
    where = ["-h", str(place.query["host"]), "-p", str(place.query["port"]), "-U", str(place.username)]
    command = [str(find_binaries() / program), *where, "-d", str(place.database), *arguments]
    done = await asyncio.to_thread(
        subprocess.run, command, input=given, capture_output=True, check=False, env=clean_environment()
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout
