"""Record the history of each path of a workflow, to be replayed by the tests for ever.

`python -m tests.replay.record` (or `make histories`) records every path anew into the folder of the version
that pyproject.toml names, in `tests/replay/histories/`. That is right until this version is released, or its
workflows run anywhere; with `--missing` it adds those of new paths. The folders of released versions stay.
A change that breaks the replay of a committed history breaks what is running: guard it with
`workflow.patched`, and record a path of the new way beside the old one.
"""

import argparse
import asyncio
import json
import tomllib
from pathlib import Path
from typing import Any

from tests.replay.job_paths import JOB_PATHS
from tests.replay.licence_paths import LICENCE_PATHS
from tests.replay.paths import PATHS
from tests.replay.qr_paths import QR_PATHS
from tests.replay.retry_paths import RETRY_PATHS
from tests.replay.travel_paths import TRAVEL_PATHS
from tests.replay.user_mail_paths import USER_MAIL_PATHS
from tests.replay.webhook_paths import WEBHOOK_PATHS
from tests.temporal_server import a_server
from tests.workflows.codes.qr_house import a_qr_house

HISTORIES = Path(__file__).parent / "histories"
PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
CURRENT = HISTORIES / PROJECT["version"]
"""The folder of the version that is being made."""
ALL_PATHS = (
    *PATHS,
    *QR_PATHS,
    *LICENCE_PATHS,
    *TRAVEL_PATHS,
    *USER_MAIL_PATHS,
    *RETRY_PATHS,
    *JOB_PATHS,
    *WEBHOOK_PATHS,
)
IDENTITY = "recorder"
"""In place of the process and machine that a client names itself after."""


async def record(folder: Path, every: bool) -> list[str]:
    """Drive the paths and write their histories. Returns the names of those recorded."""
    wanted = [path for path in ALL_PATHS if every or not (folder / f"{path.__name__}.json").exists()]
    async with a_server(IDENTITY) as temporal:
        for path in wanted:
            async with a_qr_house(temporal, f"orders-{path.__name__}") as house:
                handle = await path(house)
                await house.ended(handle)
            history = without_traces(json.loads((await handle.fetch_history()).to_json()))
            text = json.dumps({"workflow_id": handle.id, "history": history}, indent=1, sort_keys=True)
            (folder / f"{path.__name__}.json").write_text(text + "\n")
    return [path.__name__ for path in wanted]


def without_traces(value: Any) -> Any:
    """The history without the stack traces of failures: they name files of this machine, and no replay
    looks at them.
    """
    if isinstance(value, dict):
        return {name: without_traces(item) for name, item in value.items() if name != "stackTrace"}
    if isinstance(value, list):
        return [without_traces(item) for item in value]
    return value


def main() -> None:
    """Record from the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.replay.record", description=__doc__)
    parser.add_argument("--missing", action="store_true", help="record only what is not recorded yet")
    every = not parser.parse_args().missing
    CURRENT.mkdir(exist_ok=True)
    for name in asyncio.run(record(CURRENT, every)):
        print(name)


if __name__ == "__main__":
    main()
