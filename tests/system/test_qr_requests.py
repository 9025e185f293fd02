"""A request for a QR code: whom it goes to, made twice, withdrawn, held, started again; over real parts."""

import asyncio
from datetime import timedelta

import pytest

from models.codes.requests import RequestStatus
from models.errors import Refused, Unavailable
from models.people.views import ContactRole
from starter.codes.desk import QrDesk
from starter.codes.drafts import QrRequestDraft
from tests.builders import ACCOUNT, ANA, OPERATOR, line
from tests.system.qr_scene import QUENTIN, RITA, QrScene, a_code
from tests.system.scene import Scene, msisdn, refused
from tests.temporal_server import eventually


@pytest.mark.covers("F28", "F29")
async def test_the_chosen_get_a_link_and_others_a_copy_without(scene: Scene) -> None:
    world = await QrScene.set_up(scene, contacts=(QUENTIN, RITA))
    assert len((await world.preview()).recipients) == 2
    await world.request(
        contacts=(RITA,), cc=("boss@acme.example",), subject="A code, please", text="Dear Rita,\n\nsend it."
    )
    await scene.mailbox.got(RITA, "boss@acme.example")
    to_rita, copy = sorted(scene.mailbox.mails, key=lambda mail: mail.to != [RITA])
    assert to_rita.subject == copy.subject == "A code, please"
    assert "Dear Rita," in to_rita.text
    assert "Dear Rita," in copy.text
    assert "/u/" in to_rita.text
    assert "/u/" not in copy.text


@pytest.mark.covers("F56")
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"contacts": ()}, "no_recipient"),
        ({"contacts": ("orders@telvia.example",)}, "recipient_not_eligible"),
        ({"cc": ("boss@acme.example\r\nBcc: all@evil.example",)}, "email_invalid"),
        ({"cc": ("no address",)}, "email_invalid"),
        ({"subject": "A code\nBcc: all@evil.example"}, "subject_not_one_line"),
    ],
)
async def test_a_request_that_cannot_be_mailed_is_refused(
    idle_scene: Scene, changes: dict[str, object], code: str
) -> None:
    world = await QrScene.set_up(idle_scene)
    assert code in await refused(world.request(**changes))
    assert (await world.history()).requests == ()


@pytest.mark.covers("F25", "F26", "F2")
async def test_only_an_esim_whose_distributor_has_somebody_to_ask(idle_scene: Scene) -> None:
    world = await QrScene.set_up(
        idle_scene, line(1, sim_type="esim"), line(2), line(3, sim_type="esim"), contacts=()
    )
    assert await refused(world.preview()) == ["no_qr_contact"]
    await world.contact(QUENTIN, ContactRole.ESIM_QR_CODE)
    await world.preview()
    assert "esim_needed" in await refused(world.preview(await world.sim_of(2)))
    await idle_scene.desks.profiles.disable(OPERATOR, ACCOUNT, "Default", ["generate_qr_code:1"])
    assert await refused(world.preview()) == ["not_enabled"]
    assert await refused(world.desk.import_code(await world.scene.ana(), world.sim, str(a_code()))) == [
        "not_enabled"
    ]


async def test_a_second_request_is_refused_unless_it_sends_the_first_again(scene: Scene) -> None:
    world = await QrScene.set_up(scene)
    first = await world.request()
    first_link = await world.upload_link()
    with pytest.raises(Refused, match=first):
        await world.request()
    again = QrRequestDraft(sim=world.sim, again=True, key="twice")
    repeated = [await world.desk.request(await world.scene.ana(), again) for _ in range(2)]
    assert [made.request_id for made in repeated] == [first, first]
    assert [made.round for made in repeated] == [2, 2], "the same key sends once"
    await world.upload_link(mails=2)
    async with world.browser() as browser:
        assert (await browser.get(first_link)).status_code == 200, "the first mail's link still serves"


async def test_the_same_key_is_the_same_request(scene: Scene) -> None:
    world = await QrScene.set_up(scene)
    key = f"key of {scene.settings.task_queue}"
    made = await asyncio.gather(*(world.request(key=key) for _ in range(3)))
    assert len(set(made)) == 1
    await world.upload_link()
    assert len((await world.history()).requests) == 1


async def test_a_withdrawn_request_closes_its_links(scene: Scene) -> None:
    world = await QrScene.set_up(scene)
    request_id = await world.request()
    link = await world.upload_link()
    await world.desk.withdraw(OPERATOR, request_id)
    async with world.browser() as browser:
        assert (await browser.get(link)).status_code == 410
        assert (await world.upload(browser, link)).status_code == 410
    await scene.ended(request_id)
    assert (await world.desk.withdraw(OPERATOR, request_id)).status is RequestStatus.WITHDRAWN, (
        "once more, done once"
    )
    await world.request()


@pytest.mark.covers("W5")
async def test_silence_is_reminded_of_then_held_and_goes_on(scene: Scene) -> None:
    world = await QrScene.set_up(scene)
    request_id = await world.request()
    await world.upload_link()
    await scene.forward(request_id, timedelta(days=3, minutes=1))
    await world.upload_link(mails=2)
    await scene.forward(request_id, timedelta(days=3, minutes=1))
    await world.held_for(request_id, "no_qr_code")
    assert any(ANA in mail.to for mail in scene.mailbox.mails), "the requester is told"
    await world.desk.retry(OPERATOR, request_id)
    link = await world.upload_link(mails=3)
    await world.held_for(request_id, None)
    async with world.browser() as browser:
        assert (await world.upload(browser, link)).status_code == 200
        await browser.post(f"{link}/notify")
    await scene.ended(request_id)


@pytest.mark.covers("W5")
async def test_a_refused_recipient_holds_the_request_and_touches_no_other(scene: Scene) -> None:
    world = await QrScene.set_up(scene)
    scene.mailbox.answer = f"550 5.1.1 <{QUENTIN}>: no such user"
    request_id = await world.request()
    await world.held_for(request_id, "mail_rejected")
    scene.mailbox.answer = "250 2.0.0 taken"
    await world.desk.retry(OPERATOR, request_id)
    await world.upload_link()
    await world.held_for(request_id, None)


async def test_without_a_worker_a_request_may_be_asked_again(idle_scene: Scene) -> None:
    world = await QrScene.set_up(idle_scene)
    settings = idle_scene.settings.model_copy(update={"answer_timeout": timedelta(seconds=0.5)})
    impatient = QrDesk(idle_scene.temporal.client, idle_scene.database, settings)
    draft = QrRequestDraft(sim=world.sim, text="As on the phone.", key=f"of {idle_scene.settings.task_queue}")
    with pytest.raises(Unavailable, match="No worker"):
        await impatient.request(await idle_scene.ana(), draft)
    async with idle_scene.worker():
        made = await world.desk.request(await world.scene.ana(), draft)
        await world.upload_link()
        assert [mail.text.count("As on the phone.") for mail in idle_scene.mailbox.mails] == [1]
        await world.desk.withdraw(OPERATOR, made.request_id)


async def test_a_request_and_a_notification_can_be_found_by_operators(scene: Scene) -> None:
    world = await QrScene.set_up(scene)
    request_id = await world.request()
    await world.upload_link()
    query = f"OrderKind = 'generate_qr_code' AND TaskQueue = '{scene.settings.task_queue}'"

    async def found() -> list[str]:
        return [it.id async for it in scene.temporal.client.list_workflows(query)]

    await eventually(found, lambda ids: ids == [request_id])
    described = await scene.temporal.client.get_workflow_handle(request_id).describe()
    summary = await described.static_summary()
    assert summary is not None
    assert "Orange" in summary
    assert msisdn(1) not in summary


@pytest.mark.covers("W5")
async def test_a_terminated_request_is_started_again_and_mails_nobody_twice(scene: Scene) -> None:
    world = await QrScene.set_up(scene)
    request_id = await world.request()
    link = await world.upload_link()
    await scene.temporal.client.get_workflow_handle(request_id).terminate("by mistake")
    await world.desk.retry(OPERATOR, request_id)
    async with world.browser() as browser:
        assert (await world.upload(browser, link)).status_code == 200
        await browser.post(f"{link}/notify")
    await scene.ended(request_id)
    assert [mail.to for mail in scene.mailbox.mails].count([QUENTIN]) == 1
