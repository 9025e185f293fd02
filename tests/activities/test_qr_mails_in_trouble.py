"""Each mail about a QR code once, or held, whatever the mail server does."""

import socket
from collections import deque

import pytest

from mail.smtp import SmtpMailer
from models.orders.lifecycle import HoldReason
from store.session import Database
from tests.activities.qr_scene import (
    COPY,
    FIRST,
    LETTER,
    MANAGER,
    NOTICE,
    NOTIFICATION,
    QR,
    REQUEST,
    SECOND,
    Desk,
    Letterbox,
    Trouble,
    as_a_workflow_would,
    text_of,
    tokens,
)
from tests.builders import run
from tests.mail.misbehaving import Answer, MisbehavingServer, drop, hang
from tests.mail.scene import mailer_for, patience


@pytest.fixture
async def desk(database: Database) -> Desk:
    return Desk(database)


TROUBLES: list[tuple[str, list[Answer], str, int]] = [
    ("RCPT", ["450 4.2.0 greylisted"], "done", 1),
    ("RCPT", ["421 4.3.0 later"], "done", 1),
    ("RCPT", [drop], "done", 1),
    ("RCPT", [hang], "done", 1),
    ("RCPT", ["550 5.1.1 unknown"] * 9, HoldReason.MAIL_REJECTED, 0),
    ("DATA", ["451 4.3.0 later"], "done", 1),
    ("DATA", ["554 5.5.0 no"] * 9, HoldReason.MAIL_REJECTED, 0),
    ("CONTENT", ["451 4.7.1 later"], "done", 2),
    ("CONTENT", ["554 5.6.0 spam"] * 9, HoldReason.MAIL_REJECTED, 1),
    ("CONTENT", ["421 4.3.0 shutting down"], "done", 2),
    ("CONTENT", ["421 4.3.0 shutting down"] * 9, HoldReason.MAIL_UNCERTAIN, 2),
    ("CONTENT", [drop], "done", 2),
    ("CONTENT", [drop] * 9, HoldReason.MAIL_UNCERTAIN, 2),
    ("CONTENT", [hang], "done", 2),
    ("CONTENT", [hang] * 9, HoldReason.MAIL_UNCERTAIN, 2),
]
"""When, what the server says, how the step ends, and how often the content travelled."""


def refused_contents(moment: str, answers: list[Answer], travelled: int) -> int:
    """How many of the contents that travelled the server certainly did not take."""
    certain = [answer for answer in answers if isinstance(answer, str) and answer[:3] in ("451", "554")]
    return min(len(certain), travelled) if moment == "CONTENT" else 0


async def links_to(desk: Desk, address: str) -> int:
    """How many links there are for the contact with this address."""
    of_contact = (
        "SELECT count(*) FROM links JOIN contacts c ON recipient = 'contact:' || c.id WHERE email = :to"
    )
    return int((await run(desk.database, of_contact, to=address))[0].count)


@pytest.mark.covers("W1", "W2", "W5")
@pytest.mark.parametrize(("moment", "answers", "end", "travelled"), TROUBLES)
async def test_a_mail_goes_out_or_is_held_and_touches_no_other(
    desk: Desk, moment: str, answers: list[Answer], end: str, travelled: int
) -> None:
    await desk.open(**LETTER)
    box = Letterbox({moment: Trouble(QR, deque(answers))})
    async with box.server() as server, mailer_for(server, timeout=patience(answers[0])) as mailer:
        for _ in range(2):  # taken again, it does nothing more
            assert await as_a_workflow_would(desk.mails(mailer), FIRST) == end
    assert len(box.to(QR)) == travelled <= 2
    assert len(box.to(SECOND)) == len(box.to(COPY)) == 1, "one recipient's failure touches no other"
    assert len({message["Message-ID"] for message in box.to(QR)}) <= 1
    taken = [mail for mail in server.taken if QR in mail.recipient]
    assert len(taken) == (end == "done")
    given = [token for message in box.to(QR) for token in tokens(message)]
    assert len(set(given)) == travelled
    left = given[refused_contents(moment, answers, travelled) :]
    for token in left:
        assert (await desk.link(token)).request_id == REQUEST, "whichever mail arrived, its link works"
    assert await links_to(desk, QR) == len(left), "no other link is left"


@pytest.mark.covers("W1", "F38")
@pytest.mark.parametrize(("moment", "answers", "end", "travelled"), TROUBLES)
async def test_a_notification_goes_out_or_is_held(
    desk: Desk, moment: str, answers: list[Answer], end: str, travelled: int
) -> None:
    await desk.open()
    await desk.import_code()
    await desk.notify()
    box = Letterbox({moment: Trouble(MANAGER, deque(answers))})
    async with box.server() as server, mailer_for(server, timeout=patience(answers[0])) as mailer:
        assert await as_a_workflow_would(desk.mails(mailer), NOTICE, "send_notification") == end
    assert len(box.arrived) == travelled
    assert len({message["Message-ID"] for _, message in box.arrived}) <= 1
    left = box.arrived[refused_contents(moment, answers, travelled) :]
    for _, message in left:
        assert (await desk.link(tokens(message)[0], "download")).notification_id == NOTIFICATION
    assert await run(desk.database, "SELECT count(*) FROM links") == [(len(left),)]


@pytest.mark.covers("W5")
@pytest.mark.parametrize(
    ("moment", "answer", "held_for"),
    [
        ("RCPT", "550 5.1.1 unknown", HoldReason.MAIL_REJECTED),
        ("CONTENT", "421 4.3.0 shutting down", HoldReason.MAIL_UNCERTAIN),
    ],
)
async def test_a_persons_retry_sends_once_more(
    desk: Desk, moment: str, answer: str, held_for: HoldReason
) -> None:
    await desk.open()
    trouble = Trouble(QR, deque([answer] * 2))
    box = Letterbox({moment: trouble})
    async with box.server() as server, mailer_for(server) as mailer:
        assert await as_a_workflow_would(desk.mails(mailer), FIRST) == held_for
        trouble.answers.clear()
        retried = FIRST.model_copy(update={"retries": 1})
        assert await as_a_workflow_would(desk.mails(mailer), retried) == "done"
    assert len([mail for mail in server.taken if QR in mail.recipient]) == 1
    assert len({message["Message-ID"] for message in box.to(QR)}) == 1
    assert len(box.to(SECOND)) == 1
    assert (await desk.link(tokens(box.to(QR)[-1])[0])).request_id == REQUEST


@pytest.mark.covers("W1", "S4")
async def test_a_mail_server_that_is_down_delays_every_mail_and_loses_none(desk: Desk) -> None:
    await desk.open(**LETTER)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        async with SmtpMailer(f"smtp://127.0.0.1:{taken.getsockname()[1]}", "o@esim.example") as mailer:
            assert await as_a_workflow_would(desk.mails(mailer), FIRST) == "tried for ever"
    assert set((await desk.states()).values()) == {"unsent"}
    assert await run(desk.database, "SELECT id FROM links") == [], "none left, so none is open"
    box = Letterbox()
    async with box.server() as server, mailer_for(server) as mailer:
        assert await as_a_workflow_would(desk.mails(mailer), FIRST) == "done"
    assert box.recipients() == [COPY, QR, SECOND]
    assert [await links_to(desk, address) for address in (QR, SECOND)] == [1, 1]


@pytest.mark.covers("W5")
async def test_a_refused_login_is_for_the_operator(desk: Desk) -> None:
    await desk.open()
    box = Letterbox()
    async with MisbehavingServer({"AUTH": "535 5.7.8 no"}, extensions=("250-AUTH PLAIN",)) as server:
        url = f"smtp://orders:secret@127.0.0.1:{server.port}"
        async with mailer_for(server, url=url) as mailer:
            assert await as_a_workflow_would(desk.mails(mailer), FIRST) == HoldReason.MAIL_CONFIGURATION
    async with box.server() as server, mailer_for(server) as mailer:
        assert await as_a_workflow_would(desk.mails(mailer), FIRST) == "done"
    assert box.recipients() == [QR, SECOND]


async def test_an_address_that_the_server_cannot_take_is_held_and_the_others_are_served(desk: Desk) -> None:
    await desk.open(**LETTER | {"cc": ("zoé@acme.example", COPY)})
    await run(desk.database, "UPDATE contacts SET email = 'zoé@telvia.example' WHERE email = :qr", qr=QR)
    box = Letterbox()
    async with box.server() as server, mailer_for(server) as mailer:
        assert await as_a_workflow_would(desk.mails(mailer), FIRST) == HoldReason.MAIL_REJECTED
    assert box.recipients() == [COPY, SECOND]
    assert box.to(SECOND)[0]["Cc"] == COPY
    assert "zoé@acme.example" in text_of(box.to(SECOND)[0]), "the copy that no header can name is told of"
    box = Letterbox()
    async with box.server(("250-SMTPUTF8",)) as server, mailer_for(server) as mailer:
        retried = FIRST.model_copy(update={"retries": 1})
        assert await as_a_workflow_would(desk.mails(mailer), retried) == "done"
    assert box.recipients() == ["zoé@acme.example", "zoé@telvia.example"]


@pytest.mark.covers("W6")
async def test_no_failure_of_a_mail_repeats_an_address_or_a_token(desk: Desk) -> None:
    await desk.open()
    box = Letterbox({"RCPT": Trouble(QR, deque([f"550 5.1.1 <{QR}> unknown"]))})
    async with box.server() as server, mailer_for(server) as mailer:
        with pytest.raises(Exception, match="550") as failed:
            await desk.mails(mailer).ask_for_code(FIRST)
    told = str(failed.value) + str(await run(desk.database, "SELECT failure FROM mails"))
    told += str(await run(desk.database, "SELECT type, data FROM events"))
    for secret in (QR, "telvia.example", "Quentin", *tokens(box.to(SECOND)[0])):
        assert secret not in told
