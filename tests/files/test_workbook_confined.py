"""The process that reads a workbook can do nothing else, and always ends (S7, R10)."""

import sys
import time
from pathlib import Path

import pytest

from confined.process import answer_of
from tests.files.test_reading import refused, said
from tests.files.workbooks import workbook

ROOT = str(Path(__file__).parents[2])
TAKEN_OVER = """
import os, socket, subprocess, sys
sys.path.insert(0, sys.argv[1])
from confined import workbook_child as child
ATTACKS = (
    lambda: open("/etc/passwd"), lambda: open("/tmp/written", "w"), lambda: os.listdir("/"), socket.socket,
    os.fork, lambda: os.kill(os.getppid(), 0), lambda: subprocess.run([sys.executable, "-V"]),
)
def attacks(content, most):
    for attack in ATTACKS:
        try:
            attack()
        except OSError:
            yield "refused"
        else:
            yield "done"
def greedy(content, most):
    yield str(len(bytearray(2**31)))
child.written = {"attacks": attacks, "greedy": greedy}[sys.argv[2]]
child.main()
"""


async def taken_over(how: str) -> list[bytes]:
    """What a reader says that a file has taken over."""
    command = (sys.executable, "-I", "-c", TAKEN_OVER, ROOT, how, "1000")
    return (await answer_of(command, b"", longest=20, most=1000)).split()


@pytest.mark.covers("S7")
async def test_a_workbook_that_takes_its_reader_over_gains_nothing() -> None:
    assert await taken_over("attacks") == [b"refused"] * 7


@pytest.mark.covers("R10")
async def test_a_workbook_that_takes_too_much_memory_is_refused() -> None:
    assert b"workbook_too_demanding" in b"".join(await taken_over("greedy"))


@pytest.mark.covers("R10")
async def test_a_sheet_from_the_first_to_the_last_cell_is_refused_in_bounded_time() -> None:
    whole = workbook([["name"], *[[]] * 1_000_000, ["Ana"]], last="XFD")
    assert len(whole) < 100_000
    begun = time.monotonic()
    assert "took too much memory or time" in await refused(whole)
    assert time.monotonic() - begun < 60


@pytest.mark.covers("R10")
@pytest.mark.parametrize("beginning", [b"name,place\n\xe9", b"\xe9,", b'"', b"sep=;", b"<"])
def test_a_long_file_of_one_character_ends_in_bounded_time(beginning: bytes) -> None:
    begun = time.monotonic()
    for character in (b"a", b" ", b'"', b";", b"\n", b"\xe9"):
        assert said(beginning + character * 500_000)
    assert time.monotonic() - begun < 30
