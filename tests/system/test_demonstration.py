"""The demonstration: `make demo`."""

import asyncio
import os
from pathlib import Path

import pytest

from sandbox.demo import __main__ as demonstration
from tests.starter.forked import Forked
from tests.temporal_server import comes_true

TOP = Path(__file__).parent.parent.parent


@pytest.mark.covers("W1", "W8")
@pytest.mark.timeout(300)
async def test_the_demonstration_is_right(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ESIM_")}
    log = tmp_path / "demo.log"
    with log.open("wb") as output:
        demo = await Forked.start("sandbox.demo", env=environment, cwd=TOP, output=output)
    ended = await asyncio.wait_for(demo.wait(), 240)
    said = log.read_text()
    assert ended == 0, said
    assert "WRONG" not in said
    assert "took over" in said
    assert "The manager sees the swap in the inventory" in said


@pytest.mark.covers("W8")
@pytest.mark.timeout(300)
async def test_a_demonstration_that_stays_says_that_its_clock_is_ahead(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ESIM_")}
    log = tmp_path / "demo.log"
    with log.open("wb") as output:
        arguments = ("travel", "--keep")
        demo = await Forked.start("sandbox.demo", *arguments, env=environment, cwd=TOP, output=output)
    try:
        await comes_true(lambda: demo.returncode is not None or "Ctrl-C ends it." in log.read_text(), 240)
    finally:
        demo.terminate()
        await asyncio.wait_for(demo.wait(), 60)
    said = log.read_text()
    assert "The clock of this sandbox is 30 days ahead" in said, said


def test_a_chapter_that_does_not_exist_is_refused_with_those_that_do(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as refused:
        demonstration.main(["switch", "swap"])
    said = capsys.readouterr()
    assert refused.value.code == 2
    assert "'swap'; there are switch, cancel" in said.err
    assert not said.out
