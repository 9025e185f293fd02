"""A worker that only keeps workflows open until they are told to finish. Run as a process."""

import asyncio
import os
import signal

from temporalio import workflow
from temporalio.client import Client
from temporalio.worker import Worker

TASK_QUEUE = "stand-in"


@workflow.defn(sandboxed=False)
class OpenWorkflow:
    @workflow.init
    def __init__(self) -> None:
        self._answer = ""

    @workflow.run
    async def run(self) -> str:
        await workflow.wait_condition(lambda: bool(self._answer))
        return self._answer

    @workflow.signal
    def finish(self, answer: str) -> None:
        self._answer = answer


async def main() -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    client = await Client.connect(os.environ["ESIM_TEMPORAL_ADDRESS"])
    assert os.environ["ESIM_DATABASE_URL"]
    assert os.environ["ESIM_SMTP_URL"]
    async with Worker(client, task_queue=TASK_QUEUE, workflows=[OpenWorkflow], build_id="tests"):
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(main())
