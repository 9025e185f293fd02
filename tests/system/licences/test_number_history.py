"""The history of a number names people and records as other lists do, and has that of its QR codes."""

import asyncio

import pytest

from models.licences.numbers import Change
from tests.licences_world import GINA, add_agent
from tests.system.licences.number_scene import changed
from tests.system.licences.scene import Licensed
from tests.system.scene import Scene

RAW = ("user:", "contact:", "agent 1", "licence 1", "manager")


async def history(scene: Scene, columns: int) -> list[str]:
    """The rows of the history that `number show` prints, without the dates."""
    shell = scene.shell()
    said = await asyncio.to_thread(lambda: shell.run("number", "show", "N-1", columns=columns))
    _, rows = said.out.split("What happened")
    parts = [[cell.strip() for cell in row.strip("│").split("│")] for row in rows.splitlines() if "│" in row]
    return [" | ".join(cells[1:]) for cells in parts]


@pytest.mark.covers("L8", "L25", "L31")
@pytest.mark.parametrize("columns", [119, 300])
async def test_a_number_s_history_says_what_became_of_its_qr_codes(scene: Scene, columns: int) -> None:
    world = await Licensed.of(scene)
    sim = await world.processed(await world.assigned())
    link = await world.upload_link()
    async with world.browser() as browser:
        await world.upload(browser, link)
    await world.esim_email()
    await scene.typed("number", "resend", "N-1")
    await world.esim_email(mails=2)
    theo = await add_agent(scene.database, "Theo", "theo@acme.example")
    await changed(scene, world.number_id, Change.CHANGE_USER, agent_id=theo)
    rows = await history(scene, columns)
    form = "{what} | {who} | {about}" if columns >= 120 else "{what} | by {who}: {about}"
    wanted = [
        ("order.submitted", "Adam", "agent AG-1, licence LI-1"),
        ("qr.requested", "system", "round 1, contacts C-2"),
        ("mail.sent", "system", "contact requested to Quentin <quentin@telvia.example>"),
        ("qr.imported", "Quentin", "how link, version 1, file type png"),
        ("notification.created", "system", f"to {GINA}, version 1"),
        ("mail.sent", "system", f"agent esim to {GINA}"),
        ("notification.revoked", "operator", f"to {GINA}"),
        ("notification.created", "operator", f"to {GINA}, version 1"),
        ("number.user_changed", "Adam", "agent AG-2, agent before AG-1"),
        ("licence.freed", "Adam", "licence LI-1"),
    ]
    places = [rows.index(form.format(what=what, who=who, about=about)) for what, who, about in wanted]
    assert places[:7] == sorted(places[:7])
    assert any("esim.activated" in row and f"sim {sim}" in row for row in rows)
    assert not [row for row in rows if any(raw in row for raw in RAW)]
