"""How an agent gets the code of a processed order where something changes in between."""

from collections.abc import Awaitable, Callable

import pytest

from models.licences.numbers import Change
from starter.licences.agents import AgentDesk
from starter.people.accounts import AccountDesk
from store.licences import number_views
from tests.builders import ACCOUNT, OPERATOR
from tests.licences_world import ADAM, GINA, add_agent
from tests.store.licences.number_ways import KEPT
from tests.system.licences.number_scene import changed, held_for
from tests.system.licences.scene import Licensed
from tests.system.qr_scene import a_code
from tests.system.scene import Scene
from tests.temporal_server import eventually


async def _deactivated(scene: Scene) -> None:
    await scene.desks.users.deactivate_user(OPERATOR, ADAM)


async def _demoted(scene: Scene) -> None:
    await scene.sql("UPDATE users SET role = 'viewer' WHERE email = :adam", adam=ADAM)


async def _closed(scene: Scene) -> None:
    await AccountDesk(scene.database).close(OPERATOR, ACCOUNT)


@pytest.mark.covers("L9", "F53", "F67")
@pytest.mark.parametrize("happens", [_deactivated, _demoted, _closed])
async def test_an_accepted_order_reaches_the_agent_whatever_becomes_of_its_user(
    scene: Scene, happens: Callable[[Scene], Awaitable[None]]
) -> None:
    world = await Licensed.of(scene)
    order_id = await world.assigned()
    await happens(scene)
    sim = await world.processed(order_id)
    link = await world.upload_link()
    await scene.ended(order_id)
    async with world.browser() as browser:
        assert (await world.upload(browser, link)).status_code == 200
    assert (await world.esim_email()).scanned == [str(a_code())]
    history = await world.history(sim)
    (request,) = history.requests
    (adam,) = await scene.sql("SELECT id FROM users WHERE email = :adam", adam=ADAM)
    assert request.requested_by == adam.id, "the record says for whom"
    assert [event.actor for event in history.events if event.type == "qr.requested"] == ["system"]


@pytest.mark.covers("L27", "L15", "L8")
async def test_the_order_of_an_earlier_agent_waits_for_no_address_any_more(scene: Scene) -> None:
    world = await Licensed.of(scene, email=None)
    order_id = await world.assigned()
    await world.processed(order_id)
    await world.order_held_for(order_id, "no_agent_address")
    theo = await add_agent(scene.database, "Theo", "theo@acme.example")
    result, _ = await changed(scene, world.number_id, Change.CHANGE_USER, agent_id=theo)
    assert result.esim_stopped
    async with scene.database.reading() as connection:
        seen = await number_views.number(connection, OPERATOR.scope, world.number_id, KEPT)
    assert (seen.agent, seen.held_reason) == ("Theo", None)
    await scene.ended(order_id)
    assert await held_for(scene, order_id) == []


@pytest.mark.covers("L27", "L39")
async def test_an_order_whose_number_was_suspended_meanwhile_continues_when_it_is_resumed(
    scene: Scene,
) -> None:
    world = await Licensed.of(scene, email=None)
    order_id = await world.assigned()
    await world.processed(order_id)
    await world.order_held_for(order_id, "no_agent_address")
    await changed(scene, world.number_id, Change.SUSPEND, "suspend")
    await world.order_held_for(order_id, "number_suspended")
    await world.set_address(GINA)
    _, handle = await changed(scene, world.number_id, Change.RESUME, "resume")
    await handle.result()
    await world.upload_link()
    await scene.ended(order_id)


@pytest.mark.covers("L39", "W5")
async def test_a_suspension_that_was_never_sent_is_held_no_more_once_the_number_is_resumed(
    scene: Scene,
) -> None:
    world = await Licensed.of(scene)
    order_id = await world.assigned()
    await world.processed(order_id)
    await world.upload_link()
    await scene.ended(order_id)
    scene.mailbox.answer = "550 5.1.1 No such mailbox"
    _, suspended = await changed(scene, world.number_id, Change.SUSPEND, "suspend")

    async def is_held() -> bool:
        return await held_for(scene, suspended.id) == ["mail_rejected"]

    await eventually(is_held, bool)
    scene.mailbox.answer = "250 2.0.0 taken"
    _, resumed = await changed(scene, world.number_id, Change.RESUME, "resume")
    await resumed.result()
    await suspended.result()
    assert await held_for(scene, suspended.id) == []
    assert not [mail for mail in scene.mailbox.mails if "suspend" in mail.subject.lower()]


@pytest.mark.covers("L27")
async def test_a_request_that_is_held_for_the_address_continues_with_it(scene: Scene) -> None:
    world = await Licensed.of(scene)
    sim = await world.processed(await world.assigned())
    link = await world.upload_link()
    await world.set_address(None)
    async with world.browser() as browser:
        await world.upload(browser, link)
        (request,) = (await world.history(sim)).requests
        await world.held_for(request.id, "no_agent_address")
        pressed = await browser.post(f"{link}/notify")
    assert pressed.status_code == 200, "the contact has done what a contact can"
    desk = AgentDesk(scene.temporal.client, scene.database, scene.settings)
    await desk.edit_agent(OPERATOR, f"AG-{world.agent_id}", email=GINA)
    assert (await world.esim_email()).scanned == [str(a_code())]
    await scene.ended(request.id)
