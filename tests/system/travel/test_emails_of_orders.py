"""The two e-mails of an order about a travel eSIM: each sent, held and retried by itself (T11, T14, T25)."""

from datetime import timedelta

import pytest

from starter.codes.book import CodeBook
from tests.builders import OPERATOR
from tests.system.scene import Scene
from tests.system.travel.mail_scene import (
    PIN,
    ROSA,
    a_further_plan,
    a_line,
    discard,
    due,
    holds,
    recovered,
)
from tests.temporal_server import comes_true, eventually

REFUSED = "550 5.7.1 Refused"
CODE_STEP, CONFIRMATION_STEP = "send_email:qr_code", "send_email:confirmation"


@pytest.mark.covers("T11")
async def test_the_subscriber_gets_the_qr_code_and_a_confirmation(scene: Scene) -> None:
    given = await a_line(scene)
    revealed = "SELECT revealed_at FROM travel_stock WHERE sim_id = :sim"
    assert (await scene.sql(revealed, sim=given.sim))[0].revealed_at is None
    assert await recovered(scene) == [given.order]
    await scene.ended(given.order)
    assert scene.mailbox.recipients() == [ROSA, ROSA]
    code, confirmation = sorted(scene.mailbox.mails, key=lambda mail: "QR code" not in mail.text[:400])
    assert PIN in code.text
    assert "carddata=LPA" in code.text
    assert "carddata=LPA" not in confirmation.text
    for said in ("France, Germany, Italy, Spain", "1 GB", "30 days", "$9.90", "Euro 1", given.order):
        assert said in confirmation.text.replace("\u00a0", " "), said
    assert (await scene.sql(revealed, sim=given.sim))[0].revealed_at is not None
    assert await due(scene) == []
    assert await recovered(scene) == []


@pytest.mark.covers("T14")
async def test_a_further_plan_is_confirmed_without_a_qr_code(scene: Scene) -> None:
    given = await a_line(scene)
    await scene.sql("UPDATE follow_ups SET done_at = now()")
    order = await a_further_plan(scene, given)
    assert await recovered(scene) == [order]
    await scene.ended(order)
    (mail,) = scene.mailbox.mails
    assert "there is nothing to install" in mail.text
    assert "carddata" not in mail.text


@pytest.mark.covers("T25")
async def test_if_one_of_two_e_mails_is_refused_for_ever_that_one_alone_is_held_and_retried(
    scene: Scene,
) -> None:
    given = await a_line(scene)
    scene.mailbox.refused_subjects = {"is ready:": REFUSED}
    await recovered(scene)
    await eventually(lambda: holds(scene), lambda found: found == [(CODE_STEP, "mail_rejected")])
    await comes_true(lambda: len(scene.mailbox.mails) == 1)
    (confirmation,) = scene.mailbox.mails
    assert given.order in confirmation.subject
    assert await due(scene) == ["qr_code"]

    said = await scene.typed("order", "retry", given.order, code=1)
    assert "held again" in said.err + said.out
    assert scene.mailbox.mails == [confirmation]

    scene.mailbox.refused_subjects = {}
    await scene.typed("order", "retry", given.order)
    await scene.ended(given.order)
    assert len(scene.mailbox.mails) == 2
    assert PIN in scene.mailbox.mails[1].text
    assert await holds(scene) == []
    assert await due(scene) == []


@pytest.mark.covers("T25")
async def test_a_corrected_address_gets_what_the_wrong_one_could_not(scene: Scene) -> None:
    given = await a_line(scene)
    scene.mailbox.answers = {ROSA: REFUSED}
    await recovered(scene)
    both = [(CONFIRMATION_STEP, "mail_rejected"), (CODE_STEP, "mail_rejected")]
    await eventually(lambda: holds(scene), lambda found: found == both)
    await scene.sql("UPDATE subscribers SET email = 'new@home.example'")
    await scene.typed("order", "retry", given.order)
    await scene.ended(given.order)
    assert scene.mailbox.recipients() == ["new@home.example"] * 2
    addresses = await scene.sql("SELECT address, revoked_at IS NULL AS valid FROM qr_notifications")
    assert {(row.address, row.valid) for row in addresses} == {(ROSA, False), ("new@home.example", True)}


@pytest.mark.covers("T11")
async def test_without_an_address_both_wait_for_one(scene: Scene) -> None:
    given = await a_line(scene)
    await scene.sql("UPDATE subscribers SET email = NULL")
    await recovered(scene)
    missing = "no_subscriber_address"
    await eventually(
        lambda: holds(scene), lambda found: found == [(CONFIRMATION_STEP, missing), (CODE_STEP, missing)]
    )
    await scene.sql("UPDATE subscribers SET email = :rosa, language = 'fr'", rosa=ROSA)
    await scene.typed("order", "retry", given.order)
    await scene.ended(given.order)
    assert len(scene.mailbox.mails) == 2
    assert all("Bonjour Rosa 1" in mail.text for mail in scene.mailbox.mails)


@pytest.mark.covers("T11")
async def test_the_code_of_an_esim_that_was_discarded_meanwhile_is_not_sent(scene: Scene) -> None:
    given = await a_line(scene)
    await discard(scene, given.sim)
    await recovered(scene)
    await scene.ended(given.order)
    (confirmation,) = scene.mailbox.mails
    assert "carddata" not in confirmation.text


@pytest.mark.covers("T25")
async def test_a_code_that_is_given_up_waits_for_nothing_any_more(scene: Scene) -> None:
    given = await a_line(scene)
    scene.mailbox.refused_subjects = {"is ready:": REFUSED}
    await recovered(scene)
    await eventually(lambda: holds(scene), lambda found: found == [(CODE_STEP, "mail_rejected")])
    await scene.forward(given.order, scene.settings.notification_given_up_after + timedelta(minutes=1))
    await scene.ended(given.order)
    (notification,) = (await CodeBook(scene.database).history(OPERATOR, f"S-{given.sim}")).notifications
    assert notification.state == "given_up"
    assert await CodeBook(scene.database).waiting(OPERATOR) == []
    assert (await due(scene), await recovered(scene)) == ([], [])
