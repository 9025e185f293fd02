"""`travel simulate`: a phone travels in a sandbox with a clock."""

import json

import pytest

from settings import CLOCK_FILE
from store.clock import mark_clock
from tests.system.scene import Scene
from tests.travel_world import add_esim_line, add_subscriber, add_travel_plan, assign_plan, travel_world

MARK = "0123456789abcdef" * 2


async def a_line(scene: Scene, *, clock: bool = True) -> str:
    """An eSIM line with the plan Euro 1, in a sandbox with a clock."""
    await travel_world(scene.database)
    if clock:
        (scene.settings.data_dir / CLOCK_FILE).write_text(json.dumps({"mark": MARK}))
        async with scene.database.transaction() as connection:
            await mark_clock(connection, MARK)
    line = await add_esim_line(scene.database, await add_subscriber(scene.database))
    await assign_plan(scene.database, line, await add_travel_plan(scene.database))
    return f"EL-{line}"


async def test_a_phone_travels_for_three_days_and_its_plan_expires_after_thirty(scene: Scene) -> None:
    line = await a_line(scene)
    words = (
        "travel",
        "simulate",
        line,
        "--country",
        "France",
        "--days",
        "3",
        "--data",
        "200MB/day",
        "--json",
    )
    reports = json.loads((await scene.typed(*words)).out)
    assert [(one["report"], one["outcome"]) for one in reports] == [
        ("installed", "noted"),
        ("connection", "started"),
        ("usage", "covered"),
        ("connection", "covered"),
        ("usage", "covered"),
        ("connection", "covered"),
        ("usage", "covered"),
    ]
    assert json.loads((await scene.typed("clock", "show", "--json")).out)["ahead"] == "P2D"
    await scene.typed("clock", "advance", "P29D", "--json")
    [plan] = await scene.sql(
        "SELECT ends_at - started_at AS lasted, closed_at - ends_at AS late, used_bytes FROM plan_assignments"
    )
    assert plan.lasted.days == 30
    assert 0 <= plan.late.total_seconds() < 60
    assert plan.used_bytes == 600_000_000


async def test_where_there_is_no_clock_nothing_is_reported(scene: Scene) -> None:
    line = await a_line(scene, clock=False)
    said = await scene.typed("travel", "simulate", line, "--country", "France", code=2)
    assert "no sandbox with a clock" in said.err
    assert await scene.sql("SELECT 1 FROM line_reports") == []


@pytest.mark.parametrize("data", ["200", "lots", "-1MB", "200MB/week", ""])
async def test_a_volume_that_is_none_is_refused(idle_scene: Scene, data: str) -> None:
    words = ("travel", "simulate", "EL-1", "--country", "France", f"--data={data}")
    said = await idle_scene.typed(*words, code=2)
    assert "200MB" in said.err
