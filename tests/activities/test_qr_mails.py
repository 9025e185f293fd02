"""Who is written to about a QR code, and with which links."""

import asyncio
from collections import deque
from datetime import UTC, datetime, timedelta

import pytest

from models.errors import NotFound, Refused
from store.clock import set_clock
from store.session import Database
from tests.activities.qr_scene import (
    COPY,
    DOWNLOAD_FOR,
    FIRST,
    LETTER,
    MANAGER,
    NO_CODE,
    NOTICE,
    NOTIFICATION,
    QR,
    REMINDER,
    REQUEST,
    SECOND,
    UPLOAD_FOR,
    Desk,
    Letterbox,
    Trouble,
    as_a_workflow_would,
    text_of,
    tokens,
)
from tests.builders import ANA, run
from tests.mail.misbehaving import MisbehavingServer, Session
from tests.mail.scene import mailer_for


@pytest.fixture
async def desk(database: Database) -> Desk:
    return Desk(database)


@pytest.mark.covers("F27", "F30", "F35", "W2")
async def test_every_contact_is_asked_once_with_a_link_of_their_own(desk: Desk) -> None:
    await desk.open()
    box = Letterbox()
    async with box.server() as server, mailer_for(server) as mailer:
        for _ in range(3):
            assert await as_a_workflow_would(desk.mails(mailer), FIRST) == "done"
    assert box.recipients() == [QR, SECOND]
    (to_quentin,), (to_second,) = box.to(QR), box.to(SECOND)
    assert to_quentin["To"] == QR
    assert to_quentin["Reply-To"] == ANA
    assert to_quentin["Cc"] is None
    assert to_quentin["Message-ID"] != to_second["Message-ID"]
    assert text_of(to_quentin).startswith("The QR code of an eSIM is requested\n\nHello Quentin,\n")
    assert "Kind regards\nAna\n" in text_of(to_quentin)
    assert REQUEST in text_of(to_quentin)
    (token,), (other,) = tokens(to_quentin), tokens(to_second)
    assert token != other
    link = await desk.link(token)
    assert (link.sim_id, link.request_id) == (desk.sim_id, REQUEST)
    assert link.recipient != (await desk.link(other)).recipient
    assert f"until {link.expires_at.day} {link.expires_at:%B %Y, %H:%M} UTC" in text_of(to_quentin)
    assert abs(link.expires_at - datetime.now(UTC) - UPLOAD_FOR) < timedelta(minutes=1)
    assert set((await desk.states()).values()) == {"sent"}
    assert [event.split(" ")[0] for event in await desk.events()] == ["mail.sent"] * 2


@pytest.mark.covers("F29", "F30", "F35")
async def test_an_edited_letter_reaches_everybody_and_the_link_only_the_contacts(desk: Desk) -> None:
    await desk.open(**LETTER)
    box = Letterbox()
    async with box.server() as server, mailer_for(server) as mailer:
        await desk.mails(mailer).ask_for_code(FIRST)
    assert box.recipients() == [COPY, QR, SECOND], "who is asked gets no copy too"
    for _, message in box.arrived:
        assert message["Subject"] == "The code, please"
        assert "\nDear all,\n\nwe need it.\n" in text_of(message)
    assert box.to(QR)[0]["Cc"] == box.to(SECOND)[0]["Cc"] == COPY
    (copy,) = box.to(COPY)
    assert tokens(copy) == []
    assert "https:" not in text_of(copy)
    assert "a message to Quentin, Second" in text_of(copy)
    assert copy["To"] == COPY
    assert "mail.sent copy_requested cc:1" in await desk.events()


async def test_a_reminder_goes_to_the_contacts_with_a_new_link(desk: Desk) -> None:
    await desk.open(**LETTER)
    box = Letterbox()
    async with box.server() as server, mailer_for(server) as mailer:
        mails = desk.mails(mailer)
        await mails.ask_for_code(FIRST)
        for _ in range(2):
            await mails.remind_of_code(REMINDER)
        await mails.remind_of_code(REMINDER.model_copy(update={"number": 2}))
    assert box.recipients() == [COPY, *[QR] * 3, *[SECOND] * 3]
    assert len({message["Message-ID"] for message in box.to(QR)}) == 3
    given = [token for message in box.to(QR) for token in tokens(message)]
    assert len({(await desk.link(token)).id for token in given}) == 3
    assert "(reminder 2, qr-request-" in box.to(QR)[2]["Subject"]


async def test_who_asked_is_told_that_no_code_came(desk: Desk) -> None:
    await desk.open()
    box = Letterbox()
    async with box.server() as server, mailer_for(server) as mailer:
        for _ in range(2):
            await desk.mails(mailer).report_no_code(NO_CODE)
    assert box.recipients() == [ANA]
    assert "Telvia has not handed it in." in text_of(box.to(ANA)[0])
    assert tokens(box.to(ANA)[0]) == []


@pytest.mark.covers("W2")
async def test_sent_again_is_another_mail(desk: Desk) -> None:
    await desk.open()
    box = Letterbox()
    async with box.server() as server, mailer_for(server) as mailer:
        await desk.mails(mailer).ask_for_code(FIRST)
        await desk.send_again()
        await desk.mails(mailer).ask_for_code(FIRST.model_copy(update={"round": 2}))
    assert len({message["Message-ID"] for _, message in box.arrived}) == len(box.arrived) == 4


@pytest.mark.covers("F38")
async def test_a_manager_gets_a_link_that_shows_the_code(desk: Desk) -> None:
    await desk.open()
    version = await desk.import_code()
    await desk.notify()
    box = Letterbox()
    async with box.server() as server, mailer_for(server) as mailer:
        for _ in range(2):
            await desk.mails(mailer).send_notification(NOTICE)
    ((recipient, message),) = box.arrived
    assert recipient == MANAGER
    assert message["Reply-To"] == ANA
    (token,) = tokens(message)
    link = await desk.link(token, "download")
    assert (link.notification_id, link.version_id) == (NOTIFICATION, version)
    assert abs(link.expires_at - datetime.now(UTC) - DOWNLOAD_FOR) < timedelta(minutes=1)
    assert "SECRET" not in message.as_string(), "the code is behind the link, never in a mail"
    assert "Line: …0001" in text_of(message)
    assert "Device: " in text_of(message)
    assert "\nHello,\n" in text_of(message)
    assert await desk.events() == ["mail.sent manager_notified manager"]


async def test_a_manager_whom_the_account_knows_is_greeted_by_name(desk: Desk) -> None:
    await desk.open()
    await desk.import_code()
    await desk.notify()
    known = "INSERT INTO employees (account_id, name, email) SELECT id, 'Max', upper(:mail) FROM accounts"
    await run(desk.database, known, mail=MANAGER)
    box = Letterbox()
    async with box.server() as server, mailer_for(server) as mailer:
        await desk.mails(mailer).send_notification(NOTICE)
    assert "\nHello Max,\n" in text_of(box.to(MANAGER)[0])


async def test_a_reminder_waits_until_the_distributor_was_silent_for_long_enough(desk: Desk) -> None:
    """By the database's clock: a timer that fires early sends nothing, and learns how much is missing."""
    await desk.open()
    box = Letterbox()
    early = REMINDER.model_copy(update={"silent_for": timedelta(days=3)})
    async with box.server() as server, mailer_for(server) as mailer:
        mails = desk.mails(mailer)
        left = (await mails.remind_of_code(early)).due_in
        assert left is not None
        assert timedelta(days=2, hours=23) < left <= timedelta(days=3)
        assert box.arrived == []
        async with desk.database.transaction() as connection:
            await set_clock(connection, timedelta(days=4))
        nobody = early.model_copy(update={"number": None})
        assert (await mails.remind_of_code(nobody)).due_in is None
        assert box.arrived == [], "without a number it is only asked whether it is time"
        assert (await mails.remind_of_code(early)).due_in is None
        assert sorted({recipient for recipient, _ in box.arrived}) == [QR, SECOND]
        assert (await mails.remind_of_code(early)).due_in is not None, "just reminded"


# --- what is over is not mailed any more ------------------------------------------------------------------


@pytest.mark.parametrize("step", ["ask_for_code", "remind_of_code", "report_no_code"])
@pytest.mark.parametrize("end", ["withdrawn", "imported"])
async def test_nothing_is_sent_once_the_request_is_over(desk: Desk, step: str, end: str) -> None:
    await desk.open()
    await (desk.withdraw() if end == "withdrawn" else desk.import_code())
    message = REMINDER if step == "remind_of_code" else NO_CODE
    box = Letterbox()
    async with box.server() as server, mailer_for(server) as mailer:
        assert await as_a_workflow_would(desk.mails(mailer), message, step) == "done"
        await run(desk.database, "DELETE FROM contact_roles")
        assert await as_a_workflow_would(desk.mails(mailer), message, step) == "done"
    assert box.arrived == []
    assert await run(desk.database, "SELECT 1 FROM links") == []


@pytest.mark.covers("F60")
async def test_a_notification_of_a_replaced_code_is_not_sent(desk: Desk) -> None:
    await desk.open()
    await desk.import_code()
    await desk.notify()
    await desk.import_code("ANOTHER")
    box = Letterbox()
    async with box.server() as server, mailer_for(server) as mailer:
        await desk.mails(mailer).send_notification(NOTICE)
    assert box.arrived == []
    assert await run(desk.database, "SELECT 1 FROM links") == []


async def test_a_link_that_was_on_its_way_when_the_request_ended_is_dead(desk: Desk) -> None:
    await desk.open()
    reached, ended = asyncio.Event(), asyncio.Event()

    async def wait(_: Session) -> None:
        reached.set()
        await ended.wait()

    box = Letterbox({"RCPT": Trouble(QR, deque([wait]))})
    async with box.server() as server, mailer_for(server) as mailer:
        sending = asyncio.create_task(desk.mails(mailer).ask_for_code(FIRST))
        await reached.wait()
        await desk.withdraw()
        ended.set()
        await sending
    for message in (*box.to(QR), *box.to(SECOND)):
        with pytest.raises(Refused) as dead:
            await desk.link(tokens(message)[0])
        assert [refusal.code for refusal in dead.value.refusals] == ["request_over"]


@pytest.mark.covers("F56")
async def test_who_lost_the_role_is_not_written_to(desk: Desk) -> None:
    await desk.open()
    gone = "DELETE FROM contact_roles WHERE contact_id = (SELECT id FROM contacts WHERE email = :address)"
    await run(desk.database, gone, address=QR)
    box = Letterbox()
    async with box.server() as server, mailer_for(server) as mailer:
        await desk.mails(mailer).ask_for_code(FIRST)
        assert box.recipients() == [SECOND]
        await run(desk.database, gone, address=SECOND)
        assert await as_a_workflow_would(desk.mails(mailer), REMINDER, "remind_of_code") == "refused"
    assert box.recipients() == [SECOND]


async def test_a_request_or_notification_that_does_not_exist(desk: Desk) -> None:
    async with MisbehavingServer() as server, mailer_for(server) as mailer:
        for name, step in (("ask_for_code", FIRST), ("send_notification", NOTICE)):
            with pytest.raises(NotFound):
                await getattr(desk.mails(mailer), name)(step)
