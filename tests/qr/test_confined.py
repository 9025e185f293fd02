"""A reader that a file has taken over can do nothing to its parent or to the machine, whoever started it."""

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from confined.kernel import FILES, MACHINES, OWN_USER, SYSTEM_CALLS, UNPRIVILEGED
from qr import process
from qr.process import missing_protections
from starter.operations.component_checks import uploaded_files

ROOT = Path(__file__).parents[2]
ATTACKS = Path(__file__).with_name("attacks.py")
ORDINARY = UNPRIVILEGED - 1
"""A user whom nothing runs as."""
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems have the limits only")
AS_ROOT = pytest.param("same", marks=pytest.mark.skipif(os.geteuid() != 0, reason="needs root"), id="root")
AS_A_USER = pytest.param(str(ORDINARY) if os.geteuid() == 0 else "same", id="a user")
WITHOUT_FILTER = {
    *("read a file", "list a folder", "make a file", "write to a file", "shorten a file", "make a folder"),
    *("make a link", "rename a file", "delete a file", "read the parent's memory file"),
    *("read the parent's memory", "write the parent's memory", "read the parent's environment"),
    *("list the parent's files", "trace the parent", "find the parent", "end the parent"),
    *("connect by TCP", "fork", "run a program", "start a thread", "be root", "change its root folder"),
    *("name the machine", "write to a file of root"),
}
"""What the other protections refuse by themselves, on a kernel without the filter."""


@dataclass(frozen=True)
class Outcome:
    """What the child said, and how its parent was after it."""

    told: dict[str, Any]
    after: str


@pytest.fixture
def places() -> Iterator[tuple[str, str]]:
    """A TCP port and a Unix socket that every user of this machine reaches."""
    with contextlib.ExitStack() as open_ones:
        folder = Path(open_ones.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)
        web = open_ones.enter_context(socket.create_server(("127.0.0.1", 0)))
        unix = open_ones.enter_context(socket.socket(socket.AF_UNIX))
        unix.bind(str(folder / "socket"))
        (folder / "socket").chmod(0o777)
        unix.listen()
        yield str(web.getsockname()[1]), str(folder / "socket")


def attacked(user: str, protection: str, places: tuple[str, str]) -> Outcome:
    command = [sys.executable, "-I", str(ATTACKS), str(ROOT), user, protection, *places]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    told = json.loads(done.stdout[done.stdout.index("{") : done.stdout.index("}") + 1])
    return Outcome(told, " ".join(re.sub(r"\{.*\}", "", done.stdout).split()))


@pytest.mark.covers("S7")
@pytest.mark.parametrize("user", [AS_ROOT, AS_A_USER])
def test_a_reader_that_was_taken_over_can_do_nothing(user: str, places: tuple[str, str]) -> None:
    outcome = attacked(user, "all", places)
    assert outcome.told["missing"] == []
    assert outcome.told["done"] == []
    assert outcome.told["walked"] == []
    assert outcome.after == "whole"


@pytest.mark.parametrize("user", [AS_ROOT, AS_A_USER])
def test_the_attacks_work_where_nothing_protects(user: str, places: tuple[str, str]) -> None:
    outcome = attacked(user, "none", places)
    only_root = {"be root", "change its root folder", "name the machine", "write to a file of root"}
    expected = set(outcome.told["tried"]) - (set() if user == "same" and os.geteuid() == 0 else only_root)
    assert set(outcome.told["done"]) == expected
    assert outcome.after == "signalled changed"


@pytest.mark.covers("S7")
@pytest.mark.parametrize("user", [AS_ROOT, AS_A_USER])
def test_a_kernel_without_the_filter_still_protects_the_parent(user: str, places: tuple[str, str]) -> None:
    outcome = attacked(user, "no-filter", places)
    assert not WITHOUT_FILTER & set(outcome.told["done"])
    assert outcome.after == "whole"


async def test_a_machine_that_has_all_lacks_nothing() -> None:
    assert await missing_protections() == []


async def test_what_a_machine_lacks_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    old_kernel = (
        "import ctypes; from confined import kernel; kernel.MACHINES.clear(); "
        "kernel.Kernel._call = lambda *_: -1; kernel.Kernel._become_unprivileged = lambda _: False; "
    )
    head, confined, rest = process._PROBE.partition("from confined.limits")
    monkeypatch.setattr(process, "_PROBE", head + old_kernel + confined + rest)
    assert await missing_protections() == [FILES, OWN_USER, SYSTEM_CALLS]
    found = await uploaded_files()
    assert (found.name, found.ok) == ("uploads", False)
    assert all(name in found.sentence for name in (FILES, OWN_USER, SYSTEM_CALLS))


@pytest.mark.parametrize("name", MACHINES)
def test_the_numbers_are_those_of_the_kernels_headers(name: str) -> None:
    headers = {"x86_64": "x86_64-linux-gnu/asm/unistd_64.h", "aarch64": "asm-generic/unistd.h"}
    header = Path("/usr/include") / headers[name]
    if not header.exists():
        pytest.skip("needs the kernel's headers")
    found = re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)\n", header.read_text())
    numbers = {call: int(number) for call, number in found}
    here = MACHINES[name]
    assert here.allowed == {call: numbers[call] for call in here.allowed}
    assert here.with_protection == (numbers["mmap"], numbers["mprotect"])
    assert here.seccomp == numbers["seccomp"]
