"""Worker and portal with a database URL as providers give it: over TLS, one of two servers being down."""

from pathlib import Path

import httpx
import pytest
from sqlalchemy import make_url

from sandbox.ports import free_port
from tests.certificates import Authority
from tests.store.database_fronts import over_tcp
from tests.telemetry.processes import started
from tests.temporal_server import Temporal


@pytest.mark.covers("R17")
@pytest.mark.parametrize("module", ["worker", "portal"])
async def test_a_process_serves_with_a_url_of_libpq(
    module: str, temporal: Temporal, database_url: str, tmp_path: Path
) -> None:
    authority, port = Authority(tmp_path / "authority"), free_port()
    issued = authority.issue("db.example", "127.0.0.1")
    async with over_tcp(database_url, issued.server_context()) as there:
        url = (
            f"postgres://esim@127.0.0.1:{free_port()},127.0.0.1:{there}/{make_url(database_url).database}"
            f"?sslmode=verify-full&sslrootcert={authority.file}&target_session_attrs=read-write"
            "&application_name=shop"
        )
        variables = {
            "ESIM_DATABASE_URL": url,
            "ESIM_TEMPORAL_ADDRESS": temporal.address,
            "ESIM_PORTAL_PORT": str(port if module == "portal" else free_port()),
            "ESIM_HEALTH_ADDRESS": f"localhost:{port}" if module == "worker" else "",
        }
        async with (
            started(module, tmp_path, variables) as process,
            httpx.AsyncClient(base_url=f"http://localhost:{port}", timeout=30) as client,
        ):
            await process.says("polls" if module == "worker" else "listens")
            ready = await client.get("/health/ready")
            assert (ready.status_code, ready.json()["ok"]) == (200, True)
            assert await process.stop() == 0
