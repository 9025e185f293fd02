"""What is wrong in the inventory is corrected there, and the order that waits for it goes on."""

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from models.orders.lifecycle import HoldReason, OrderStatus
from store.orders import notes
from tests.builders import ANA, OPERATOR, as_csv, item, line, world
from tests.system.scene import Scene
from tests.temporal_server import eventually

WRONG, RIGHT = "odres@telvia.example", "orders@telvia.example"


@pytest.mark.covers("W5")
async def test_a_wrong_address_is_corrected_by_importing_the_catalogue_again(scene: Scene) -> None:
    desks = await world(scene.database, packs=(item(order_contact_email=WRONG),))
    scene.mailbox.answer = "550 5.1.1 No such user"
    order_id = await scene.placed()
    held = await eventually(lambda: scene.desk.order(OPERATOR, order_id), lambda order: order.held_reason)
    assert held.held_reason == HoldReason.MAIL_REJECTED

    report = await desks.catalogue.import_catalogue(OPERATOR, as_csv(item(order_contact_email=RIGHT)))
    assert (report.created, report.changed) == ({"contacts": 1}, {"contacts": 1})
    scene.mailbox.answer = "250 2.0.0 taken"
    await scene.desk.retry(OPERATOR, order_id)
    await eventually(lambda: scene.desk.order(OPERATOR, order_id), lambda order: order.held_reason is None)
    await scene.mailbox.got(RIGHT)
    await scene.desk.cancel(OPERATOR, order_id)
    await scene.ended(order_id)
    assert sorted(scene.mailbox.recipients()) == sorted([ANA, RIGHT, RIGHT])


@pytest.mark.covers("F43")
async def test_a_note_of_another_account_is_mailed_to_nobody(scene: Scene) -> None:
    desks = await world(
        scene.database, line(1), line(2, account="Other"), packs=(item(), item("Theirs", account="Other"))
    )
    await desks.users.create_user(OPERATOR, "Other", "Zoe", "zoe@other.example")
    order_id = await scene.placed()
    other_id = await scene.placed(2, user="zoe@other.example")
    await scene.mailbox.got(RIGHT, RIGHT)
    async with scene.database.transaction() as connection:
        theirs = await notes.add_note(connection, other_id, "The secret of Other.")
    handle = scene.temporal.client.get_workflow_handle(order_id)
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await handle.execute_update("cancel", {"note_id": theirs})
    assert isinstance(refused.value.cause, ApplicationError)
    assert refused.value.cause.type == "unknown_note"
    assert refused.value.cause.message == "There is no such note of this order."
    assert (await scene.desk.order(OPERATOR, order_id)).status is OrderStatus.SUBMITTED

    await scene.desk.cancel(OPERATOR, order_id, reason="Our own reason.")
    await scene.ended(order_id)
    await scene.mailbox.got(RIGHT, RIGHT, RIGHT, ANA)
    told = " ".join(mail.text for mail in scene.mailbox.mails)
    assert "Our own reason." in told
    assert "The secret of Other." not in told
