"""Calls about QR codes that are repeated, cut off or badly timed: nothing is done twice, nothing is lost."""

import asyncio
from datetime import timedelta

import pytest

from models.codes.requests import RequestStatus
from models.errors import Unavailable
from models.orders.lifecycle import OrderKind
from qr.draw import png
from starter.codes.desk import QrDesk
from starter.codes.drafts import QrRequestDraft
from tests.builders import ANA, OPERATOR, line
from tests.system.qr_scene import QrScene, a_code
from tests.system.scene import Scene, refused
from tests.temporal_server import eventually
from workflows.codes.request import EsimQrRequest


@pytest.mark.covers("F22")
async def test_a_refused_import_does_not_keep_an_order_from_being_cancelled(scene: Scene) -> None:
    world = await QrScene.set_up(scene, line(1))
    order = await scene.acknowledged(1, kind=OrderKind.SWITCH_TO_ESIM)
    esim = (await scene.desk.order(OPERATOR, order)).esim_id
    assert await refused(world.desk.import_code(OPERATOR, f"S-{esim}", str(a_code()))) == ["sim_temporary"]
    assert await refused(world.desk.import_file(OPERATOR, f"S-{esim}", b"", "code.png")) == ["file_empty"]
    await scene.desk.cancel(OPERATOR, order)
    assert await scene.sql("SELECT id FROM sims WHERE id = :id", id=esim) == []
    kept = await scene.sql(
        "SELECT data FROM events WHERE type = 'qr.import_refused' AND :sim = ANY(about) ORDER BY id",
        sim=f"sim:{esim}",
    )
    assert [row.data["codes"] for row in kept] == [["sim_temporary"], ["file_empty"]]


async def test_a_request_answered_by_the_code_that_is_there_already_ends_at_once(scene: Scene) -> None:
    world = await QrScene.set_up(scene)
    await world.desk.import_code(await world.scene.ana(), world.sim, str(a_code()))
    request_id = await world.request()
    await world.upload_link()
    imported = await world.desk.import_code(await world.scene.ana(), world.sim, str(a_code()))
    assert (imported.changed, imported.ended_request) == (False, request_id)
    await world.desk.notify(await world.scene.ana(), world.sim, "boss@acme.example")
    handle = scene.temporal.client.get_workflow_handle_for(EsimQrRequest.run, request_id)
    # it looks by itself within a day
    await eventually(
        lambda: handle.query(EsimQrRequest.state), lambda state: state.status is RequestStatus.IMPORTED
    )


async def test_a_contact_may_send_the_code_that_is_there_already_twice_and_tell_of_it(scene: Scene) -> None:
    world = await QrScene.set_up(scene)
    await world.desk.import_code(await world.scene.ana(), world.sim, str(a_code()))
    await world.request()
    link = await world.upload_link()
    async with world.browser() as browser:
        assert (await browser.post(f"{link}/notify")).status_code == 409, "nothing was sent yet"
        done = await world.upload(browser, link)
        assert done.status_code == 200
        sent = (await scene.sql("SELECT id FROM qr_uploads"))[0].id
        again = await browser.post(f"{link}/send", data={"upload_id": sent})
        assert again.status_code == 200, "reloaded"
        assert (await browser.post(f"{link}/notify")).status_code == 200
        assert (await browser.post(await world.download_link(ANA))).status_code == 200


async def test_sending_again_is_not_repeated_when_the_request_has_ended(scene: Scene) -> None:
    world = await QrScene.set_up(scene)
    first = await world.request()
    again = QrRequestDraft(sim=world.sim, again=True, key="twice", text="Please hurry.")
    assert (await world.desk.request(await world.scene.ana(), again)).round == 2
    await world.desk.withdraw(OPERATOR, first)
    repeated = await world.desk.request(await world.scene.ana(), again)
    assert (repeated.request_id, repeated.round) == (first, 2)
    assert repeated.status is RequestStatus.WITHDRAWN
    assert len((await world.history()).requests) == 1
    assert len(await scene.sql("SELECT id FROM qr_email_texts")) == 1, "its letter is kept once"


async def test_who_asked_is_told_where_a_notification_was_written_but_could_not_be_started(
    scene: Scene,
) -> None:
    world = await QrScene.set_up(scene)
    request_id = await world.request()
    async with world.browser() as browser:
        await world.upload(browser, await world.upload_link())
    unavailable = scene.settings.model_copy(update={"temporal_address": "127.0.0.1:1"})
    async with QrDesk.open(unavailable) as cut_off:
        with pytest.raises(Unavailable):
            await cut_off.notify(await scene.ana(), world.sim, "boss@acme.example")
    await scene.sql("UPDATE qr_notifications SET created_at = now() - interval '14 minutes'")
    await world.becomes(request_id, RequestStatus.IMPORTED)
    await scene.temporal.forward(scene.temporal.client.get_workflow_handle(request_id), timedelta(minutes=16))
    await world.download_link(ANA)
    await scene.ended(request_id)


async def test_who_was_told_by_the_request_is_not_told_again_by_its_contact(scene: Scene) -> None:
    world = await QrScene.set_up(scene)
    request_id = await world.request()
    link = await world.upload_link()
    async with world.browser() as browser:
        await world.upload(browser, link)
        await world.becomes(request_id, RequestStatus.IMPORTED)
        await scene.temporal.forward(
            scene.temporal.client.get_workflow_handle(request_id), timedelta(minutes=16)
        )
        await world.download_link(ANA)
        await scene.ended(request_id)
        assert (await browser.post(f"{link}/notify")).status_code == 200
    assert len((await world.history()).notifications) == 1


async def test_a_link_is_not_used_endlessly_to_send_either(scene: Scene) -> None:
    world = await QrScene.set_up(scene)
    await world.request()
    link = await world.upload_link()
    async with world.browser() as browser:
        wrong = {"upload_id": "guessed"}
        answers = await asyncio.gather(*(browser.post(f"{link}/send", data=wrong) for _ in range(25)))
        assert [answer.status_code for answer in answers].count(429) == 5, "counted one by one"
        assert (await browser.post(f"{link}/check", files={"file": ("a.png", b"")})).status_code == 429
    assert (await world.events()).count("qr.import_refused") == 20


async def test_of_what_was_checked_with_a_link_little_is_kept(scene: Scene) -> None:
    world = await QrScene.set_up(scene)
    await world.request()
    link = await world.upload_link()
    async with world.browser() as browser:
        for number in range(1, 8):
            file = {"file": ("code.png", png(a_code(number)))}
            assert (await browser.post(f"{link}/check", files=file)).status_code == 200
        assert len(await scene.sql("SELECT id FROM qr_uploads")) == 5
        newest = (await scene.sql("SELECT id FROM qr_uploads ORDER BY uploaded_at DESC"))[0].id
        assert (await browser.post(f"{link}/send", data={"upload_id": newest})).status_code == 200
    assert (await world.desk.show(OPERATOR, world.sim)).code == a_code(7)


async def test_a_terminated_request_says_so(scene: Scene) -> None:
    world = await QrScene.set_up(scene)
    request_id = await world.request()
    await world.upload_link()
    await scene.temporal.client.get_workflow_handle(request_id).terminate()
    again = QrRequestDraft(sim=world.sim, again=True)
    assert await refused(world.desk.request(await world.scene.ana(), again)) == ["request_stalled"]
    await world.desk.withdraw(OPERATOR, request_id)
    assert await refused(world.desk.retry(OPERATOR, request_id)) == ["not_held"]


async def test_who_looks_at_a_code_is_written_down(idle_scene: Scene) -> None:
    world = await QrScene.set_up(idle_scene)
    await world.desk.import_code(await world.scene.ana(), world.sim, str(a_code()))
    await world.desk.show(await world.scene.ana(), world.sim)
    await world.desk.show(OPERATOR, world.sim)
    events = (await world.history()).events
    assert [event.actor for event in events if event.type == "qr.shown"] == ["user:1", "operator"]


@pytest.mark.covers("F62")
async def test_a_contact_hears_that_a_code_is_on_another_sim_before_it_is_sent(scene: Scene) -> None:
    world = await QrScene.set_up(scene)
    await world.desk.import_code(await scene.ana(), await world.sim_of(2), str(a_code()))
    await world.request()
    async with world.browser() as browser:
        page = await world.upload(browser, await world.upload_link())
    assert page.status_code == 422
    assert "another SIM" in page.text
    assert "link.used" not in await world.events(), "only checked"
