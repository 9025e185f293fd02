"""The scripts that the composition mounts, run against the real thing."""

import asyncio
import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from sqlalchemy import make_url
from temporalio.client import Client

from sandbox.postgres import ThrowAwayPostgres
from sandbox.postgres_install import find_binaries
from sandbox.temporal_server import TemporaryTemporalServer, find_temporal
from store import migrations
from temporal.connection import missing_search_attributes
from tests.deploy.composition import ROOT, services
from workflows.search_attributes import NAMES

NAMESPACE_SCRIPT = ROOT / "deploy/temporal/namespace.sh"
DATABASES_SCRIPT = ROOT / "deploy/postgres/databases.sql"


def test_the_search_attributes_are_those_of_the_workflows() -> None:
    named = re.findall(r"--name (\w+) --type Keyword", NAMESPACE_SCRIPT.read_text())
    assert sorted(named) == sorted(NAMES)


@pytest.mark.covers("W8")
async def test_a_new_namespace_has_all_that_a_worker_needs() -> None:
    retention = services()["temporal-namespace"]["environment"]["TEMPORAL_RETENTION"]
    async with TemporaryTemporalServer() as server:
        environment = {
            "PATH": os.pathsep.join([str(find_temporal().parent), os.defpath]),
            "TEMPORAL_ADDRESS": server.address,
            "TEMPORAL_NAMESPACE": "orders",
            "TEMPORAL_RETENTION": retention,
        }
        for _ in ("first start", "every start after"):
            await asyncio.to_thread(run, ["sh", NAMESPACE_SCRIPT], environment)
        client = await Client.connect(server.address, namespace="orders")
        assert await missing_search_attributes(client) == []


@pytest.mark.covers("W8")
async def test_each_database_belongs_to_its_own_user_and_takes_our_tables() -> None:
    # the superuser of the test's server has the name that our user has on a cluster
    script = re.sub(r"\besim\b", "inventory", DATABASES_SCRIPT.read_text())
    with ThrowAwayPostgres() as server:
        psql(server, "esim", script)
        allowed = psql(server, "esim", CONNECTIONS_ALLOWED)
        own = ("inventory", "temporal", "temporal_visibility")
        assert allowed.splitlines() == [f"{name}|{name}" for name in own]

        await migrations.upgrade(server.url("inventory").replace("://esim@", "://inventory@"))
        assert psql(server, "inventory", "SELECT count(*) FROM orders;") == "0"


CONNECTIONS_ALLOWED = """
SELECT rolname, datname FROM pg_roles, pg_database
WHERE rolcanlogin AND NOT rolsuper AND NOT datistemplate AND datname NOT IN ('postgres', 'esim')
AND has_database_privilege(rolname, datname, 'CONNECT') ORDER BY 1;
"""


def psql(server: ThrowAwayPostgres, name: str, script: str) -> str:
    """Run a script as the image of PostgreSQL does, in a user's own database."""
    host = make_url(server.url()).query["host"]
    command = [str(find_binaries() / "psql"), "--no-psqlrc", "-v", "ON_ERROR_STOP=1", "-At"]
    options = ["--host", str(host), "--username", name, "--dbname", name]
    passwords = dict.fromkeys(("TEMPORAL_PASSWORD", "VISIBILITY_PASSWORD", "INVENTORY_PASSWORD"), "x")
    return run([*command, *options], passwords, script).stdout.strip()


def run(
    command: Sequence[str | Path], environment: Mapping[str, str], standard_input: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a command that must succeed."""
    done = subprocess.run(
        command, env=environment, input=standard_input, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done
