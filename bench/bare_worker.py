"""A worker process for bare orders, made like that of real ones: `python -m bench.bare_worker ADDRESS`."""

import asyncio
import signal
import sys

from temporalio.client import Client
from temporalio.worker import Worker

from bench.bare import STEPS, BareOrder
from settings import Settings
from temporal.connection import connect
from worker import GRACE, configured_runner, settle_memory

TASK_QUEUE = "bare-orders"


def bare_worker(client: Client, settings: Settings) -> Worker:
    """Everything that `worker.order_worker` sets is set here as well."""
    return Worker(
        client,
        task_queue=TASK_QUEUE,
        workflows=[BareOrder],
        activities=STEPS,
        workflow_runner=configured_runner(settings),
        disable_eager_activity_execution=False,
        graceful_shutdown_timeout=GRACE,
        max_cached_workflows=settings.cached_workflows,
    )


async def serve(settings: Settings) -> None:
    """Run until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    client = await connect(settings)
    settle_memory()
    async with bare_worker(client, settings):
        await stop.wait()


def main() -> None:
    """Run the process."""
    import uvloop  # noqa: PLC0415  not on every platform

    uvloop.run(serve(Settings(temporal_address=sys.argv[1])))


if __name__ == "__main__":
    main()
