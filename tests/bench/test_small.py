"""The benchmark runs from its start to its end, here on little data: its figures mean nothing."""

import asyncio
import sys

import pytest

from sandbox.stage import TOP

FEW = (
    "--rounds",
    "1",
    "--single",
    "1",
    "--orders",
    "5",
    "--warm-up",
    "2",
    "--import-rows",
    "50",
    "--uploads",
    "1",
)


@pytest.mark.night
@pytest.mark.timeout(300)
async def test_everything_is_measured() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench", *FEW),
        cwd=TOP,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    assert b"pictures" in said
