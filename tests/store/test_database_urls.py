"""Database URLs as people have them from psql and their provider: with TLS, several hosts, sockets."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url, text

from models.errors import Unavailable
from sandbox.ports import free_port
from store import migrations
from store.database_url import parse_database_url
from store.head_revision import head_revision
from store.session import Database
from tests.certificates import Authority
from tests.databases import Copies
from tests.starter.shell import Shell
from tests.store.database_fronts import over_tcp, pooled, socket_of

PGBOUNCER = pytest.mark.skipif(
    shutil.which("pgbouncer") is None and not Path("/usr/sbin/pgbouncer").exists(),
    reason="PgBouncer is not installed (apt-get install pgbouncer)",
)
MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


async def ask(url: str, statement: str = "SELECT 1") -> Any:
    """What a connection opened by this URL answers."""
    database = Database(url, 2)
    try:
        async with database.reading() as connection:
            return await connection.scalar(text(statement))
    finally:
        await database.close()


async def why_not(url: str) -> str:
    with pytest.raises(Unavailable) as refused:
        await ask(url)
    return str(refused.value)


def name_of(url: str) -> str:
    return str(make_url(url).database)


@pytest.mark.covers("R17")
@pytest.mark.parametrize(
    ("url", "hosts", "user", "password", "database"),
    [
        ("postgresql://u:p%40%2F%3A%23@h:5433/d", [("h", 5433)], "u", "p@/:#", "d"),
        ("postgres://u@h/d", [("h", 5432)], "u", None, "d"),
        ("postgresql+asyncpg://u:p+p@h/d", [("h", 5432)], "u", "p+p", "d"),
        ("postgresql://u@a:1,b:2,c/d", [("a", 1), ("b", 2), ("c", 5432)], "u", None, "d"),
        ("postgresql://u@[2001:db8::1]:6543/d", [("2001:db8::1", 6543)], "u", None, "d"),
        ("postgresql://%2Fvar%2Frun%2Fpostgresql/d", [("/var/run/postgresql", 5432)], None, None, "d"),
        ("postgresql:///d?host=/tmp&port=5433", [("/tmp", 5433)], None, None, "d"),
        ("postgresql:///d?host=a,b&port=1,2&user=u", [("a", 1), ("b", 2)], "u", None, "d"),
        ("postgresql+asyncpg://u@/d?host=a:1&host=b:2", [("a", 1), ("b", 2)], "u", None, "d"),
        ("postgresql:///d?host=/a+b&user=u", [("/a+b", 5432)], "u", None, "d"),
        ("postgresql+asyncpg://u@/d?host=%2Fa+b", [("/a b", 5432)], "u", None, "d"),
        ("postgresql://u@h/?dbname=d%26e&password=s", [("h", 5432)], "u", "s", "d&e"),
    ],
)
def test_a_url_means_what_it_means_to_libpq(
    url: str, hosts: list[tuple[str, int]], user: str | None, password: str | None, database: str
) -> None:
    target = parse_database_url(url)
    assert (list(target.hosts), target.user, target.password, target.database) == (
        hosts,
        user,
        password,
        database,
    )
    assert "p@" not in repr(target)


@pytest.mark.covers("R17")
@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("channel_binding=require", "channel_binding, which is not supported"),
        ("require_auth=scram-sha-256", "require_auth, which is not supported"),
        ("gssencmode=require", "gssencmode, which is not supported"),
        ("hostaddr=127.0.0.1", "hostaddr, which is not supported"),
        ("client_encoding=latin1", "client_encoding, which is not supported"),
        ("p%20w=hunter2", "a parameter, which is not supported"),
        ("sslmode=strict", "sslmode in ESIM_DATABASE_URL is one of"),
        ("sslmode=verify-full&sslrootcert=/nowhere/ca.pem", "The file that sslrootcert"),
        ("sslcert=/nowhere/c.pem", "The file that sslcert"),
        ("sslrootcert=system&sslmode=require", "needs sslmode=verify-full"),
        ("connect_timeout=soon", "a number of seconds"),
        ("host=a,b&port=1,2,3", "another number of ports"),
        ("target_session_attrs=fastest", "target_session_attrs"),
        ("sslmode", "must look like postgresql://"),
    ],
)
async def test_what_cannot_be_done_is_refused_in_one_sentence(query: str, sentence: str) -> None:
    said = await why_not(f"postgresql://esim:hunter2@127.0.0.1:1/x?{query}")
    assert sentence in said
    assert "hunter2" not in said
    assert "\n" not in said


@pytest.mark.covers("R17")
async def test_parameters_of_the_session_reach_the_server(database_url: str) -> None:
    folder, name = socket_of(database_url), name_of(database_url)
    url = (
        f"postgresql://esim@{folder.replace('/', '%2F')}/{name}?application_name=warehouse%20sync"
        "&options=-c%20search_path%3Dpublic%20-c%20lock_timeout%3D1234&connect_timeout=7&keepalives=1&gssencmode=prefer"
    )
    assert await ask(url, "SHOW application_name") == "warehouse sync"
    assert await ask(url, "SHOW lock_timeout") == "1234ms"
    assert await ask(url, "SHOW statement_timeout") == "30s"
    assert await ask(database_url, "SHOW application_name") == "esim-orders"
    assert await ask(database_url, "SHOW lock_timeout") == "10s"
    assert parse_database_url(url).ignored == ("gssencmode", "keepalives")


@pytest.mark.covers("R17")
async def test_each_sslmode_against_a_server_with_tls_and_one_without(
    database_url: str, authority: Authority
) -> None:
    tls = authority.issue("db.example", "127.0.0.1").server_context()
    roots = f"&sslrootcert={authority.file}"
    answers = {}
    for server, context in (("tls", tls), ("plain", None)):
        async with over_tcp(database_url, context) as port:
            for mode in MODES:
                url = f"postgresql://esim@127.0.0.1:{port}/{name_of(database_url)}?sslmode={mode}{roots}"
                try:
                    answers[server, mode] = str(await ask(url))
                except Unavailable as refused:
                    answers[server, mode] = str(refused)
    no_tls = "The database server offers no TLS, which sslmode in ESIM_DATABASE_URL asks for."
    assert answers == {("tls", mode): "1" for mode in MODES} | {
        ("plain", mode): "1" if mode in {"disable", "allow", "prefer"} else no_tls for mode in MODES
    }


@pytest.mark.covers("R17")
async def test_a_server_that_is_not_the_right_one_is_not_trusted(
    database_url: str, authority: Authority, tmp_path: Path
) -> None:
    stranger = Authority(tmp_path / "stranger", "Stranger")
    elsewhere = authority.issue("elsewhere.example").server_context()
    async with over_tcp(database_url, elsewhere) as port:
        url = f"postgresql://esim@127.0.0.1:{port}/{name_of(database_url)}?sslrootcert="
        assert await ask(f"{url}{authority.file}&sslmode=verify-ca") == 1
        assert "is not accepted" in await why_not(f"{url}{authority.file}&sslmode=verify-full")
        assert "is not accepted" in await why_not(f"{url}{stranger.file}&sslmode=verify-ca")
        assert "is not accepted" in await why_not(f"{url}system")
        assert await ask(f"{url}&sslmode=require".replace("sslrootcert=&", "")) == 1


@pytest.mark.covers("R17")
async def test_a_certificate_of_ours_is_shown_to_the_server(database_url: str, authority: Authority) -> None:
    ours = authority.issue("worker.example")
    context = authority.issue("db.example", "127.0.0.1").server_context(trusting=authority.file)
    async with over_tcp(database_url, context) as port:
        url = f"postgresql://esim@127.0.0.1:{port}/{name_of(database_url)}?sslmode=verify-full"
        url += f"&sslrootcert={authority.file}"
        assert await ask(f"{url}&sslcert={ours.certificate}&sslkey={ours.key}") == 1
        with pytest.raises(Unavailable):
            await ask(url)


@pytest.mark.covers("R17")
async def test_the_first_server_that_answers_and_takes_writes_is_used(
    database_url: str, copies: Copies
) -> None:
    async with over_tcp(database_url, None) as port, copies.of() as standby:
        name = name_of(standby)
        await copies.run(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        async with over_tcp(database_url, None) as second:
            two = f"127.0.0.1:{free_port()},127.0.0.1:{port},127.0.0.1:{second}"
            assert await ask(f"postgresql://esim@{two}/{name_of(database_url)}?target_session_attrs=any") == 1
            assert (
                await ask(f"postgresql://esim@{two}/{name_of(database_url)}?target_session_attrs=read-write")
                == 1
            )
            only_read = f"postgresql://esim@{two}/{name}?target_session_attrs=read-write"
            assert "as target_session_attrs asks" in await why_not(only_read)
            assert await ask(only_read.replace("read-write", "prefer-standby")) == 1


@pytest.fixture
async def behind_tls(database_url: str, authority: Authority) -> AsyncIterator[str]:
    """A URL of libpq's kind, with everything in it that a provider tells."""
    context = authority.issue("db.example", "127.0.0.1").server_context()
    async with over_tcp(database_url, context) as port:
        yield (
            f"postgres://esim@127.0.0.1:{free_port()},127.0.0.1:{port}/{name_of(database_url)}"
            f"?sslmode=verify-full&sslrootcert={authority.file}&application_name=shop&connect_timeout=20"
        )


@pytest.mark.covers("R17")
async def test_migrations_commands_and_doctor_take_the_same_url(behind_tls: str, tmp_path: Path) -> None:
    await migrations.upgrade(behind_tls)
    shell = Shell(tmp_path, behind_tls, {"ESIM_TEMPORAL_ADDRESS": "127.0.0.1:1"})

    def typed() -> tuple[dict[str, str], str, str]:
        revision = json.loads(shell.run("db", "upgrade", "--json").out)
        listed = shell.run("account", "list").out
        return revision, listed, shell.run("doctor", "--json", code=1).out

    revision, _, examined = await asyncio.to_thread(typed)
    assert revision == {"revision": head_revision()}
    checks = {check["name"]: check for check in json.loads(examined)["checks"]}
    assert checks["database"]["sentence"] == "The database answers."
    assert checks["migrations"]["ok"]


@pytest.mark.covers("R17")
@PGBOUNCER
async def test_pgbouncer_works_in_session_mode(database_url: str, tmp_path: Path) -> None:
    with pooled(database_url, "session", tmp_path) as url:
        await migrations.upgrade(url)
        assert await ask(url, "SHOW lock_timeout") == "10s"
        database = Database(url, 5)
        try:
            async with database.transaction() as first, database.reading() as second:
                pids = {await one.scalar(text("SELECT pg_backend_pid()")) for one in (first, second)}
                assert len(pids) == 2
            assert await database.revision() == head_revision()
        finally:
            await database.close()


@pytest.mark.covers("R17")
@PGBOUNCER
@pytest.mark.parametrize("mode", ["transaction", "statement"])
async def test_pgbouncer_in_another_mode_is_recognised(database_url: str, tmp_path: Path, mode: str) -> None:
    with pooled(database_url, mode, tmp_path) as url:
        assert "a connection pooler in transaction mode, which cannot be used" in await why_not(url)
        with pytest.raises(Unavailable, match="pool_mode=session"):
            await migrations.upgrade(url)
        shell = Shell(tmp_path, url, {})
        said = await asyncio.to_thread(lambda: shell.run("fleet", "list", code=None))
        assert said.code != 0
        assert "pool_mode=session" in said.err
        assert "Traceback" not in said.err


@pytest.mark.covers("R17")
@PGBOUNCER
async def test_transaction_mode_is_recognised_while_others_use_the_pooler(
    database_url: str, tmp_path: Path
) -> None:
    import asyncpg  # type: ignore[import-untyped]  # noqa: PLC0415

    with pooled(database_url, "transaction", tmp_path) as url:
        over = asyncio.Event()

        async def busy() -> None:
            connection = await asyncpg.connect(url, statement_cache_size=0)
            while not over.is_set():
                await connection.execute("SELECT pg_sleep(0.002)")
            connection.terminate()

        others = [asyncio.create_task(busy()) for _ in range(6)]
        try:
            for _ in range(10):
                assert "in transaction mode" in await why_not(url)
        finally:
            over.set()
            await asyncio.gather(*others)


SERVERS = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))


@pytest.mark.covers("R17")
@pytest.mark.skipif(
    not SERVERS, reason="no PostgreSQL server with TLS is installed (the embedded one has none)"
)
async def test_postgresql_itself_with_tls_a_password_and_pg_dump(
    authority: Authority, tmp_path: Path
) -> None:
    from tests.store.tls_postgres import installed_server  # noqa: PLC0415

    async with installed_server(SERVERS[-1].parent, authority, tmp_path) as server:
        url = f"postgresql://keeper:p%40ss%2Fw%C3%B6rd%3F@127.0.0.1:{server.port}/esim?sslmode=verify-full&sslrootcert={authority.file}"
        assert await ask(url, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()") is True
        assert "refuses the login" in await why_not(url.replace("verify-full", "disable"))
        assert "refuses the login" in await why_not(url.replace("p%40ss", "pass"))
        assert await ask(url.replace("verify-full", "allow"), "SHOW ssl") == "on"
        await migrations.upgrade(url)
        program = str(SERVERS[-1].with_name("pg_dump"))
        dumping = await asyncio.create_subprocess_exec(
            program, "--schema-only", "--dbname", url, stdout=asyncio.subprocess.PIPE
        )
        dumped, _ = await dumping.communicate()
        assert dumping.returncode == 0
        assert b"CREATE TABLE public.orders" in dumped
