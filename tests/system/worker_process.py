"""The worker as a process of its own, which a test kills."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import worker
from tests.starter.forked import Forked
from tests.system.scene import Scene


class WorkerProcess:
    """`python -m worker` as an operator runs it."""

    def __init__(self, scene: Scene, log: Path, module: str = "worker", **more: str) -> None:
        settings = scene.settings
        self._log = log
        self._module = module
        self._environment = {name: value for name, value in os.environ.items() if name[:5] != "ESIM_"} | {
            "ESIM_DATA_DIR": str(settings.data_dir),
            "ESIM_DATABASE_URL": settings.database_url,
            "ESIM_TEMPORAL_ADDRESS": settings.temporal_address,
            "ESIM_TASK_QUEUE": settings.task_queue,
            "ESIM_SMTP_URL": settings.smtp_url,
            **more,
        }

    async def start(self) -> Forked:
        with self._log.open("ab") as log:
            folder = Path(worker.__file__).parent
            return await Forked.start(self._module, env=self._environment, cwd=folder, output=log)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """It runs, and is killed at the end of the block."""
        process = await self.start()
        try:
            yield
        finally:
            assert process.returncode is None, self._log.read_text()
            process.kill()
            await process.wait()
