"""`make demo`: chapters on a throw-away sandbox, every outcome checked in the database and in Temporal.

    make demo                                      all chapters
    make demo ARGS="switch qr-code"                only these, in this order
    make demo ARGS=--keep                          leaves the sandbox running until Ctrl-C

Exits 0 only if all was right.
"""

import argparse
import asyncio
import contextlib
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from shlex import quote

from rich.console import Console

from models.errors import EsimError
from sandbox.demo import api, fleet, licences, orders, pages, qr_code, travel
from sandbox.demo import client as client_chapter
from sandbox.demo.open_work import leave_open
from sandbox.demo.scene import Scene
from sandbox.demo.way_in import way_in
from sandbox.errors import SandboxError
from sandbox.stage import Timeline, running_sandbox
from settings import Settings
from starter.catalogue.desk import CatalogueDesk
from starter.codes.desk import QrDesk
from starter.fleet.desk import FleetDesk
from starter.orders.desk import OrderDesk
from store.session import Database
from telemetry.leaving import leave
from telemetry.unexpected import guarded
from temporal.connection import connect

ANSWER_SECONDS = 60

CHAPTERS: Mapping[str, Callable[[Scene], Awaitable[None]]] = {
    "switch": orders.switch,
    "cancel": orders.cancel,
    "replace": orders.replace,
    "refuse": orders.refuse,
    "qr-code": qr_code.qr_code,
    "pages": pages.pages,
    "api": api.api,
    "client": client_chapter.client,
    "licences": licences.licences,
    "kill-worker": orders.kill_worker,
    "travel": travel.travel,
}
"""The chapters, played in this sequence unless others are chosen. A new chapter is a function and a line
here. The last one sets the clock ahead.
"""


async def demonstrate(console: Console, chapters: Sequence[str], *, keep: bool) -> int:
    """Play these chapters and return how many checks failed. A closed terminal ends it as Ctrl-C does."""
    if playing := asyncio.current_task():
        for number in (signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, playing.cancel)
    folder = Path(tempfile.mkdtemp(prefix="esim-demo-"))
    timeline = Timeline(console)
    timeline.chapter("A throw-away sandbox starts: PostgreSQL, Temporal, a mailbox, a worker")
    with contextlib.suppress(asyncio.CancelledError) if keep else contextlib.nullcontext():
        await _play_on(timeline, console, folder, chapters, keep=keep)
    return len(timeline.wrong)


async def _play_on(
    timeline: Timeline, console: Console, folder: Path, chapters: Sequence[str], *, keep: bool
) -> None:
    try:
        async with running_sandbox(folder, None, "--clock") as (data, addresses):
            timeline.says(f"Ready. Temporal Web UI: {addresses.temporal_ui_url}")
            os.environ["ESIM_DATA_DIR"] = str(folder)
            settings = Settings(answer_timeout=ANSWER_SECONDS)
            database = Database(settings.database_url)
            client = await connect(settings)
            try:
                user = await fleet.imported(timeline, database)
                scene = Scene(
                    timeline,
                    OrderDesk(client, database, settings),
                    QrDesk(client, database, settings),
                    FleetDesk(database),
                    CatalogueDesk(database),
                    client,
                    data,
                    user,
                )
                for name in chapters:
                    await CHAPTERS[name](scene)
                await fleet.look_at_everything(scene)
                visitors = ""
                if keep:
                    visitors = await way_in(scene, await leave_open(scene, chapters), chapters)
            finally:
                await database.close()
            timeline.sum_up()
            if keep:
                console.print(f"\n{visitors}", soft_wrap=True)
                console.print(
                    f"\nThe sandbox stays; in another shell: export ESIM_DATA_DIR={quote(str(folder))}",
                    soft_wrap=True,
                )
                console.print("Ctrl-C ends it.")
                await asyncio.Event().wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Play the demonstration from a shell."""
    parser = argparse.ArgumentParser(
        prog="make demo", description="Play orders on a throw-away sandbox, and check every outcome."
    )
    parser.add_argument(
        "chapters",
        nargs="*",
        metavar="CHAPTER",
        help=f"what to play, all unless named: {', '.join(CHAPTERS)}",
    )
    parser.add_argument("--keep", action="store_true", help="leave the sandbox running until Ctrl-C")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.chapters if name not in CHAPTERS]
    if unknown:
        parser.error(f"There is no chapter {unknown[0]!r}; there are {', '.join(CHAPTERS)}.")
    console = Console(highlight=False)
    try:
        wrong = asyncio.run(demonstrate(console, options.chapters or list(CHAPTERS), keep=options.keep))
    except (EsimError, SandboxError) as failure:
        print(failure, file=sys.stderr)
        return 1
    except (KeyboardInterrupt, asyncio.CancelledError):
        print("Stopped; the sandbox is removed.", file=sys.stderr)
        return 130
    return 1 if wrong else 0


if __name__ == "__main__":
    leave(guarded(main, "sandbox.demo", lambda sentence: print(sentence, file=sys.stderr)))
