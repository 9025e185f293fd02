"""A shell in which `esim-orders` is typed."""

import io
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from starter.cli import commands
from starter.cli.output import console

ROOT = Path(__file__).parents[2]


@dataclass
class Shell:
    """Runs `esim-orders` against the test's database: here, or as a process like any other."""

    folder: Path
    url: str
    """Of the database; empty for none."""
    more: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: str, code: int = 0, columns: int = 120) -> "Said":
        """The command's output; it must end with the exit code."""
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            for name, value in (self._environment() | self.more).items():
                patch.setenv(name, value)
            patch.setattr(sys, "argv", ["esim-orders", *arguments])
            patch.setattr(console, "width", columns)
            with ThreadPoolExecutor(1) as thread:  # it runs an event loop of its own
                ended = thread.submit(commands.run).result()
        assert ended == code, err.getvalue()
        return Said(out.getvalue(), err.getvalue())

    def process(self, *arguments: str, code: int = 0, columns: int = 120) -> "Said":
        """The same in a process of its own, with warnings as errors."""
        own = self._environment() | self.more | {"COLUMNS": str(columns), "PYTHONWARNINGS": "error"}
        done = subprocess.run(
            [sys.executable, "-m", "starter.cli", *arguments],
            cwd=ROOT,
            env=os.environ | own,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == code, done.stderr
        return Said(done.stdout, done.stderr)

    def json(self, *arguments: str) -> Any:
        """The JSON document that a command prints."""
        return json.loads(self.run(*arguments, "--json").out)

    def _environment(self) -> dict[str, str]:
        where = {"ESIM_DATA_DIR": str(self.folder)}
        return where | {"ESIM_DATABASE_URL": self.url} if self.url else where


@dataclass(frozen=True)
class Said:
    """What a command printed."""

    out: str
    err: str
