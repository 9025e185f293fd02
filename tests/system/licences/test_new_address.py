"""The agent's address is corrected: the e-mail goes to the new one, and nothing opens from the one before."""

import pytest

from starter.licences.agents import AgentDesk
from tests.builders import OPERATOR, run
from tests.licences_world import GINA, number_msisdn
from tests.system.licences.scene import Licensed
from tests.system.qr_scene import a_code
from tests.system.scene import Scene
from tests.temporal_server import eventually

RIGHT = "gina.right@acme.example"


def desk(scene: Scene) -> AgentDesk:
    return AgentDesk(scene.temporal.client, scene.database, scene.settings)


async def states(scene: Scene) -> dict[str, bool]:
    """Whether each address's notification is revoked."""
    rows = await run(scene.database, "SELECT address, revoked_at IS NOT NULL AS over FROM qr_notifications")
    return {row.address: row.over for row in rows}


@pytest.mark.covers("L25", "L27", "L31")
async def test_a_corrected_address_gets_the_code_and_the_links_of_the_one_before_end(scene: Scene) -> None:
    world = await Licensed.of(scene)
    order_id = await world.assigned()
    sim = await world.processed(order_id)
    async with world.browser() as browser:
        await world.upload(browser, await world.upload_link())
        wrong = await world.download_link(GINA)
        await world.desk.notify(OPERATOR, sim, "boss@acme.example")
        boss = await world.download_link("boss@acme.example")
        await desk(scene).edit_agent(OPERATOR, GINA, name="Gina B.", email=RIGHT)
        assert (await world.esim_email(RIGHT)).scanned == [str(a_code())]
        assert (await browser.post(wrong)).status_code == 410
        assert (await browser.post(await world.download_link(RIGHT))).status_code == 200
        assert (await browser.post(boss)).status_code == 200, "it was not sent to the agent"
    assert await states(scene) == {GINA: True, RIGHT: False, "boss@acme.example": False}
    await desk(scene).edit_agent(OPERATOR, RIGHT, email=RIGHT.upper())
    assert scene.mailbox.recipients().count(RIGHT) == 1, "the same address gets no second e-mail"


@pytest.mark.covers("L27", "L31")
async def test_an_email_that_the_wrong_address_did_not_take_goes_to_the_right_one(scene: Scene) -> None:
    scene.mailbox.answers[GINA] = "550 5.1.1 no such user"
    world = await Licensed.of(scene)
    order_id = await world.assigned()
    sim = await world.processed(order_id)
    async with world.browser() as browser:
        await world.upload(browser, await world.upload_link())
    (request,) = (await world.history(sim)).requests
    await world.held_for(request.id, "mail_rejected")
    await desk(scene).edit_agent(OPERATOR, GINA, email=RIGHT)
    assert (await world.esim_email(RIGHT)).scanned == [str(a_code())]
    await world.held_for(request.id, None)
    await scene.ended(request.id)
    assert await states(scene) == {GINA: True, RIGHT: False}


@pytest.mark.covers("L31")
async def test_an_address_whose_link_has_expired_leaves_nothing_to_be_sent(scene: Scene) -> None:
    world = await Licensed.of(scene)
    await world.processed(await world.assigned())
    async with world.browser() as browser:
        await world.upload(browser, await world.upload_link())
    await world.esim_email()
    await eventually(
        lambda: run(scene.database, "SELECT 1 FROM mails WHERE state = 'sent' AND template = 'agent_esim'"),
        bool,
    )
    await run(scene.database, "UPDATE links SET expires_at = now() WHERE purpose = 'download'")
    await desk(scene).edit_agent(OPERATOR, GINA, email=RIGHT)
    assert await states(scene) == {GINA: True}


async def test_commands_name_a_numbers_esim_by_its_phone_number(scene: Scene) -> None:
    world = await Licensed.of(scene)
    sim = await world.processed(await world.assigned())
    phone = number_msisdn(1)
    async with world.browser() as browser:
        await world.upload(browser, await world.upload_link())
    file = str(scene.settings.data_dir / "code.png")
    assert sim in (await scene.typed("qr", "show", phone, "-o", file)).out
    assert "version 1" in (await scene.typed("qr", "history", phone)).out.lower()
    sent = await scene.typed("qr", "notify", phone, "--to", "boss@acme.example")
    assert sim in sent.out
