"""The real worker process, with both kinds of order of these tests, whose death is noticed soon.

DIES=before|after python -m tests.kinds.worker     # it kills itself around the first follow-up
"""

import os
import signal

from temporalio.client import Client

import worker
from activities.follow_ups import FOLLOW_UPS
from store.orders.follow_ups import Due
from store.session import Database
from tests.kinds import gadget, instant
from tests.system.noticed_worker import notice_death_soon


async def deadly(client: Client, due: Due, database: Database) -> None:
    if os.environ["DIES"] == "after":
        await gadget.start_life(client, due, database)
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    notice_death_soon()
    with instant.registered(), gadget.registered():
        if "DIES" in os.environ:
            FOLLOW_UPS[gadget.START_LIFE] = deadly
        worker.main()


if __name__ == "__main__":
    main()
