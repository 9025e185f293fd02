"""A newcomer's phone travels: `up --clock`, an eSIM from stock, and a journey, all by commands."""

from pathlib import Path
from typing import Any

import pytest

from sandbox.stage import wait_until
from tests.starter.forked import forked_sandbox
from tests.starter.travel.files import esim, stock_file
from tests.system.test_one_machine import Shell

SUBSCRIBERS = "name,phone,plan,email\nRosa Diaz,+12125550001,Unlimited All,rosa@home.example\n"
SUE = "sue@acme.example"


async def _a_shop(shell: Shell) -> None:
    """An account with Euro 1 on profile 7, one eSIM of that and one subscriber."""
    (shell.folder / "subscribers.csv").write_text(SUBSCRIBERS)
    (shell.folder / "stock.csv").write_bytes(stock_file(esim(1)))
    europe = ("--country", "France", "--country", "Spain")
    terms = ("--data", "1 GB", "--price", "9.90", "--currency", "EUR")
    for words in (
        ("account", "create", "Acme"),
        ("user", "create", "Sue", SUE, "--role", "support"),
        ("travel", "subscriber", "import", str(shell.folder / "subscribers.csv")),
        ("travel", "stock", "import", str(shell.folder / "stock.csv")),
        ("travel", "plans", "create", "Euro 1", *europe, *terms),
        ("travel", "plans", "pin", "TP-1", "7"),
    ):
        said = await shell.esim(*words)
        assert said.code == 0, (words, said.err)


@pytest.mark.covers("T5", "T11", "T29", "T35")
@pytest.mark.timeout(300)
async def test_a_phone_uses_up_its_plan_on_a_journey(tmp_path: Path) -> None:
    async with forked_sandbox(tmp_path, None, "--clock") as (_, addresses):
        shell = Shell(tmp_path, addresses)
        await _a_shop(shell)
        words = ("travel", "add-line", "Rosa Diaz", "--plan", "Euro 1", "--country", "France")
        order = (await shell.esim(*words, "--user", SUE, "--yes", "--json")).json["order_id"]

        async def mails(wanted: int) -> list[str] | None:
            found = [mail["subject"] for mail in (await shell.esim("mail", "list", "--json")).json]
            return found if len(found) >= wanted else None

        async def both() -> list[str] | None:
            return await mails(2)

        await wait_until(both, "the two e-mails of the order")
        assert (await shell.esim("order", "show", order, "--json")).json["status"] == "processed"

        journey = ("travel", "simulate", "EL-1", "--country", "France", "--days", "4", "--data", "300MB/day")
        reports: list[dict[str, Any]] = (await shell.esim(*journey, "--json")).json
        assert [one["outcome"] for one in reports if one["report"] == "usage"] == ["covered"] * 4
        assert [one["outcome"] for one in reports if one["report"] == "connection"] == [
            "started",
            *["covered"] * 3,
        ]
        (line,) = (await shell.esim("travel", "subscriber", "show", "SB-1", "--json")).json["esim_lines"]
        assert [plan["state"] for plan in line["plans"]] == ["depleted"]

        async def all_four() -> list[str] | None:
            return await mails(4)

        assert len(await wait_until(all_four, "the notices of 80 and 100 %")) == 4
