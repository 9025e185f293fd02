"""The demonstration: `make demo`."""

import asyncio
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from models.people.callers import USER_ROLES, Role
from sandbox.demo.__main__ import main
from sandbox.demo.browser import Browser, signed_in
from tests.starter.forked import Forked
from tests.temporal_server import comes_true

TOP = Path(__file__).parent.parent.parent
_STARTS = {
    Role.OWNER: "/dashboard",
    Role.ADMINISTRATOR: "/dashboard",
    Role.PROVIDER_DESK: "/desk",
}
"""Where a sign-in leads, if not to the inventory."""


@asynccontextmanager
async def demonstration(folder: Path, *arguments: str) -> AsyncIterator[tuple[Forked, Path]]:
    """`make demo`, and the file to which it writes what it says."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ESIM_")}
    log = folder / "demo.log"
    with log.open("wb") as output:
        demo = await Forked.start("sandbox.demo", *arguments, env=environment, cwd=TOP, output=output)
    try:
        yield demo, log
    finally:
        demo.terminate()
        await asyncio.wait_for(demo.wait(), 60)


@pytest.mark.covers("W1", "W8")
@pytest.mark.timeout(300)
async def test_the_demonstration_is_right_and_has_something_to_try_for_each_role_while_it_stays(
    tmp_path: Path,
) -> None:
    async with demonstration(tmp_path, "--keep") as (demo, log):
        await comes_true(lambda: demo.returncode is not None or "Ctrl-C ends it." in log.read_text(), 240)
        said = log.read_text()
        assert "WRONG" not in said
        assert "checks are right." in said
        assert "took over" in said
        assert "The manager sees the swap in the inventory" in said
        assert "The clock of this sandbox is 30 days ahead" in said, said
        await _each_role_finds_its_work(said)
    assert demo.returncode == 0


@pytest.mark.covers("W8")
@pytest.mark.timeout(300)
@pytest.mark.parametrize("chapters", [("refuse",), pytest.param((), marks=pytest.mark.night, id="all")])
async def test_chosen_chapters_are_played_alone_and_end_by_themselves(
    tmp_path: Path, chapters: tuple[str, ...]
) -> None:
    async with demonstration(tmp_path, *chapters) as (demo, log):
        assert await asyncio.wait_for(demo.wait(), 240) == 0, log.read_text()
        said = log.read_text()
    assert "checks are right." in said
    assert ("took over" in said) == (not chapters), "the chapter of killed workers"
    assert "Ctrl-C" not in said


async def _each_role_finds_its_work(said: str) -> None:
    portal = re.search(r"^Pages: (\S+)/sign-in$", said, re.M)
    link = re.search(r"^  (\S+/o/\S+)$", said, re.M)
    assert portal, said
    assert link, said
    for role in USER_ROLES:
        who = re.search(rf"^  {role} +(\S+@\S+) +(\S+)$", said, re.M)
        assert who, role
        assert len(re.findall(rf"^  {role} ", said, re.M)) > 1, f"nothing to try for {role}"
        async with signed_in(portal[1], who[1], who[2]) as browser:
            assert browser.path == _STARTS.get(role, "/inventory")
            if role is Role.PROVIDER_DESK:
                assert browser.page.words.count("Switch to eSIM") == 4
            if role is Role.SUPPORT:
                assert "Rosa Diaz" in (await browser.open("/travel")).words
    async with Browser(portal[1]) as contact:
        assert "You need no account" in (await contact.open(link[1])).words


def test_a_chapter_that_does_not_exist_is_refused_with_those_that_do(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["switch", "swap"])
    said = capsys.readouterr()
    assert refused.value.code == 2
    assert "'swap'; there are switch, cancel" in said.err
    assert not said.out
