"""The real worker process with a provider that never returns.

STUCK=port|loop python -m tests.system.stuck_worker   # ignores its cancellation, or blocks the event loop
"""

import asyncio
import contextlib
import os
import time
from datetime import timedelta
from typing import NoReturn

import worker
from models.orders.placement import ProviderAnswer
from providers.by_mail import ProviderByMail
from providers.registry import BY_MAIL, PORTS
from tests.system.noticed_worker import notice_death_soon

BEGUN = "the provider never returns"


async def _ignoring_its_cancellation() -> NoReturn:
    while True:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()


def _blocking_the_loop() -> NoReturn:
    while True:
        time.sleep(0.1)


class StuckProvider(ProviderByMail):
    async def submit(self, order_id: str, kind: str, retries: int) -> ProviderAnswer:
        print(BEGUN, flush=True)
        if os.environ["STUCK"] == "loop":
            _blocking_the_loop()
        await _ignoring_its_cancellation()


def main() -> None:
    notice_death_soon()
    PORTS[BY_MAIL] = StuckProvider
    worker.GRACE = worker.MARGIN = timedelta(seconds=1)
    worker.main()


if __name__ == "__main__":
    main()
