"""A file of subscribers has another address: what was held for it continues, and codes go to the new one."""

import pytest

from models.errors import Unavailable
from starter.travel.subscribers import SubscriberDesk
from temporal.connection import connect
from tests.builders import OPERATOR
from tests.system.scene import Scene
from tests.system.travel.mail_scene import ROSA, Given, a_line, due, holds, recovered
from tests.temporal_server import eventually

NEW = "new@home.example"
REFUSED = "550 5.7.1 Refused"
CODE_STEP, CONFIRMATION_STEP = "send_email:qr_code", "send_email:confirmation"


async def imported(scene: Scene, address: str, *, away: bool = False) -> None:
    """Rosa's row of the file, with this address; `away`: while Temporal is."""
    settings, client = scene.settings, scene.temporal.client
    if away:
        settings = settings.model_copy(update={"temporal_address": "127.0.0.1:9"})
        client = await connect(settings, lazy=True)
    desk = SubscriberDesk(client, scene.database, settings)
    file = f"name,phone,plan,email\nRosa 1,+12125550001,Unlimited All,{address}\n"
    await desk.import_subscribers(OPERATOR, None, file.encode())


async def notified(scene: Scene) -> dict[str, bool]:
    """By address whether a notification of the code is valid."""
    rows = await scene.sql("SELECT address, revoked_at IS NULL AS valid FROM qr_notifications")
    return {row.address: row.valid for row in rows}


async def sent_to_rosa(scene: Scene) -> Given:
    given = await a_line(scene)
    await recovered(scene)
    await scene.ended(given.order)
    assert scene.mailbox.recipients() == [ROSA, ROSA]
    return given


async def edited(scene: Scene, address: str) -> None:
    """Rosa alone, with this address and another phone number."""
    desk = SubscriberDesk(scene.temporal.client, scene.database, scene.settings)
    await desk.edit_subscriber(OPERATOR, "Rosa 1", email=address, phone="+12125550009")


@pytest.mark.covers("T41", "T43")
async def test_one_subscriber_who_is_edited_is_served_as_an_imported_one(scene: Scene) -> None:
    given = await a_line(scene)
    scene.mailbox.answers = {ROSA: REFUSED}
    await recovered(scene)
    both = [(CONFIRMATION_STEP, "mail_rejected"), (CODE_STEP, "mail_rejected")]
    await eventually(lambda: holds(scene), lambda found: found == both)
    await edited(scene, NEW)
    await scene.ended(given.order)
    await eventually(lambda: recipients(scene), lambda found: found == [NEW, NEW])
    assert (await holds(scene), await notified(scene)) == ([], {ROSA: False, NEW: True})
    await edited(scene, "ROSA@home.example")
    scene.mailbox.answers = {}
    await eventually(lambda: recipients(scene), lambda found: found == [NEW, NEW, "ROSA@home.example"])


@pytest.mark.covers("T11", "T41")
async def test_an_imported_address_is_what_a_held_order_waited_for(scene: Scene) -> None:
    given = await a_line(scene)
    await scene.sql("UPDATE subscribers SET email = NULL")
    await recovered(scene)
    missing = "no_subscriber_address"
    await eventually(
        lambda: holds(scene), lambda found: found == [(CONFIRMATION_STEP, missing), (CODE_STEP, missing)]
    )
    await imported(scene, NEW)
    await scene.ended(given.order)
    assert scene.mailbox.recipients() == [NEW, NEW]
    assert (await holds(scene), await due(scene)) == ([], [])


@pytest.mark.covers("T25", "T41")
async def test_e_mails_that_the_wrong_address_did_not_take_go_to_the_imported_one(scene: Scene) -> None:
    given = await a_line(scene)
    scene.mailbox.answers = {ROSA: REFUSED}
    await recovered(scene)
    both = [(CONFIRMATION_STEP, "mail_rejected"), (CODE_STEP, "mail_rejected")]
    await eventually(lambda: holds(scene), lambda found: found == both)
    await imported(scene, NEW)
    await scene.ended(given.order)
    await eventually(lambda: recipients(scene), lambda found: found == [NEW, NEW])
    assert await holds(scene) == []
    assert await notified(scene) == {ROSA: False, NEW: True}


async def recipients(scene: Scene) -> list[str]:
    return scene.mailbox.recipients()


@pytest.mark.covers("T41", "T43")
async def test_a_code_that_no_phone_has_is_revoked_at_the_address_before_and_sent_to_the_imported_one(
    scene: Scene,
) -> None:
    await sent_to_rosa(scene)
    with pytest.raises(Unavailable):
        await imported(scene, NEW, away=True)
    assert await notified(scene) == {ROSA: False, NEW: True}, "the address is changed, and what opened ends"
    links = "SELECT revoked_at IS NULL AS valid FROM links ORDER BY id"
    assert [link.valid for link in await scene.sql(links)] == [False]
    for _ in range(2):
        await imported(scene, NEW)
        await eventually(lambda: recipients(scene), lambda found: found == [ROSA, ROSA, NEW])
    assert "carddata=LPA" in scene.mailbox.mails[-1].text
    assert [link.valid for link in await scene.sql(links)] == [False, True]


@pytest.mark.covers("T41")
async def test_a_code_that_a_phone_has_installed_is_sent_to_no_other_address(scene: Scene) -> None:
    await sent_to_rosa(scene)
    await scene.sql("UPDATE esim_lines SET installed_at = esim_now()")
    await imported(scene, NEW)
    assert await notified(scene) == {ROSA: True}
    assert await recovered(scene) == []
    assert scene.mailbox.recipients() == [ROSA, ROSA]


@pytest.mark.covers("T41")
async def test_an_import_with_the_same_address_sends_nothing(scene: Scene) -> None:
    await sent_to_rosa(scene)
    await imported(scene, ROSA.upper())
    assert await notified(scene) == {ROSA: True}
    assert await recovered(scene) == []
