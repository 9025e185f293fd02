"""`esim-orders up --clock` as a newcomer has it: days pass in seconds."""

import time
from pathlib import Path

import pytest

from settings import CLOCK_FILE
from tests.documents.blocks import blocks
from tests.starter.forked import forked_sandbox
from tests.starter.shell import Shell
from tests.system.test_one_machine import USER
from tests.system.test_one_machine import Shell as SandboxShell

MOST_SECONDS = 60.0
"""For 30 days, on a busy machine."""


@pytest.mark.covers("W5", "W12")
@pytest.mark.timeout(300)
async def test_a_month_passes_in_seconds_with_reminder_hold_and_all(tmp_path: Path) -> None:
    async with forked_sandbox(tmp_path, None, "--clock") as (_, addresses):
        shell = SandboxShell(tmp_path, addresses)
        await shell.with_a_fleet()
        number = (await shell.free_line("physical"))["msisdn"]
        placed = await shell.esim(
            "order", "switch", number, "--user", USER, "--pack", "P-1", "--yes", "--json"
        )
        order = placed.json["order_id"]
        assert "has a clock" in (await shell.esim("sandbox", "status")).out
        (block,) = [one for one in blocks("sh") if "esim-orders up --clock" in one.commands[0]]
        began = time.monotonic()
        for command in block.commands[1:]:
            words = command.partition("#")[0].split()[1:]
            said = await shell.esim(*words)
            assert said.code == 0, said.err
        assert time.monotonic() - began < MOST_SECONDS
        assert f"{order} is held meanwhile" in said.out
        subjects = [mail["subject"] for mail in (await shell.esim("mail", "list", "--json")).json]
        assert len([subject for subject in subjects if "eminder" in subject]) == 2

    async with forked_sandbox(tmp_path) as (_, shell.addresses):
        shown = (await shell.esim("clock", "show", "--json")).json
        assert shown["ahead"] == "P30D", "it keeps its clock"
        log = (tmp_path / "up.log").read_text()
        assert "30 days ahead" in log


@pytest.mark.parametrize("name", ["ESIM_DATABASE_URL", "ESIM_TEMPORAL_ADDRESS", "ESIM_SMTP_URL"])
def test_a_sandbox_with_a_clock_runs_on_nothing_that_is_not_its_own(tmp_path: Path, name: str) -> None:
    address = {"ESIM_SMTP_URL": "smtp://mail.example"}.get(name, "postgresql+asyncpg://esim@db.example/esim")
    said = Shell(tmp_path, "", {name: address}).process("up", "--clock", code=2)
    assert name in said.err
    assert not (tmp_path / CLOCK_FILE).exists()
