"""What the mail servers that people have answer, and what becomes of an e-mail: over TCP, in the database."""

import pytest

from activities.failures import FAILURES
from mail.errors import MailError
from mail.smtp import SmtpMailer
from models.language import Language
from models.orders.lifecycle import HoldReason
from models.orders.placement import Acceptance
from outbox.sender import Outbox, Outgoing
from outbox.swaps import RequesterProcessed
from store.mail_subjects import AboutOrder, Person
from store.session import Database
from tests.builders import place, run, world
from tests.mail.misbehaving import MisbehavingServer
from tests.mail.real_servers import MAKES, MICROSOFT, Greylisting, playing, three_at_once
from tests.mail.scene import patience
from tests.outbox.scene import ORDER

RECORDED = {
    HoldReason.MAIL_CONFIGURATION: "unsent",
    HoldReason.MAIL_UNAVAILABLE: "unsent",
    HoldReason.MAIL_REJECTED: "failed",
    HoldReason.MAIL_UNCERTAIN: "sending",
}
"""The state in which each leaves an e-mail: `failed` is the recipient's fault and is not tried again."""


def mailer(server: MisbehavingServer) -> SmtpMailer:
    return SmtpMailer(server.url, "eSIM <orders@esim.example>", timeout=patience(None))


def outgoing(turn: int) -> Outgoing:
    """An e-mail about an order, of which there are several."""
    to = Person("contact:1", "Camille Roy", "camille.roy@client.example", Language.EN)
    return Outgoing(RequesterProcessed.of(ORDER), to, (turn,))


@pytest.fixture
async def order(database: Database) -> Acceptance:
    await world(database)
    return await place(database)


async def sent(
    database: Database, order: Acceptance, server: MisbehavingServer, turn: int
) -> HoldReason | None:
    """Send one e-mail; the reason to hold that comes of it, None if it was sent."""
    about = AboutOrder(order.order_id, 1)
    async with mailer(server) as mails:
        try:
            await Outbox(database, mails, "esim.example").send(about, [outgoing(turn)], 0)
        except MailError as failure:
            return next(HoldReason(name) for kind, name, _ in FAILURES if isinstance(failure, kind))
    return None


async def state(database: Database, turn: int) -> tuple[str, str | None]:
    rows = await run(
        database, "SELECT state, failure, reason FROM mails WHERE id LIKE :like", like=f"%/{turn}/%"
    )
    (row,) = rows
    return row.state, row.reason


@pytest.mark.covers("R14")
@pytest.mark.parametrize("make", MAKES)
async def test_what_is_our_fault_is_never_the_recipients(
    database: Database, order: Acceptance, make: str
) -> None:
    wrong = []
    for turn, told in enumerate(MAKES[make].answers):
        async with playing(MAKES[make], {told.moment: told.answer}) as server:
            means = await sent(database, order, server, turn)
        recorded = (await state(database, turn))[0]
        if (means, recorded) != (told.means, RECORDED[told.means]):
            wrong.append((told.moment, told.answer, told.means, means, recorded))
    assert wrong == []


@pytest.mark.covers("R14")
async def test_no_answer_of_a_server_is_kept(database: Database, order: Acceptance) -> None:
    answer = next(told for told in MICROSOFT.answers if "SendAsDenied" in told.answer)
    async with playing(MICROSOFT, {answer.moment: answer.answer}) as server:
        await sent(database, order, server, 1)
    rows = await run(database, "SELECT data::text AS said FROM events WHERE type LIKE 'mail.%'")
    assert not [row.said for row in rows if "SendAsDenied" in row.said or "orders@" in row.said]


@pytest.mark.covers("R14")
async def test_a_greylisting_server_takes_the_next_attempt(database: Database, order: Acceptance) -> None:
    async with Greylisting().server() as server:
        assert await sent(database, order, server, 1) == HoldReason.MAIL_UNAVAILABLE
        assert await sent(database, order, server, 1) is None
        assert len(server.taken) == 1
    assert (await state(database, 1))[0] == "sent"


@pytest.mark.covers("R14")
@pytest.mark.parametrize("make", MAKES)
async def test_each_make_of_server_takes_an_email(database: Database, order: Acceptance, make: str) -> None:
    async with playing(MAKES[make]) as server:
        assert await sent(database, order, server, 1) is None
        assert len(server.taken) == 1


@pytest.mark.covers("R14")
async def test_twenty_emails_at_once_are_taken_by_a_server_that_allows_three_connections(
    database: Database, order: Acceptance
) -> None:
    about = AboutOrder(order.order_id, 1)
    async with playing(MICROSOFT, {"MAIL": three_at_once}) as server, mailer(server) as mails:
        await Outbox(database, mails, "esim.example").send(about, [outgoing(turn) for turn in range(20)], 0)
        assert server.most_open == 3
    assert len(server.taken) == 20
