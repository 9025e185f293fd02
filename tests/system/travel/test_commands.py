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
    said = await scene.typed("travel", "usage", line, "--country", "FR", "--bytes", "1000000", "--json")
    assert json.loads(said.out)["outcome"] == "covered"
    said = await scene.typed("travel", "usage", line, "--country", "FR", "--bytes", "-1", code=2)
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
    assert (await scene.typed("travel", "suspend", line, "--reason", "Lost")).out == f"{line}: suspended\n"
    said = await scene.typed("travel", "suspend", line, "--reason", "Lost", code=2)
    assert "suspended already" in said.err
    assert (await scene.typed("travel", "resume", line)).out == f"{line}: resumed\n"
    said = await scene.typed("travel", "resume", "EL-99999999", code=2)
    assert "no such eSIM line" in said.err
