"""Notices: to subscribers about their plans, to staff about the stock; each is sent once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from activities.travel.mails import TravelMails
from mail.smtp import SmtpMailer
from models.people.callers import Role
from models.travel.profiles import Notice
from outbox.sender import Outbox
from store.travel import notices
from tests.builders import ACCOUNT, OPERATOR
from tests.system.scene import Scene
from tests.system.travel.mail_scene import ROSA, Given, a_line, holds, recovered
from tests.temporal_server import eventually
from tests.travel_world import ADAM, add_stock, travel_world
from workflows.travel.messages import SendNotice

OLGA = "olga@acme.example"


async def recorded(scene: Scene, notice: Notice, **about: Any) -> str:
    async with scene.database.transaction() as connection:
        ((account,),) = await scene.sql("SELECT id FROM accounts WHERE name = :name", name=ACCOUNT)
        return await notices.record(connection, account, notice, **about)


async def stock_is_low(scene: Scene) -> str:
    """Profile 7 has one free eSIM, an ended one, one whose code was shown, and a threshold of three."""
    desks = await travel_world(scene.database)
    await desks.users.create_user(OPERATOR, ACCOUNT, "Olga", OLGA, role=Role.OWNER)
    await add_stock(scene.database, 1)
    await add_stock(scene.database, 2)
    await add_stock(scene.database, 3)
    await scene.sql("UPDATE travel_stock SET ends_on = esim_now() - interval '2 days' WHERE sim_id = 2")
    await scene.sql("UPDATE travel_stock SET revealed_at = esim_now() WHERE sim_id = 3")
    await scene.sql("UPDATE travel_profiles SET threshold = 3, low_since = esim_now()")
    return await recorded(scene, Notice.STOCK_LOW, profile=7)


@pytest.mark.covers("T26")
async def test_the_staff_who_manage_stock_are_alerted_of_a_low_one_once(scene: Scene) -> None:
    of = await stock_is_low(scene)
    assert await recovered(scene) == [of]
    assert await scene.temporal.client.get_workflow_handle(of).result() == "sent"
    assert sorted(scene.mailbox.recipients()) == [ADAM, OLGA]
    for mail in scene.mailbox.mails:
        assert "IMSI profile: 7" in mail.text
        assert "Free eSIMs in stock: 1\n" in mail.text.replace("\r", "")
        assert "Alert below: 3" in mail.text
    assert await recorded(scene, Notice.STOCK_LOW, profile=7) == of
    assert await recovered(scene) == []
    await scene.sql("UPDATE travel_profiles SET low_since = esim_now() + interval '1 second'")
    assert await recorded(scene, Notice.STOCK_LOW, profile=7) != of


@pytest.mark.covers("T26")
async def test_an_alert_is_not_sent_when_the_stock_has_recovered(scene: Scene) -> None:
    of = await stock_is_low(scene)
    await scene.sql("UPDATE travel_profiles SET low_since = NULL")
    await recovered(scene)
    assert await scene.temporal.client.get_workflow_handle(of).result() == "sent"
    assert scene.mailbox.mails == []
    assert await recovered(scene) == []


@pytest.mark.covers("T17", "T26")
async def test_an_alert_that_one_of_the_staff_cannot_get_is_held_and_retried_for_them_alone(
    scene: Scene,
) -> None:
    of = await stock_is_low(scene)
    scene.mailbox.answers = {OLGA: "550 5.1.1 No such mailbox"}
    await recovered(scene)
    await eventually(lambda: holds(scene), lambda found: found == [("send_notice", "mail_rejected")])
    assert scene.mailbox.recipients() == [ADAM]
    said = await scene.typed("doctor", code=1)
    assert "notice" in said.out + said.err
    scene.mailbox.answers = {}
    await scene.typed("order", "retry", of)
    assert await scene.temporal.client.get_workflow_handle(of).result() == "sent"
    assert scene.mailbox.recipients() == [ADAM, OLGA]


@pytest.mark.covers("T17")
async def test_without_staff_an_alert_waits_for_one(scene: Scene) -> None:
    of = await stock_is_low(scene)
    await scene.sql("UPDATE users SET deactivated_at = now() WHERE role IN ('owner', 'administrator')")
    await recovered(scene)
    await eventually(lambda: holds(scene), lambda found: found == [("send_notice", "no_staff")])
    await scene.sql("UPDATE users SET deactivated_at = NULL WHERE email = :adam", adam=ADAM)
    await scene.typed("order", "retry", "--all-held", "--yes")
    assert await scene.temporal.client.get_workflow_handle(of).result() == "sent"
    assert scene.mailbox.recipients() == [ADAM]


@pytest.mark.covers("T17")
async def test_an_alert_that_cannot_be_delivered_is_given_up_after_a_time(scene: Scene) -> None:
    of = await stock_is_low(scene)
    scene.mailbox.answer = "550 5.1.1 No"
    await recovered(scene)
    await eventually(lambda: holds(scene), bool)
    await scene.forward(of, scene.settings.notification_given_up_after + timedelta(minutes=1))
    assert await scene.temporal.client.get_workflow_handle(of).result() == "given_up"
    assert await recovered(scene) == []


@pytest.mark.covers("T17")
async def test_the_staff_are_notified_how_many_orders_wait(scene: Scene) -> None:
    given = await a_line(scene)
    await scene.sql(
        "INSERT INTO travel_orders (order_id, account_id, subscriber_id, plan_id, profile, line_name,"
        " waiting_since) SELECT id, account_id, :subscriber, :plan, 7, 'France', esim_now() FROM orders"
        " WHERE id = :order",
        subscriber=given.subscriber,
        plan=given.plan,
        order=given.order,
    )
    await scene.sql("UPDATE follow_ups SET done_at = now()")
    await scene.sql("UPDATE travel_profiles SET waiting_since = esim_now()")
    of = await recorded(scene, Notice.ORDER_WAITS, profile=7)
    assert await recovered(scene) == [of]
    assert await scene.temporal.client.get_workflow_handle(of).result() == "sent"
    (mail,) = scene.mailbox.mails
    assert mail.to == [ADAM]
    assert "Orders that wait: 1" in mail.text


async def sent(scene: Scene, of: str) -> str:
    """What the subscriber is sent of a notice, by the step that the workflow of the line asks for."""
    before = len(scene.mailbox.mails)
    async with SmtpMailer(scene.settings.smtp_url, scene.settings.mail_from) as mailer:
        mails = TravelMails(scene.database, Outbox(scene.database, mailer, "esim.example"))
        await mails.send_notice(SendNotice(notice_id=of))
        await mails.send_notice(SendNotice(notice_id=of))
    new = scene.mailbox.mails[before:]
    assert all(mail.to == [ROSA] for mail in new)
    assert len(new) <= 1, "each is sent once"
    return new[0].text.replace("\u00a0", " ") if new else ""


async def of_plan(scene: Scene, given: Given, notice: Notice) -> str:
    ((assignment,),) = await scene.sql("SELECT id FROM plan_assignments")
    return await recorded(scene, notice, esim_line_id=given.line, assignment_id=assignment)


@pytest.mark.covers("T28", "T35", "T40")
async def test_the_subscriber_is_notified_of_data_used_of_a_lapse_and_of_an_esim_never_installed(
    idle_scene: Scene,
) -> None:
    scene = idle_scene
    given = await a_line(scene)
    assert "It lapses on" in await sent(scene, await of_plan(scene, given, Notice.LAPSES_SOON))
    assert "80 % of the 1 GB of your plan Euro 1" in await sent(
        scene, await of_plan(scene, given, Notice.USED_80)
    )
    assert "The plan has ended" in await sent(scene, await of_plan(scene, given, Notice.USED_100))
    soon = await recorded(
        scene, Notice.INSTALL_SOON, esim_line_id=given.line, install_by=datetime(2027, 5, 1, 12, tzinfo=UTC)
    )
    said = await sent(scene, soon)
    assert "After 1 May 2027, 12:00 UTC it is withdrawn" in said
    assert "to send it again" in said
    await scene.sql("UPDATE esim_lines SET ended_at = esim_now()")
    said = await sent(scene, await recorded(scene, Notice.NOT_INSTALLED, esim_line_id=given.line))
    assert "not been installed on any phone" in said
    assert "Waiting for a new one: Euro 1. First use at the latest:" in said
    assert f"ask {ACCOUNT} for a new one" in said


@pytest.mark.covers("T28", "T40")
async def test_a_plan_that_lapses_on_a_line_without_an_esim_says_how_to_use_it(idle_scene: Scene) -> None:
    scene = idle_scene
    given = await a_line(scene)
    await scene.sql("UPDATE esim_lines SET ended_at = esim_now()")
    said = await sent(scene, await of_plan(scene, given, Notice.LAPSES_SOON))
    assert "The eSIM France was withdrawn" in said
    assert f"To use the plan, ask {ACCOUNT} for a new eSIM." in said


@pytest.mark.covers("T40")
@pytest.mark.parametrize(
    ("notice", "changed"),
    [
        (Notice.INSTALL_SOON, "installed_at = esim_now()"),
        (Notice.INSTALL_SOON, "ended_at = esim_now()"),
        (Notice.INSTALL_SOON, "esim_since = esim_now() + interval '1 second'"),
        (Notice.NOT_INSTALLED, "ended_at = NULL"),
    ],
)
async def test_a_notice_of_an_esim_that_was_installed_or_replaced_meanwhile_is_not_sent(
    idle_scene: Scene, notice: Notice, changed: str
) -> None:
    scene = idle_scene
    given = await a_line(scene)
    of = await recorded(scene, notice, esim_line_id=given.line)
    await scene.sql(f"UPDATE esim_lines SET {changed}")
    assert not await sent(scene, of)
    assert (await scene.sql("SELECT done_at FROM travel_notices"))[0].done_at is not None


@pytest.mark.covers("T28")
async def test_a_plan_that_was_used_meanwhile_does_not_lapse(idle_scene: Scene) -> None:
    scene = idle_scene
    given = await a_line(scene)
    of = await of_plan(scene, given, Notice.LAPSES_SOON)
    await scene.sql(
        "UPDATE plan_assignments SET started_at = esim_now(), ends_at = esim_now() + interval '720 hours'"
    )
    assert not await sent(scene, of)
    assert (await scene.sql("SELECT done_at FROM travel_notices"))[0].done_at is not None


@pytest.mark.covers("T35")
@pytest.mark.parametrize(
    "ended", ["depleted_at = esim_now()", "started_at = '2026-01-01', ends_at = '2026-01-31'"]
)
async def test_of_a_plan_that_has_ended_meanwhile_the_notice_of_80_percent_is_not_sent(
    idle_scene: Scene, ended: str
) -> None:
    scene = idle_scene
    given = await a_line(scene)
    await scene.sql(
        "UPDATE plan_assignments SET assigned_at = '2026-01-01', started_at = esim_now(),"
        " ends_at = esim_now() + interval '720 hours'"
    )
    of = await of_plan(scene, given, Notice.USED_80)
    await scene.sql(f"UPDATE plan_assignments SET {ended}")
    assert not await sent(scene, of)
    assert (await scene.sql("SELECT done_at FROM travel_notices"))[0].done_at is not None
