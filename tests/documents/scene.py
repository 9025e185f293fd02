"""A sandbox in which the commands of the documents are typed, as they stand there."""

import asyncio
import os
import pty
import re
import shutil
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url

from sandbox.data_dir import Addresses
from sandbox.postgres_install import find_binaries
from sandbox.temporal_server import find_temporal
from tests.documents.blocks import TOP, Block
from tests.starter.forked import folder_of_program

SECONDS = 120


@dataclass
class Typed:
    """What came of a command."""

    code: int
    out: str
    err: str


class Reader:
    """A person in a folder with the files that the documents name, who types what they show."""

    def __init__(self, folder: Path, data: Path, addresses: Addresses) -> None:
        self.folder = folder
        self.addresses = addresses
        self.has_begun = False
        shutil.copytree(TOP / "sandbox", folder / "sandbox", ignore=shutil.ignore_patterns("*.py", "demo"))
        place = make_url(addresses.database_url)
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ESIM_")}
        programs = [folder_of_program(), Path(sys.executable).parent, find_temporal().parent, find_binaries()]
        self.environment: Mapping[str, str] = {
            **kept,
            "PATH": os.pathsep.join([*map(str, programs), kept.get("PATH", "")]),
            "COLUMNS": "120",
            "ESIM_DATA_DIR": str(data),
            "TEMPORAL_ADDRESS": addresses.temporal_address,
            "PGHOST": str(place.query["host"]),
            "PGPORT": str(place.query["port"]),
            "PGUSER": str(place.username),
        }

    async def types(self, command: str, code: int = 0) -> str:
        """Type a command and answer its questions with yes; what it prints. It ends with this exit code."""
        done = await asyncio.to_thread(self._run, command)
        assert done.code == code, f"{command}\n{done.out}{done.err}"
        assert "Traceback" not in done.err, done.err
        return done.out

    def _run(self, command: str) -> Typed:
        """Run it at a terminal: that is where people are asked. What programs read is not a part of it."""
        ours, its = pty.openpty()
        try:
            with subprocess.Popen(
                ["/bin/bash", "-c", command],
                stdin=its,
                stdout=subprocess.PIPE,
                stderr=its,
                env=self.environment,
                cwd=self.folder,
            ) as process:
                os.close(its)
                with ThreadPoolExecutor(1) as thread:
                    written = thread.submit(_answered, ours)
                    out, _ = process.communicate(timeout=SECONDS)
                    return Typed(process.returncode, out.decode(), written.result())
        finally:
            os.close(ours)

    async def follows(self, block: Block, names: "Names | None" = None) -> list[str]:
        """Type a block as it stands, with these values for its placeholders, which are in capitals. A command
        succeeds, or ends with the exit code that its comment announces; a page has the HTTP status that the
        comment begins with.
        """
        known = dict(names or {})
        printed = []
        for command in block.commands:
            typed, _, comment = command.partition(" #")
            for name, value in known.items():
                placeholder = re.compile(rf"(?<![\w-]){name}(?![\w-])")
                if placeholder.search(typed):
                    known[name] = value if isinstance(value, str) else await value(self)
                    typed = placeholder.sub(str(known[name]), typed)
            announced = re.search(r"\(exit code (\d)\)", comment)
            printed.append(await self.types(f"{typed} #{comment}", int(announced[1]) if announced else 0))
            if typed.startswith("curl"):
                assert printed[-1].split()[1] == comment.split(":")[0].strip(), printed[-1]
        return printed


Names = Mapping[str, str | Callable[[Reader], Awaitable[str]]]
"""The values of placeholders; one that is known later is read when it is typed for the first time."""


def _answered(terminal: int) -> str:
    """All that is written to a terminal until the program has left it. Questions are answered with yes, and
    with what is pre-filled.
    """
    written, asked = b"", b""
    with suppress(OSError):
        while some := os.read(terminal, 65536):
            written, asked = written + some, asked + some
            question = asked.rstrip(b" ")
            if question.endswith(b":"):
                os.write(terminal, b"y\n" if question.endswith(b"[y/N]:") else b"\n")
                asked = b""
    return written.decode(errors="replace")
