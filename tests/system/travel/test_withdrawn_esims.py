"""An eSIM that is never installed: notice, withdrawal, another eSIM with the plans that wait, by command."""

import pytest

from tests.builders import iccid
from tests.system.scene import Scene
from tests.system.travel.test_line_orders import ROSA, a_line, a_shop, flat, lines, ordered, sue
from tests.temporal_server import eventually
from workflows.travel.sweep import EsimTravelSweep


async def swept(scene: Scene, days: int) -> dict[str, int]:
    """What the sweep does when the line has had its eSIM for so many days."""
    await scene.sql("UPDATE esim_lines SET esim_since = esim_now() - make_interval(days => :days)", days=days)
    return await scene.temporal.client.execute_workflow(
        EsimTravelSweep.run, id=f"sweep of {scene.settings.task_queue}", task_queue=scene.settings.task_queue
    )


async def subjects(scene: Scene) -> list[str]:
    return [mail.subject for mail in scene.mailbox.mails if mail.to == [ROSA]]


@pytest.mark.covers("T28", "T34", "T40")
async def test_an_esim_that_is_not_installed_is_warned_of_withdrawn_and_replaced(scene: Scene) -> None:
    await a_shop(scene, stock=2)
    line = await a_line(scene, "--country", "FR")
    await scene.mailbox.got(ROSA, ROSA)
    assert (await swept(scene, 82))["not_installed"] == 0
    assert (await swept(scene, 84))["not_installed"] == 1
    await eventually(lambda: subjects(scene), lambda found: len(found) == 3)
    assert (await subjects(scene))[-1].startswith("Install your travel eSIM by ")
    assert (await swept(scene, 84))["not_installed"] == 0, "once"
    assert (await swept(scene, 91))["not_installed"] == 1
    await eventually(lambda: subjects(scene), lambda found: len(found) == 4)
    assert "Waiting for a new one: Euro 1." in scene.mailbox.mails[-1].text
    (seen,) = await lines(scene)
    assert (seen["iccid"], [plan["state"] for plan in seen["plans"]]) == (None, ["queued"])
    assert "eSIM none" in flat((await sue(scene, "line", line)).out.replace("│", " "))
    said = await sue(scene, "add-plan", line, "--plan", "Euro 1", code=2)
    assert "esim-orders travel replace" in flat(said.err)
    said = await sue(scene, "replace", line, "--reason", "deleted", code=2, typed="n\n")
    assert f"{line} has no eSIM and gets one; its plans stay on the line." in flat(said.err)
    assert "A new eSIM of profile 7 (1 in stock)." in flat(said.err)
    await scene.ended(await ordered(scene, "replace", line, "--reason", "deleted"))
    (seen,) = await lines(scene)
    assert (seen["iccid"], seen["sim_state"]) == (iccid(80_002), "active")
    await eventually(lambda: subjects(scene), lambda found: len(found) == 5)
    assert (await subjects(scene))[-1].startswith("Your travel eSIM is ready")
    await scene.typed("travel", "connect", line, "--country", "France")
    assert [plan["state"] for plan in (await lines(scene))[0]["plans"]] == ["active"]
