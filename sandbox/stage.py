"""What demonstrations run on: a sandbox in a process of its own, and a timeline that is printed."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sandbox.data_dir import Addresses, DataDir
from sandbox.errors import SandboxError

TOP = Path(__file__).parent.parent
READY_SECONDS = 90.0
STOP_SECONDS = 60.0
Found = TypeVar("Found")


class Timeline:
    """Prints chapters, what happens at which second, and the result of each check."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._began = time.monotonic()
        self.wrong: list[str] = []
        self.checked = 0

    def chapter(self, title: str) -> None:
        """Print the title of a chapter."""
        self._console.print(f"\n[bold]{title}[/bold]")

    def says(self, sentence: str) -> None:
        """Print what happened, with the seconds since the start."""
        self._line(f"{time.monotonic() - self._began:6.1f} s", Text(sentence))

    def check(self, sentence: str, *, right: bool) -> None:
        """Print and count a check."""
        self.checked += 1
        mark = Text("right ", "green") if right else Text("WRONG ", "bold red")
        self._line("", mark + Text(sentence))
        if not right:
            self.wrong.append(sentence)

    def _line(self, margin: str, text: Text) -> None:
        grid = Table.grid(padding=(0, 2))
        grid.add_column(width=8, justify="right", no_wrap=True)
        grid.add_column()
        grid.add_row(margin, text)
        self._console.print(grid)

    def sum_up(self) -> None:
        """Print whether all checks were right."""
        if self.wrong:
            self._console.print(
                f"\n[bold red]{len(self.wrong)} of {self.checked} checks are wrong[/bold red]"
            )
        else:
            self._console.print(f"\n[bold green]All {self.checked} checks are right.[/bold green]")


async def wait_until(look: Callable[[], Awaitable[Found | None]], what: str) -> Found:
    """Poll until `look` finds something; SandboxError after a timeout. `what` names it in the message."""
    deadline = time.monotonic() + READY_SECONDS
    while (found := await look()) is None:
        if time.monotonic() > deadline:
            raise SandboxError(f"This did not come: {what}.")
        await asyncio.sleep(0.1)
    return found


@asynccontextmanager
async def running_sandbox(
    folder: Path, settings: Mapping[str, str] | None = None, *options: str
) -> AsyncIterator[tuple[DataDir, Addresses]]:
    """Run `esim-orders up` with these options in a process of its own until the block ends, with only these
    ESIM_ variables.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ESIM_")}
    environment |= settings or {}
    log = folder / "up.log"
    log.touch(mode=0o600)
    with log.open("wb") as output:
        command = [sys.executable, "-m", "starter.cli", "up", "--data-dir", str(folder), *options]
        process = subprocess.Popen(  # noqa: S603, ASYNC220  our own command
            command, stdout=output, stderr=output, env=environment, cwd=TOP, start_new_session=True
        )
    data = DataDir(folder)
    try:
        deadline = time.monotonic() + READY_SECONDS
        while (addresses := data.running_addresses()) is None:
            if process.poll() is not None or time.monotonic() > deadline:
                raise SandboxError(f"The sandbox did not start:\n{log.read_text()}")
            await asyncio.sleep(0.1)
        yield data, addresses
    finally:
        process.send_signal(signal.SIGTERM)
        await asyncio.to_thread(process.wait, STOP_SECONDS)
