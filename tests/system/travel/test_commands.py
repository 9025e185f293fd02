"""The commands of reports and of changes of eSIM lines, as they are typed."""

import json

import pytest

from tests.system.scene import Scene
from tests.system.travel.test_life import a_life


@pytest.mark.covers("T4", "T22", "T30", "T32", "T33")
async def test_reports_and_changes_of_lines_are_typed(scene: Scene) -> None:
    life = await a_life(scene, plans=2)
    line, (first, second) = f"EL-{life.line}", life.plans
    said = await scene.typed("travel", "install", line)
    assert said.out == f"{line}: installed, noted\n"
    said = await scene.typed("travel", "connect", line, "--country", "901")
    assert said.out == f"{line}: connection, at sea or in the air\n"
    said = await scene.typed("travel", "connect", line, "--country", "Frankreich", code=2)
    assert "No country has this name" in said.err
    for _ in range(2):
        said = await scene.typed("travel", "connect", line, "--country", "Allemagne", "--key", "a")
        assert said.out == f"{line}: connection, started (PA-{first})\n"
    said = await scene.typed("travel", "connect", line, "--country", "France", "--key", "a", code=2)
    assert "This key was used for another report." in said.err
    used = ("travel", "usage", line, "--country", "FR", "--bytes")
    said = await scene.typed(*used, "1000000", "--key", "b", "--json")
    assert json.loads(said.out)["outcome"] == "covered"
    said = await scene.typed(*used, "-1", "--key", "c", code=2)
    said = await scene.typed("travel", "connect", line, "--country", "FR", "--at", "2026-07-01", code=2)
    assert "with its zone" in said.err
    said = await scene.typed("travel", "reports", line, "--json")
    assert [one["outcome"] for one in json.loads(said.out)] == [
        "covered",
        "started",
        "at_sea_or_in_the_air",
        "noted",
    ]
    assert "at sea or in the air" in " ".join((await scene.typed("travel", "reports", line)).out.split())
    said = await scene.typed("travel", "revoke", f"PA-{first}", code=2)
    assert f"PA-{first} cannot be revoked: it is active." in said.err
    assert (await scene.typed("travel", "revoke", f"PA-{second}")).out == f"PA-{second}: revoked\n"
    for _ in range(2):
        said = await scene.typed("travel", "suspend", line, "--reason", "Lost")
        assert said.out == f"{line}: suspended\n"
    assert (await scene.typed("travel", "resume", line)).out == f"{line}: resumed\n"
    said = await scene.typed("travel", "resume", "EL-99999999", code=2)
    assert "no such eSIM line" in said.err


@pytest.mark.covers("T22")
async def test_data_that_was_used_is_typed_with_what_a_repeat_is_recognised_by(scene: Scene) -> None:
    life = await a_life(scene)
    used = ("travel", "usage", f"EL-{life.line}", "--country", "FR", "--bytes", "1000")
    assert "a repeated report would count twice" in (await scene.typed(*used, code=2)).err

    async def counted(*more: str) -> int:
        for _ in range(2):
            await scene.typed(*used, *more)
        (plan,) = await scene.sql("SELECT used_bytes FROM plan_assignments")
        return int(plan.used_bytes)

    assert await counted("--key", "a") == 1000
    assert await counted("--at", "2026-01-01T12:00:00Z") == 2000
    assert await counted("--at", "2026-01-01T13:00:00+01:00") == 2000, "the same time"
    assert await counted("--at", "2026-01-01T12:00:01Z") == 3000
    assert await counted("--at", "2026-01-01T12:00:00Z", "--key", "b") == 4000
