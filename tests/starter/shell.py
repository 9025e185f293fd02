"""A shell in which `esim-orders` is typed."""

import io
import json
import os
import pty
import subprocess
import sys
import termios
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from starter.cli import commands
from starter.cli.output import console
from tests.starter.forked import folder_of_program

ROOT = Path(__file__).parents[2]


@dataclass
class Shell:
    """Runs `esim-orders` against the test's database: here, or as a process like any other."""

    folder: Path
    url: str
    """Of the database; empty for none."""
    more: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: str, code: int | None = 0, columns: int = 120) -> "Said":
        """The command's output; it must end with the exit code, or any where none is given."""
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            for name, value in (self._environment() | self.more).items():
                patch.setenv(name, value)
            patch.setattr(sys, "argv", ["esim-orders", *arguments])
            patch.setattr(console, "width", columns)
            patch.setattr("typer.main.get_command", _tree)
            with ThreadPoolExecutor(1) as thread:  # it runs an event loop of its own
                ended = thread.submit(commands.run).result()
        assert code in (None, ended), err.getvalue()
        return Said(out.getvalue(), err.getvalue(), ended)

    def process(self, *arguments: str, code: int | None = 0, columns: int = 120, typed: str = "") -> "Said":
        """The same in a process of its own, with warnings as errors; `typed` comes through a pipe."""
        done = subprocess.run(
            [_program(), *arguments],
            cwd=ROOT,
            env=self._own(columns),
            input=typed,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert code in (None, done.returncode), done.stderr
        return Said(done.stdout, done.stderr, done.returncode)

    def started(self, *arguments: str) -> "subprocess.Popen[str]":
        """The same process, which the test signals and waits for."""
        return subprocess.Popen(
            [sys.executable, "-m", "starter.cli", *arguments],
            cwd=ROOT,
            env=self._own(120),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def terminal(self, *arguments: str, answers: tuple[str, ...], code: int = 0, columns: int = 80) -> str:
        """What a person sees at a terminal who answers one question after another."""
        ours, its = pty.openpty()
        termios.tcsetwinsize(its, (24, columns))
        command = [_program(), *arguments]
        with subprocess.Popen(
            command, cwd=ROOT, env=self._own(columns), stdin=its, stdout=its, stderr=its
        ) as process:
            os.close(its)
            left = list(answers)
            seen, asked = b"", b""
            with suppress(OSError):  # the process has left the terminal
                while more := os.read(ours, 65536):
                    seen, asked = seen + more, asked + more
                    if asked.endswith(b": ") and left:  # what is typed before a hidden question is lost
                        asked = b""
                        os.write(ours, f"{left.pop(0)}\n".encode())
            ended = process.wait(60)
        os.close(ours)
        told = seen.decode().replace("\r\n", "\n")
        assert (ended, left) == (code, []), told
        return told

    def json(self, *arguments: str) -> Any:
        """The JSON document that a command prints."""
        return json.loads(self.run(*arguments, "--json").out)

    def lines(self, *arguments: str) -> list[Any]:
        """The JSON objects that a long list prints, one on each line."""
        return [json.loads(line) for line in self.run(*arguments, "--json").out.splitlines()]

    def _own(self, columns: int) -> dict[str, str]:
        own = {"COLUMNS": str(columns), "PYTHONWARNINGS": "error"}
        return os.environ | self._environment() | self.more | own

    def _environment(self) -> dict[str, str]:
        where = {"ESIM_DATA_DIR": str(self.folder), "LC_ALL": "C.UTF-8"}
        return where | {"ESIM_DATABASE_URL": self.url} if self.url else where


_tree = cache(get_command)
"""The commands, which take longer to put together than most of them take to run."""


def _program() -> str:
    return str(folder_of_program() / "esim-orders")


@dataclass(frozen=True)
class Said:
    """What a command printed, and its exit code."""

    out: str
    err: str
    code: int = 0
