"""A mail that cannot be composed is held for its recipient alone, and nothing of it was sent."""

import logging
from collections import deque
from typing import Any

import pytest

from mail import message
from mail.errors import MailInvalid
from models.language import Language
from models.orders.lifecycle import HoldReason
from outbox import sender
from outbox.compose import compose
from outbox.emails import Email
from outbox.layout import Content
from store.session import Database
from tests.activities.qr_scene import (
    COPY,
    FIRST,
    MANAGER,
    NOTICE,
    QR,
    SECOND,
    Desk,
    Letterbox,
    Trouble,
    as_a_workflow_would,
)
from tests.activities.scene import ORDERS, Post
from tests.activities.scene import SECOND as SECOND_ORDERS
from tests.builders import place, run, world
from tests.mail.scene import mailer_for

NOT_WRITABLE = [
    "=?utf-8?q?a=0D=0A?=@b.example",
    "third@telvia.example\r\nBcc: all@telvia.example",
    "third@telvia.example, fourth@telvia.example",
    "third",
    "third@",
    "\u202ethird@telvia.example",
]
"""Addresses that the database may have from before: none of them is taken any more."""
THIRD = "third@telvia.example"
AGAIN = FIRST.model_copy(update={"retries": 1})
NOT_COMPOSABLE = HoldReason.MAIL_NOT_COMPOSABLE


@pytest.fixture
async def desk(database: Database) -> Desk:
    return Desk(database)


async def correct(desk: Desk, address: str) -> None:
    await run(desk.database, "UPDATE contacts SET email = :to WHERE name = 'Third'", to=address)


@pytest.mark.covers("S2")
@pytest.mark.parametrize("address", NOT_WRITABLE)
async def test_one_of_three_cannot_be_written_to_and_gets_the_mail_once_corrected(
    desk: Desk, address: str
) -> None:
    await desk.open(address)
    box = Letterbox()
    async with box.server() as server, mailer_for(server) as mailer:
        for _ in range(2):  # taken again, it does nothing more
            assert await as_a_workflow_would(desk.mails(mailer), FIRST) == NOT_COMPOSABLE
        assert box.recipients() == [QR, SECOND]
        assert sorted((await desk.states()).values()) == ["failed", "sent", "sent"]
        (reason,) = await run(desk.database, "SELECT reason FROM mails WHERE state = 'failed'")
        assert reason.reason == NOT_COMPOSABLE
        assert [event.split()[0] for event in await desk.events()] == [
            "mail.failed",
            "mail.sent",
            "mail.sent",
        ]
        await correct(desk, THIRD)
        assert await as_a_workflow_would(desk.mails(mailer), AGAIN) == "done"
    assert box.recipients() == [QR, SECOND, THIRD]
    assert set((await desk.states()).values()) == {"sent"}


@pytest.mark.covers("S2")
async def test_the_reason_stays_while_another_recipient_is_tried_again(desk: Desk) -> None:
    await desk.open(NOT_WRITABLE[0])
    box = Letterbox({"RCPT": Trouble(QR, deque(["450 4.2.0 later"] * 2))})
    async with box.server() as server, mailer_for(server) as mailer:
        assert await as_a_workflow_would(desk.mails(mailer), FIRST) == NOT_COMPOSABLE
    assert box.recipients() == [QR, SECOND]
    assert len([event for event in await desk.events() if event.startswith("mail.failed")]) == 1


@pytest.mark.covers("S2")
async def test_a_copy_that_cannot_be_sent_keeps_no_contact_from_the_mail(desk: Desk) -> None:
    await desk.open(subject="The code, please", body="Dear all", cc=(COPY,))
    await run(
        desk.database, "UPDATE qr_email_texts SET cc = cc || CAST(:odd AS varchar)", odd=NOT_WRITABLE[0]
    )
    box = Letterbox()
    async with box.server() as server, mailer_for(server) as mailer:
        assert await as_a_workflow_would(desk.mails(mailer), FIRST) == NOT_COMPOSABLE
    assert box.recipients() == sorted([COPY, QR, SECOND])
    assert all(shown["Cc"] == COPY for shown in (box.to(QR)[0], box.to(SECOND)[0]))


@pytest.mark.covers("S2")
async def test_a_notification_to_such_an_address_is_held(desk: Desk) -> None:
    await desk.open()
    await desk.import_code()
    await desk.notify(NOT_WRITABLE[0])
    box = Letterbox()
    async with box.server() as server, mailer_for(server) as mailer:
        assert await as_a_workflow_would(desk.mails(mailer), NOTICE, "send_notification") == NOT_COMPOSABLE
        await run(desk.database, "UPDATE qr_notifications SET address = :to", to=MANAGER)
        again = NOTICE.model_copy(update={"retries": 1})
        assert await as_a_workflow_would(desk.mails(mailer), again, "send_notification") == "done"
    assert box.recipients() == [MANAGER]


@pytest.mark.covers("S2")
async def test_whatever_fails_while_a_mail_is_composed_touches_no_other(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await world(database)
    order, post = await place(database), Post(database)
    await post.add_second_contact()

    def fails_for_one(email: Email, language: Language, *, reader: str, **more: Any) -> Content:
        if reader == "Second":
            raise KeyError(SECOND_ORDERS)
        return compose(email, language, reader=reader, **more)

    caplog.set_level(logging.WARNING)
    with monkeypatch.context() as patch:
        patch.setattr(sender, "compose", fails_for_one)
        with pytest.raises(MailInvalid):
            await post.provider.submit(order.order_id, "switch_to_esim", retries=0)
    assert post.mailer.to() == [ORDERS]
    assert await post.states() == ["sent", "failed"]
    assert "KeyError" in caplog.text
    assert "in fails_for_one" in caplog.text, "the frames say where"
    assert SECOND_ORDERS not in caplog.text
    await post.provider.submit(order.order_id, "switch_to_esim", retries=1)
    assert post.mailer.to() == [ORDERS, SECOND_ORDERS]
    assert await post.states() == ["sent", "sent"]


@pytest.mark.covers("S2")
async def test_bytes_that_cannot_be_written_are_never_uncertain(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.open()

    def fails(*_: object) -> bytes:
        raise TypeError

    box = Letterbox()
    async with box.server() as server, mailer_for(server) as mailer:
        with monkeypatch.context() as patch:
            patch.setattr(message, "message_bytes", fails)
            assert await as_a_workflow_would(desk.mails(mailer), FIRST) == NOT_COMPOSABLE
        assert box.arrived == []
        assert set((await desk.states()).values()) == {"failed"}
        assert await as_a_workflow_would(desk.mails(mailer), AGAIN) == "done"
    assert box.recipients() == [QR, SECOND]


@pytest.mark.covers("W1", "S2")
async def test_what_went_out_is_recorded_though_the_worker_fails_at_another(database: Database) -> None:
    await world(database)
    order, post = await place(database), Post(database)
    await post.add_second_contact()

    async def fail() -> None:
        if post.mailer.to()[-1] == SECOND_ORDERS:
            raise SystemError("killed")

    post.mailer.before = fail
    with pytest.raises(SystemError):
        await post.provider.submit(order.order_id, "switch_to_esim", retries=0)
    assert await post.states() == ["sent", "sending"]
