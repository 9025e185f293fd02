"""Worker and portal as an operator runs them."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import psutil

from tests.starter.forked import Forked
from tests.temporal_server import comes_true

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0


class Process:
    """One of them, and what it wrote."""

    def __init__(self, process: Forked, log: Path) -> None:
        self._process = process
        self._log = log

    @property
    def written(self) -> str:
        return self._log.read_text()

    def listens_at(self) -> list[int]:
        """The ports that it has opened."""
        sockets = psutil.Process(self._process.pid).net_connections("tcp")
        return [one.laddr.port for one in sockets if one.status == psutil.CONN_LISTEN]

    async def says(self, words: str) -> None:
        await comes_true(lambda: words in self.written or self._process.returncode is not None, PATIENCE)
        assert words in self.written, self.written

    async def stop(self) -> int:
        """Ask it to, and wait until it has."""
        self._process.terminate()
        return await self.ends()

    async def ends(self) -> int:
        return await asyncio.wait_for(self._process.wait(), PATIENCE)


@asynccontextmanager
async def started(
    module: str, folder: Path, variables: Mapping[str, str], *options: str
) -> AsyncIterator[Process]:
    """`python -m worker` or `python -m portal`, killed at the end where it still runs."""
    log = folder / f"{module}.log"
    usual = {name: value for name, value in os.environ.items() if not name.startswith("ESIM_")}
    with log.open("ab") as written:
        environment = {**usual, "ESIM_DATA_DIR": str(folder), **variables}
        process = await Forked.start(module, *options, env=environment, cwd=ROOT, output=written)
    try:
        yield Process(process, log)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
