"""`esim-orders qr retry` and `qr request --again`, as people at a shell type them."""

import json

import pytest

from starter.codes.drafts import QrRequestDraft
from tests.builders import ANA, OPERATOR
from tests.starter.shell import Said
from tests.system.qr_scene import QUENTIN, QrScene, a_code
from tests.system.scene import Scene, refused
from tests.temporal_server import eventually
from workflows.codes.messages import RequestQrCode

REFUSES = "550 5.1.1 No such user"
TAKES = "250 2.0.0 taken"


async def typed(scene: Scene, *words: str, code: int = 0) -> Said:
    return await scene.typed("qr", *words, code=code)


@pytest.mark.covers("W5")
async def test_a_retry_says_whether_the_request_goes_on_or_is_held_again(scene: Scene) -> None:
    world = await QrScene.set_up(scene)
    scene.mailbox.answer = REFUSES
    request = await world.request()
    await world.held_for(request, "mail_rejected")
    again = await typed(scene, "retry", request, code=1)
    assert again.out == ""
    assert again.err.startswith(f"{request} is held again")
    assert json.loads((await typed(scene, "retry", request, "--json", code=1)).out)["outcome"] == "held_again"
    scene.mailbox.answer = TAKES
    assert (await typed(scene, "retry", request)).out == f"{request} continues.\n"
    await scene.mailbox.got(QUENTIN)
    assert (await typed(scene, "withdraw", request)).out == f"{request}: withdrawn\n"
    assert (await typed(scene, "withdraw", request)).out == f"{request}: withdrawn already\n"


async def test_asking_again_says_what_was_done(scene: Scene) -> None:
    world = await QrScene.set_up(scene)
    draft = QrRequestDraft(sim=world.sim, again=True)
    made = await world.desk.request(await world.scene.ana(), draft)
    assert made.sentence == "No request was open. The request has been made."
    again = await typed(scene, "request", world.sim, "--user", ANA, "--again", "--yes")
    assert again.out.startswith("The request has been sent again (round 2).\n")


@pytest.mark.covers("W5")
async def test_what_is_not_held_has_nothing_to_retry(scene: Scene) -> None:
    world = await QrScene.set_up(scene)
    request = await world.request()
    await scene.mailbox.got(QUENTIN)
    sentence = f"{request} is not held; there is nothing to retry.\n"
    assert (await typed(scene, "retry", request, code=2)).err == sentence
    assert await refused(world.desk.retry(OPERATOR, request)) == ["not_held"], "as from Python"
    await typed(scene, "withdraw", request)
    await scene.ended(request)
    assert (await typed(scene, "retry", request, code=2)).err == sentence
    unknown = "qr-request-aaaaaaaaaaaaaaaa"
    assert f"There is no request {unknown}." in (await typed(scene, "retry", unknown, code=2)).err


@pytest.mark.covers("W5")
async def test_a_request_that_was_held_twice_is_started_again_as_a_further_retry(scene: Scene) -> None:
    world = await QrScene.set_up(scene)
    scene.mailbox.answer = REFUSES
    request = await world.request()
    await world.held_for(request, "mail_rejected")
    await typed(scene, "retry", request, code=1)
    await scene.temporal.client.get_workflow_handle(request).terminate()
    scene.mailbox.answer = TAKES
    assert (await typed(scene, "retry", request)).out == f"{request} continues.\n"
    await scene.mailbox.got(QUENTIN)
    assert (await world.book.request(OPERATOR, request)).holds == ()
    handle = scene.temporal.client.get_workflow_handle(request)
    begun = (await anext(handle.fetch_history_events())).workflow_execution_started_event_attributes
    (start,) = await scene.temporal.client.data_converter.decode(begun.input.payloads, [RequestQrCode])
    held = [event for event in (await world.history()).events if event.type == "qr.held"]
    assert start.retries == 1 + len(held) >= 2


@pytest.mark.covers("W5")
async def test_a_request_nobody_held_is_started_again_where_its_workflow_is_gone(scene: Scene) -> None:
    world = await QrScene.set_up(scene)
    request = await world.request()
    await scene.mailbox.got(QUENTIN)
    await scene.temporal.client.get_workflow_handle(request).terminate()
    assert (await typed(scene, "retry", request)).out == f"{request} is started again.\n"
    assert (await typed(scene, "withdraw", request)).out == f"{request}: withdrawn\n"
    assert scene.mailbox.recipients() == [QUENTIN], "no mail that went out is sent again"


@pytest.mark.covers("W5")
async def test_a_notification_goes_on_also_where_its_workflow_is_gone(scene: Scene) -> None:
    world = await QrScene.set_up(scene)
    await world.desk.import_code(OPERATOR, world.sim, str(a_code(1)))
    scene.mailbox.answer = REFUSES
    told = (await world.desk.notify(OPERATOR, world.sim, "boss@acme.example")).id
    await eventually(lambda: world.book.notification(OPERATOR, told), lambda seen: seen.state == "held")
    assert (await typed(scene, "retry", told, code=1)).err.startswith(f"{told} is held again")
    await scene.temporal.client.get_workflow_handle(told).terminate()
    scene.mailbox.answer = TAKES
    done = json.loads((await typed(scene, "retry", "--all-held", "--yes", "--json")).out)
    assert [(one["id"], one["kind"], one["outcome"]) for one in done["each"]] == [
        (told, "qr_notification", "continues")
    ]
    await scene.mailbox.got("boss@acme.example")
    await scene.ended(told)
    sentence = f"{told} is not held; there is nothing to retry.\n"
    assert (await typed(scene, "retry", told, code=2)).err == sentence
