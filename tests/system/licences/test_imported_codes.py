"""What `qr import` says of the e-mail to a number's agent, and whether it follows."""

from tempfile import NamedTemporaryFile

import pytest

from tests.builders import run
from tests.codes_in_files import table
from tests.licences_world import GINA
from tests.starter.shell import Said
from tests.system.licences.scene import Licensed
from tests.system.qr_scene import a_code
from tests.system.scene import Scene

ADVICE = "To notify a person: esim-orders qr notify"


async def imported(scene: Scene, sim: str, number: int = 1) -> Said:
    """An operator pipes the code into the command."""
    return await scene.typed("qr", "import", sim, "--code", "-", typed=str(a_code(number)))


async def addresses(world: Licensed, sim: str) -> list[str]:
    return [sent.address for sent in (await world.history(sim)).notifications]


@pytest.mark.covers("L9")
async def test_the_agent_gets_an_imported_code_without_another_command(scene: Scene) -> None:
    world = await Licensed.of(scene)
    sim = await world.processed(await world.assigned())
    await world.upload_link()
    said = await imported(scene, sim)
    assert "The number's agent gets it by e-mail; nothing else is to be done." in said.out
    assert ADVICE not in said.out
    assert (await world.esim_email()).scanned == [str(a_code())]
    assert ADVICE in (await imported(scene, sim, 2)).out, "no request is answered: nothing follows"
    assert await addresses(world, sim) == [GINA]


@pytest.mark.covers("L9", "R13")
async def test_the_agent_gets_a_code_that_was_one_of_many_in_a_file(scene: Scene) -> None:
    world = await Licensed.of(scene)
    sim = await world.processed(await world.assigned())
    await world.upload_link()
    (esim,) = await run(scene.database, "SELECT iccid FROM sims WHERE id = :id", id=int(sim[2:]))
    with NamedTemporaryFile("w", suffix=".csv") as file:
        file.write(table([(esim.iccid, str(a_code()))]))
        file.flush()
        said = await scene.typed("qr", "import-many", file.name)
    assert "Open requests that are answered by it: 1" in said.out
    assert "Agents of numbers who get theirs by e-mail: 1" in said.out
    assert (await world.esim_email()).scanned == [str(a_code())]
    assert await addresses(world, sim) == [GINA]


@pytest.mark.covers("L9", "L27")
async def test_a_code_is_imported_before_the_agent_has_an_address(scene: Scene) -> None:
    world = await Licensed.of(scene)
    sim = await world.processed(await world.assigned())
    await world.upload_link()
    await world.set_address(None)
    said = await imported(scene, sim)
    assert "gets it by e-mail as soon as the agent has an address." in said.out
    assert ADVICE not in said.out
    agent = f"AG-{world.agent_id}"
    await scene.typed("agent", "edit", agent, "--email", "gina.new@acme.example")
    assert (await world.esim_email("gina.new@acme.example")).scanned == [str(a_code())]


@pytest.mark.covers("L9")
async def test_a_code_that_its_order_is_held_for_is_not_said_to_be_sent(scene: Scene) -> None:
    world = await Licensed.of(scene, qr_contact=False)
    order_id = await world.assigned()
    sim = await world.processed(order_id)
    await world.order_held_for(order_id, "no_qr_contact")
    assert f"{ADVICE} {sim} --to {GINA}" in (await imported(scene, sim)).out
