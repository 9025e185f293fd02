"""A stored address that cannot be written to holds its order or request, and no other mail."""

import pytest

from models.orders.lifecycle import HoldReason
from tests.builders import ANA, OPERATOR, iccid, world
from tests.system.qr_scene import QUENTIN, RITA, QrScene
from tests.system.scene import Scene
from tests.temporal_server import eventually

ODD = "=?utf-8?q?a=0D=0A?=@b.example"
THIRD = "third@telvia.example"
FROM_BEFORE = "UPDATE contacts SET email = :odd WHERE email = :third"


@pytest.mark.covers("S2", "W5")
async def test_of_three_recipients_two_get_their_mail_and_the_third_once_the_address_is_corrected(
    scene: Scene,
) -> None:
    world = await QrScene.set_up(scene, contacts=(QUENTIN, RITA, THIRD))
    await scene.sql(FROM_BEFORE, odd=ODD, third=THIRD)
    request_id = await world.request()
    await world.held_for(request_id, HoldReason.MAIL_NOT_COMPOSABLE)
    assert sorted(scene.mailbox.recipients()) == [QUENTIN, RITA]
    assert await scene.sql("SELECT 1 FROM mails WHERE state = 'sending'") == []

    await world.desk.retry(OPERATOR, request_id)
    await eventually(world.events, lambda seen: seen.count("mail.failed") == seen.count("qr.held") == 2)
    await world.held_for(request_id, HoldReason.MAIL_NOT_COMPOSABLE)
    assert sorted(scene.mailbox.recipients()) == [QUENTIN, RITA]

    contact = next(found for found in await scene.desks.contacts.contacts(OPERATOR) if found.email == ODD)
    await scene.desks.contacts.edit_contact(OPERATOR, None, f"C-{contact.id}", email=THIRD)
    await world.desk.retry(OPERATOR, request_id)
    await world.held_for(request_id, None)
    await scene.mailbox.got(QUENTIN, RITA, THIRD)


@pytest.mark.covers("S2", "W5")
async def test_a_processed_order_is_held_for_an_employee_who_cannot_be_written_to(scene: Scene) -> None:
    await world(scene.database)
    order_id = await scene.acknowledged()
    await scene.sql("UPDATE employees SET email = :odd", odd=ODD)
    await scene.desk.processed(OPERATOR, order_id, iccid=iccid(778))
    order = await eventually(
        lambda: scene.desk.order(OPERATOR, order_id), lambda seen: seen.held_reason is not None
    )
    assert order.held_reason == HoldReason.MAIL_NOT_COMPOSABLE
    assert scene.mailbox.recipients().count(ANA) == 1
    await scene.sql("UPDATE employees SET email = :right", right="lea@acme.example")
    await scene.desk.retry(OPERATOR, order_id)
    await scene.ended(order_id)
    assert scene.mailbox.recipients().count(ANA) == 1
    assert scene.mailbox.recipients().count("lea@acme.example") == 1
