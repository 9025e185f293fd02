"""The child process: nothing of it stays, whatever it does, and too many at once wait their turn."""

import asyncio
import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil
import pytest
import uvloop

from models.errors import Refused, Unavailable
from qr.file_types import FileType
from qr.intake import Intake, read_upload
from qr.process import Answer, read_in_child, reader_command
from tests.qr import corpus
from tests.qr.codes import USUAL
from tests.qr.pictures import TEXT, drawn_png

PATIENCE = 20
SLEEPS = "import time; time.sleep(600)"


def programmed(program: str) -> Callable[[str], Sequence[str]]:
    """A child that does something else."""
    return lambda _kind: (sys.executable, "-I", "-c", program)


def children() -> list[psutil.Process]:
    """Readers that run, and those that nobody has buried; not the lifeline of the tests' servers."""
    readers = []
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            command = child.cmdline()
            reads = "-I" in command and not any("lifeline" in word for word in command)
            if child.status() == psutil.STATUS_ZOMBIE or reads:
                readers.append(child)
    return readers


async def until(condition: Callable[[], object]) -> None:
    """Wait for something that will be so soon."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - other processes set no event
            await asyncio.sleep(0.005)


async def refusal_of(program: str, longest: float = PATIENCE) -> str:
    with pytest.raises(Refused) as refused:
        await read_in_child(drawn_png(), "png", longest=longest, command=programmed(program))
    return refused.value.refusals[0].code


def left_over() -> tuple[set[str], int, list[psutil.Process]]:
    """Temporary files, open files and processes."""
    names = {entry.name for entry in Path(tempfile.gettempdir()).iterdir() if "qr" in entry.name.lower()}
    return names, psutil.Process().num_fds(), children()


async def test_nothing_stays_behind() -> None:
    await read_upload(drawn_png(), "a.png")
    names, files, _ = left_over()
    for title in ("a letter with a picture", "a fax", "an SVG in millimetres", "half a PNG"):
        sample = corpus.named(title)
        with contextlib.suppress(Refused):
            await read_upload(sample.content, sample.filename)

    assert left_over() == (names, files, [])


async def test_an_upload_that_nobody_waits_for_is_given_up() -> None:
    reading = asyncio.create_task(read_in_child(b"", "png", command=programmed(SLEEPS)))
    await until(children)
    (child,) = children()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading

    assert not child.is_running()


async def test_a_real_reader_is_given_up_too() -> None:
    heavy = corpus.named("an SVG of sixty thousand large circles")
    reading = asyncio.create_task(read_upload(heavy.content, heavy.filename))
    await until(children)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading

    assert children() == []


async def test_one_that_takes_too_long_is_ended_with_all_it_started() -> None:
    program = f"import subprocess, sys; subprocess.run([sys.executable, '-I', '-c', {SLEEPS!r}])"

    assert await refusal_of(program, longest=1.0) == "too_slow"
    await until(lambda: not children())


async def test_one_whose_helper_holds_on_is_ended_too() -> None:
    program = f"import subprocess, sys; subprocess.Popen([sys.executable, '-I', '-c', {SLEEPS!r}])"

    assert await refusal_of(program, longest=1.0) == "too_slow"
    await until(lambda: not children())


@pytest.mark.parametrize(
    ("program", "refusal"),
    [
        ("import os; os.abort()", "too_demanding"),
        ("import os; os.kill(os.getpid(), 9)", "too_demanding"),
        ("print('hello')", "file_damaged"),
        ("pass", "file_damaged"),
        ("print('x' * 10_000_000)", "file_damaged"),
        ("while True: print('x' * 10_000)", "too_slow"),
        ("print('[]')", "file_damaged"),
        ('print(\'{"codes": "LPA:1$a.b$C"}\')', "file_damaged"),
        ("print('{\"codes\": [1]}')", "file_damaged"),
        ('print(\'{"codes": [], "others": true}\')', "file_damaged"),
        (f"print({json.dumps({'codes': [TEXT] * 9})!r})", "file_damaged"),
        ('print(\'{"refused": "because I say so"}\')', "file_damaged"),
        ('print(\'{"refused": "no_qr_code"}\')', "no_qr_code"),
        ('print(\'{"codes": [], "others": [], "more": 1}\')', "file_damaged"),
    ],
)
async def test_what_a_child_says_is_not_believed(program: str, refusal: str) -> None:
    assert await refusal_of(program, longest=2.0) == refusal


@pytest.mark.parametrize("command", [programmed("raise SystemExit(3)"), lambda _kind: ("/nowhere/python",)])
async def test_a_child_that_cannot_start_is_not_the_files_fault(
    command: Callable[[str], Sequence[str]],
) -> None:
    with pytest.raises(Unavailable) as unavailable:
        await read_in_child(drawn_png(), "png", command=command)

    assert unavailable.value.component == "reader_unavailable"


async def test_others_on_the_machine_see_nothing_of_the_file() -> None:
    told = "import json, os, sys; print(json.dumps({'codes': [*map(str, os.environ), os.getcwd()]}))"
    answer = await read_in_child(drawn_png(), "png", command=programmed(told))

    assert set(answer.codes) <= {"LC_CTYPE", "/"}
    assert TEXT not in " ".join(reader_command("png"))


async def test_nothing_but_three_streams_is_inherited() -> None:
    held = os.open("/dev/null", os.O_RDONLY)
    os.set_inheritable(held, True)
    told = "import json, os; print(json.dumps({'codes': sorted(os.listdir('/proc/self/fd'))}))"
    answer = await read_in_child(drawn_png(), "png", command=programmed(told))
    os.close(held)

    assert len(answer.codes) <= 4  # the three, and the listing itself


class SlowReader:
    """Reads when it is told to, and counts."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.running = self.most = self.done = 0

    async def __call__(self, content: bytes, kind: str, /) -> Answer:
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            await self.go.wait()
        finally:
            self.running -= 1
        self.done += 1
        return Answer(codes=[TEXT])


async def test_too_many_at_once_wait() -> None:
    reader = SlowReader()
    intake = Intake(at_once=2, most_waiting=10, reader=reader)
    reading = [asyncio.create_task(intake.read(drawn_png(), "a.png")) for _ in range(10)]
    await until(lambda: reader.running == 2)
    reader.go.set()

    assert [found.code for found in await asyncio.gather(*reading)] == [USUAL] * 10
    assert (reader.most, reader.done) == (2, 10)


async def test_far_too_many_are_turned_away_at_once() -> None:
    reader = SlowReader()
    intake = Intake(at_once=1, most_waiting=2, reader=reader)
    reading = [asyncio.create_task(intake.read(drawn_png(), "a.png"))]
    await until(lambda: reader.running)
    reading += [asyncio.create_task(intake.read(drawn_png(), "a.png")) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable, match="Too many files"):
        await intake.read(drawn_png(), "a.png")
    reader.go.set()

    assert len(await asyncio.gather(*reading)) == 3


async def test_one_that_waits_too_long_is_turned_away_and_leaves_its_place() -> None:
    reader = SlowReader()
    intake = Intake(at_once=1, timeout=0.05, reader=reader)
    first = asyncio.create_task(intake.read(drawn_png(), "a.png"))
    await until(lambda: reader.running)
    with pytest.raises(Unavailable) as unavailable:
        await intake.read(drawn_png(), "a.png")
    assert unavailable.value.component == "reader_unavailable"
    reader.go.set()

    assert (await first).code == (await intake.read(drawn_png(), "a.png")).code == USUAL


async def test_one_that_is_given_up_leaves_its_place() -> None:
    reader = SlowReader()
    intake = Intake(at_once=1, reader=reader)
    first = asyncio.create_task(intake.read(drawn_png(), "a.png"))
    await until(lambda: reader.running)
    waiting = asyncio.create_task(intake.read(drawn_png(), "a.png"))
    await asyncio.sleep(0)
    for task in (waiting, first):
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    reader.go.set()

    assert (await intake.read(drawn_png(), "a.png")).code == USUAL


async def test_many_real_ones_at_once_are_all_read() -> None:
    files = [
        corpus.named(title) for title in ("a fax", "a JPEG", "a PDF of a picture", "two pixels a module")
    ]
    found = await asyncio.gather(*(read_upload(file.content, file.filename) for file in files * 3))

    assert {one.code for one in found} == {USUAL}
    assert {one.type for one in found} == {FileType.TIFF, FileType.JPEG, FileType.PDF, FileType.PNG}


async def test_the_loop_of_the_worker_and_the_portal_reads_too() -> None:
    async def scene() -> None:
        assert (await read_upload(drawn_png(), "a.png")).code == USUAL
        with pytest.raises(Refused):
            await read_in_child(b"", "png", longest=0.5, command=programmed(SLEEPS))
        reading = asyncio.create_task(read_in_child(b"", "png", command=programmed(SLEEPS)))
        await until(children)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        await until(lambda: not children())

    await asyncio.to_thread(uvloop.run, scene())
