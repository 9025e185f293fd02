"""Schemathesis sends every operation of the API what its document allows, and what it forbids (A14).

It runs in a process of its own, over loopback, against the portal's server; derandomised, so that a failure
repeats. By day each operation gets a few calls, at night thousands.
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from models.errors import Refused
from portal.api.app import PREFIX
from starter.desks import Desks
from telemetry.server import Server, configured, listen
from tests.builders import run
from tests.callers.world import Known
from tests.portal.api.keys import Keyring
from tests.portal.api.samples import SAMPLES
from tests.portal.api.test_walk import routes_of

CHECKS = (
    *("no_bug", "failures_are_problems", "valid_input_has_no_invalid_fields", "negative_data_rejection"),
    *("status_code_conformance", "content_type_conformance", "response_schema_conformance"),
    *("response_headers_conformance", "missing_required_header", "unsupported_method"),
)
"""All that Schemathesis has, but `ignored_auth` (the walk has it), `not_a_server_error` (`no_bug` allows a
503), `positive_data_acceptance` (rules refuse what is well-formed), and those of its stateful phase.
"""
CONFIGURATION = """
[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 429, "5xx"]
"""
"""413: what is longer than the document allows may be longer than any body may be."""
TOP = Path(__file__).parents[3]


class NeverClosed:
    """The portal, where an account that was closed is open again after the call: the calls go on."""

    def __init__(self, app: ASGIApp, desks: Desks) -> None:
        self.app = app
        self.desks = desks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)
        if scope["path"].endswith("/account/close"):
            await run(self.desks.database, "UPDATE accounts SET closed_at = NULL")


@pytest.fixture
async def address(app: FastAPI, desks: Desks) -> AsyncIterator[str]:
    """The API, served on a port as its process serves it."""
    with closing(listen("127.0.0.1", 0, Refused.because("portal_address_unavailable"))) as listening:
        server = Server(configured(NeverClosed(app, desks), 5))
        task = asyncio.create_task(server.serve([listening]))
        yield f"http://127.0.0.1:{listening.getsockname()[1]}{PREFIX}"
        server.should_exit = True
        await task


@pytest.mark.covers("A5", "A14")
@pytest.mark.parametrize(
    ("phases", "examples"),
    [
        pytest.param("fuzzing", 3, marks=pytest.mark.timeout(600)),
        pytest.param("coverage,fuzzing", 60, marks=[pytest.mark.night, pytest.mark.timeout(7200)]),
    ],
)
async def test_no_call_finds_a_failure(
    phases: str, examples: int, address: str, app: FastAPI, keys: Keyring, acme: Known, tmp_path: Path
) -> None:
    paths = {route.name: SAMPLES[route.name].path(acme) for route in routes_of(app) if route.name in SAMPLES}
    headers = await keys.of()
    arguments = (
        *("run", f"{address}/openapi.json", "--phases", phases, "--max-examples", str(examples)),
        *("--exclude-path-regex", "/events/stream$"),  # an answer without an end
        *("--checks", ",".join(CHECKS), "--generation-deterministic"),
        *("--suppress-health-check", "all", "--warnings", "off", "--continue-on-failure", "--no-color"),
        *("-H", f"Authorization: {headers['Authorization']}", "--request-timeout", "60"),
    )
    (tmp_path / "schemathesis.toml").write_text(CONFIGURATION)
    found = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "schemathesis.cli", *arguments),
        env=os.environ
        | {"API_TEST_PATHS": json.dumps(paths), "SCHEMATHESIS_HOOKS": "tests.portal.api.fuzzing_hooks"}
        | {"PYTHONPATH": os.pathsep.join([str(TOP), os.environ.get("PYTHONPATH", "")])},
        cwd=tmp_path,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await found.communicate()
    print(said.decode())
    assert found.returncode == 0, said.decode()
