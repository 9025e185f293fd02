"""The real worker process, whose death Temporal notices within seconds, not after a quarter of a minute.

`test_killed_workers` kills workers with the product's own timeouts.
"""

from datetime import timedelta
from functools import partial

import worker
from workflows.step import declared_by, policy_of
from workflows.steps import CONTRACTS

MODULE = "tests.system.noticed_worker"
HEARTBEATS_WITHIN = timedelta(seconds=3)
"""15 seconds in the product."""
_WORKFLOWS_TAKEN_WITHIN = timedelta(seconds=2)
"""After so long, by default 10 seconds, another worker gets what the one that knew the workflow left."""


def notice_death_soon() -> None:
    """Of this process: it is expected to heartbeat, and to take the tasks of workflows it knows, sooner."""
    for contract in CONTRACTS:
        for declared in declared_by(contract).values():
            object.__setattr__(policy_of(declared), "heartbeat_timeout", HEARTBEATS_WITHIN)
    sooner = partial(vars(worker)["Worker"], sticky_queue_schedule_to_start_timeout=_WORKFLOWS_TAKEN_WITHIN)
    vars(worker)["Worker"] = sooner


def main() -> None:
    notice_death_soon()
    worker.main()


if __name__ == "__main__":
    main()
