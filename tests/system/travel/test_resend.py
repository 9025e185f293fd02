"""Staff send the subscriber the QR code or a confirmation again (T43)."""

import json

import pytest

from models.errors import NotFound, Refused
from models.travel.sending import SentAgain
from starter.travel.sending import SendingDesk
from tests.qr_world import codes_of
from tests.system.scene import Scene, refused
from tests.system.travel.mail_scene import ROSA, a_further_plan, a_line, discard, due, recovered
from tests.travel_world import SUE

NEW = "new@home.example"


def desk(scene: Scene) -> SendingDesk:
    return SendingDesk(scene.temporal.client, scene.database, scene.settings)


@pytest.mark.covers("T43")
async def test_the_qr_code_is_sent_again_to_the_present_address_and_earlier_links_end(scene: Scene) -> None:
    given = await a_line(scene)
    await recovered(scene)
    await scene.ended(given.order)
    await scene.sql("UPDATE subscribers SET email = :new", new=NEW)
    words = ("travel", "resend", f"EL-{given.line}", "--qr-code", "--key", "k", "--json")
    said = json.loads((await scene.typed(*words)).out)
    assert said["what"] == "qr_code"
    assert await scene.temporal.client.get_workflow_handle(said["id"]).result() == "sent"
    assert json.loads((await scene.typed(*words)).out) == said
    assert scene.mailbox.recipients() == [ROSA, ROSA, NEW]
    assert "carddata=LPA" in scene.mailbox.mails[-1].text
    links = await scene.sql("SELECT revoked_at IS NULL AS valid FROM links ORDER BY id")
    assert [link.valid for link in links] == [False, True]


@pytest.mark.covers("T43")
async def test_the_confirmation_is_sent_again_once_a_key(scene: Scene) -> None:
    given = await a_line(scene)
    sue = await scene.ana(SUE)
    with pytest.raises(Refused) as early:
        await desk(scene).resend(sue, f"EL-{given.line}", SentAgain.CONFIRMATION, key="early")
    assert codes_of(early) == ["emails_not_sent_yet"]
    await recovered(scene)
    await scene.ended(given.order)
    await scene.sql("UPDATE subscribers SET email = :new", new=NEW)
    for key in ("once", "once", "twice"):
        sent = await desk(scene).resend(sue, f"EL-{given.line}", SentAgain.CONFIRMATION, key=key)
        assert sent.id == given.order
        await scene.ended(given.order)
    assert scene.mailbox.recipients() == [ROSA, ROSA, NEW, NEW]
    assert len({mail.message_id for mail in scene.mailbox.mails}) == 4
    assert given.order in scene.mailbox.mails[-1].subject
    assert await due(scene) == []


@pytest.mark.covers("T43")
async def test_the_confirmation_of_a_further_plan_is_sent_again_if_it_is_named(scene: Scene) -> None:
    given = await a_line(scene)
    order = await a_further_plan(scene, given)
    await recovered(scene)
    await scene.ended(given.order)
    await scene.ended(order)
    line = f"EL-{given.line}"
    await scene.typed("travel", "resend", line, "--confirmation", "--order", order)
    await scene.ended(order)
    assert order in scene.mailbox.mails[-1].subject
    sue = await scene.ana(SUE)
    with pytest.raises(NotFound):
        await desk(scene).resend(sue, line, SentAgain.CONFIRMATION, order="order-aaaaaaaaaaaaaaaa")


@pytest.mark.covers("T43")
async def test_what_cannot_be_sent_is_refused_with_its_reasons(scene: Scene) -> None:
    given = await a_line(scene)
    sue, line = await scene.ana(SUE), f"EL-{given.line}"
    await scene.sql("UPDATE subscribers SET email = NULL")
    without = ["subscriber_without_address"]
    assert await refused(desk(scene).resend(sue, line, SentAgain.QR_CODE)) == without
    await scene.sql("UPDATE follow_ups SET done_at = now()")
    assert await refused(desk(scene).resend(sue, line, SentAgain.CONFIRMATION)) == without
    await scene.sql("UPDATE subscribers SET email = :rosa", rosa=ROSA)
    await discard(scene, given.sim)
    assert await refused(desk(scene).resend(sue, line, SentAgain.QR_CODE)) == ["line_without_esim"]
    with pytest.raises(NotFound):
        await desk(scene).resend(sue, "EL-77", SentAgain.QR_CODE)
    await scene.typed("travel", "resend", line, code=2)
    assert scene.mailbox.mails == []
