"""Where the server offers PIPELINING, sender, recipient and DATA leave together, and no refusal is missed."""

import asyncio

import pytest

from mail.errors import MailError, MailRefusedUs, MailRejected, MailUnavailable
from mail.replies import LONGEST_REPLY, Replies
from tests.mail.misbehaving import Answer, MisbehavingServer, Session, hang
from tests.mail.scene import a_mail, mailer_for

REFUSED = "550 5.1.1 unknown"


def verbs(server: MisbehavingServer) -> list[str]:
    return [words.split(" ")[0] for _, words in server.commands]


async def test_three_commands_leave_before_the_first_is_answered() -> None:
    seen = []

    async def wait_for_all(session: Session) -> None:
        seen.extend([await session.reader.readline() for _ in range(2)])
        session.writer.write(b"250 OK\r\n250-OK\r\n250 OK\r\n354 go on\r\n")
        await session.take_content()
        raise ConnectionResetError

    async with (
        MisbehavingServer({"MAIL": wait_for_all}, pipelining=True) as server,
        mailer_for(server) as mailer,
    ):
        await mailer.send(a_mail())
    assert seen == [b"RCPT TO:<camille.roy@client.example>\r\n", b"DATA\r\n"]
    assert len(server.taken) == 1


@pytest.mark.parametrize("moment", ["MAIL", "RCPT", "DATA"])
async def test_without_the_offer_each_command_waits_for_the_answer(moment: str) -> None:
    async with MisbehavingServer({moment: REFUSED}) as server, mailer_for(server) as mailer:
        with pytest.raises(MailError):
            await mailer.send(a_mail())
    assert verbs(server) == ["EHLO", "MAIL", "RCPT", "DATA"][: 2 + ["MAIL", "RCPT", "DATA"].index(moment)]


async def test_content_that_a_server_wants_for_no_recipient_is_ended_empty() -> None:
    reset = asyncio.Event()

    async def heard(_: Session) -> None:
        reset.set()

    async with (
        MisbehavingServer({"RCPT": REFUSED, "RSET": heard}, pipelining=True) as server,
        mailer_for(server) as mailer,
    ):
        with pytest.raises(MailRejected) as refused:
            await mailer.send(a_mail())
        async with asyncio.timeout(30):
            await reset.wait()
    assert refused.value.code == 550
    assert server.sessions[0].content == b".\r\n"
    assert (server.contents, server.taken) == (0, [])


@pytest.mark.parametrize("answer", ["503 no recipients", "554 no valid recipients", "421 bye", hang])
async def test_the_refusal_of_the_recipient_is_what_counts(answer: Answer) -> None:
    async with (
        MisbehavingServer({"RCPT": REFUSED, "DATA": answer}, pipelining=True) as server,
        mailer_for(server) as mailer,
    ):
        with pytest.raises(MailRejected) as refused:
            await mailer.send(a_mail())
        assert refused.value.code == 550
        assert verbs(server) == ["EHLO", "MAIL", "RCPT", "DATA"]
        assert server.contents == 0


async def test_a_recipient_is_not_written_to_for_a_refused_sender() -> None:
    """A server that takes recipient and DATA all the same would deliver even empty content."""
    ended = asyncio.Event()

    async def until_the_end(session: Session) -> None:
        session.writer.write(b"354 go on\r\n")
        assert await session.reader.read() == b""
        ended.set()
        raise ConnectionResetError

    told: dict[str, Answer] = {"MAIL": "550 not you", "DATA": until_the_end}
    async with MisbehavingServer(told, pipelining=True) as server, mailer_for(server) as mailer:
        with pytest.raises(MailRefusedUs):
            await mailer.send(a_mail())
        async with asyncio.timeout(30):
            await ended.wait()


async def test_a_word_of_goodbye_to_an_idle_connection_is_no_answer_to_the_next_mail() -> None:
    async with MisbehavingServer(pipelining=True) as server, mailer_for(server) as mailer:
        await mailer.send(a_mail(1))
        server.sessions[0].writer.write(b"421 4.4.2 idle for too long\r\n")
        await mailer.send(a_mail(2))
    assert [session.mails for session in server.sessions] == [1, 1]


async def test_an_answer_without_end_is_given_up() -> None:
    async with (
        MisbehavingServer({"MAIL": "250-" + "x" * LONGEST_REPLY}, pipelining=True) as server,
        mailer_for(server) as mailer,
    ):
        with pytest.raises(MailUnavailable):
            await mailer.send(a_mail())


async def test_replies_are_the_same_however_they_arrive() -> None:
    said = b"250 OK\r\n550-5.1.1 no such\r\n550 5.1.1 user\r\n354\r\n250 \xc3\xa9\r\n"
    for size in range(1, len(said) + 1):
        replies = Replies(asyncio.Transport())
        for start in range(0, len(said), size):
            replies.data_received(said[start : start + size])
        read = [await replies.read() for _ in range(4)]
        assert [reply.code for reply in read] == [250, 550, 354, 250]
        assert [reply.message for reply in read] == ["OK", "5.1.1 no such\n5.1.1 user", "", "é"]
