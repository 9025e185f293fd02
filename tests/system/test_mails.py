"""Who is written to about an order, and that nobody is written to twice."""

from collections import Counter

import pytest
from sqlalchemy import text

from models.orders.lifecycle import OrderStatus
from tests.builders import ANA, OPERATOR, iccid, item, line, world
from tests.system.scene import Scene, msisdn
from tests.temporal_server import comes_true

ESIM = iccid(777)
ORDERS, SECOND, EMPLOYEE = "orders@telvia.example", "second@telvia.example", "employee1@acme.example"


@pytest.mark.covers("W2", "F12", "F18")
async def test_a_processed_order_is_told_to_everybody_once(scene: Scene) -> None:
    await world(
        scene.database,
        packs=(
            item(),
            item(item="Cable", section="Devices", provider="", esim="no", order_contact_email=SECOND),
        ),
    )
    order_id = await scene.placed()
    await scene.mailbox.got(ORDERS, SECOND)
    for mail in scene.mailbox.mails:
        assert order_id in mail.subject + mail.text
        assert msisdn(1) in mail.text, "the provider must know which line"
    await scene.desk.acknowledge(OPERATOR, order_id)
    await scene.desk.processed(OPERATOR, order_id, iccid=ESIM)
    await scene.ended(order_id)
    await scene.mailbox.got(ORDERS, SECOND, ANA, EMPLOYEE)
    assert len({mail.message_id for mail in scene.mailbox.mails}) == 4
    assert all(len(mail.to) == 1 for mail in scene.mailbox.mails), "nobody sees who else was written to"
    told = {mail.to[0]: mail.text for mail in scene.mailbox.mails[2:]}
    assert ESIM in told[ANA]
    assert iccid(1) not in told[EMPLOYEE]


@pytest.mark.covers("W2", "F22")
async def test_a_cancelled_order_is_withdrawn_and_its_reason_told(scene: Scene) -> None:
    await world(scene.database)
    order_id = await scene.placed()
    await scene.mailbox.got(ORDERS)
    await scene.desk.cancel(OPERATOR, order_id, reason="The phone was sold.")
    await scene.ended(order_id)
    await scene.mailbox.got(ORDERS, ORDERS, ANA)
    assert "The phone was sold." in scene.mailbox.mails[-1].text


@pytest.mark.covers("F54", "F14")
async def test_only_an_employee_with_an_address_is_written_to(scene: Scene) -> None:
    await world(scene.database, line(1, employee_email=""))
    order_id = await scene.acknowledged()
    await scene.desk.processed(OPERATOR, order_id, iccid=ESIM)
    await scene.ended(order_id)
    assert set(scene.mailbox.recipients()) - {ORDERS} == {ANA}


@pytest.mark.covers("W1", "W5")
async def test_a_mail_server_that_is_away_delays_the_mail_and_nothing_else(scene: Scene) -> None:
    await world(scene.database)
    scene.mailbox.answer = "451 4.3.0 Come back later"
    order_id = await scene.placed()
    await comes_true(lambda: scene.mailbox.begun)
    await scene.desk.acknowledge(OPERATOR, order_id)
    await scene.desk.processed(OPERATOR, order_id, iccid=ESIM)
    sim = (await scene.line()).sim
    assert sim is not None
    assert sim.iccid == ESIM
    scene.mailbox.answer = "250 2.0.0 taken"
    await scene.ended(order_id)
    assert scene.mailbox.recipients().count(ANA) == 1
    assert scene.mailbox.recipients().count(EMPLOYEE) == 1


@pytest.mark.covers("W1")
async def test_connections_lost_between_two_steps_are_noticed_by_nobody(scene: Scene) -> None:
    await world(scene.database)
    order_id = await scene.placed()
    await scene.mailbox.got(ORDERS)
    async with scene.database.transaction() as connection:
        all_others = "datname = current_database() AND pid <> pg_backend_pid()"
        await connection.execute(
            text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {all_others}")
        )
    assert (await scene.desk.acknowledge(OPERATOR, order_id)).status is OrderStatus.PROVIDER_PROCESSING
    assert (await scene.desk.processed(OPERATOR, order_id, iccid=ESIM)).status is OrderStatus.PROCESSED
    assert (await scene.events(order_id)).count("esim.temporary_created") == 1


@pytest.mark.covers("W1")
async def test_a_slow_mail_server_gets_each_mail_once(scene: Scene) -> None:
    await world(scene.database)
    order_id = await scene.acknowledged()
    scene.mailbox.hesitation = 4  # seconds, for every mail
    assert (await scene.desk.processed(OPERATOR, order_id, iccid=iccid(311))).status is OrderStatus.PROCESSED
    await scene.ended(order_id)
    counts = Counter(mail.message_id for mail in scene.mailbox.mails)
    assert set(counts.values()) == {1}
    assert ANA in scene.mailbox.recipients()
