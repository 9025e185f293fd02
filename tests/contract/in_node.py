"""Code in JavaScript: Temporal's client steers an order, Standard Webhooks verifies requests."""

import asyncio
import json
import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.webhooks.receiver import Received

CODE = Path(__file__).parent / "node"
INSTALL = ("npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--silent")


@pytest.fixture(scope="session")
async def node_code(tmp_path_factory: pytest.TempPathFactory) -> Path | None:
    """The folder of the code with its packages from the npm registry; None without node."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return None
    folder = tmp_path_factory.mktemp("node") / "code"
    shutil.copytree(CODE, folder)
    await output(folder, *INSTALL)
    return folder


@pytest.fixture
def javascript(node_code: Path | None) -> Path:
    """The same. Skipped, and said, without node."""
    if node_code is None:
        pytest.skip("node and npm are not installed: nothing is tried in JavaScript")
    return node_code


async def output(folder: Path, *command: str) -> str:
    """What the command prints. Fails where it does."""
    code, out, err = await _run(folder, *command)
    assert code == 0, err
    return out


async def verified(folder: Path, secret: str, requests: Iterable[Received]) -> list[str] | None:
    """The types of the events that were sent; None where a signature is wrong."""
    said = json.dumps([{"headers": one.headers, "body": one.body.decode()} for one in requests])
    code, out, _ = await _run(folder, "node", "verify.mjs", secret, given=said)
    return list(json.loads(out)) if code == 0 else None


async def _run(folder: Path, *command: str, given: str = "") -> tuple[int | None, str, str]:
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate(given.encode())
    return process.returncode, out.decode(), err.decode()
