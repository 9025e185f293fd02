"""Connections are used again, replaced when the server closed them, and never used after a doubt."""

import asyncio
from datetime import timedelta

import pytest

from mail.errors import MailAmbiguous, MailRejected, MailUnavailable
from tests.mail.misbehaving import Answer, MisbehavingServer, Session, drop, hang
from tests.mail.scene import a_mail, mailer_for, patience

pytestmark = pytest.mark.usefixtures("pipelining")


def numbers(server: MisbehavingServer) -> list[int]:
    """The numbers of the mails taken, in order."""
    return sorted(int(taken.content.split(b"\r\nMail ")[1].split()[0]) for taken in server.taken)


class OnFirst:
    """Misbehave on the first connection only, once it has taken `after` mails; tell when it is reached."""

    def __init__(self, answer: Answer, after: int = 0) -> None:
        self.answer = answer
        self.after = after
        self.reached = asyncio.Event()

    async def __call__(self, session: Session) -> str | None:
        if session.number != 1 or session.mails != self.after:
            return None
        self.reached.set()
        return self.answer if isinstance(self.answer, str) else await self.answer(session)


async def test_mails_share_a_connection() -> None:
    async with MisbehavingServer() as server, mailer_for(server) as mailer:
        for number in range(5):
            await mailer.send(a_mail(number))
    assert len(server.sessions) == 1
    assert numbers(server) == [0, 1, 2, 3, 4]


async def test_a_connection_is_given_up_after_its_share_of_mails() -> None:
    async with MisbehavingServer() as server, mailer_for(server, mails_per_connection=2) as mailer:
        for number in range(5):
            await mailer.send(a_mail(number))
    assert [session.mails for session in server.sessions] == [2, 2, 1]


async def test_a_connection_that_idled_too_long_is_not_used_again() -> None:
    async with MisbehavingServer() as server, mailer_for(server, idle=timedelta(0)) as mailer:
        for number in range(3):
            await mailer.send(a_mail(number))
    assert [session.mails for session in server.sessions] == [1, 1, 1]


async def test_an_idle_connection_closed_by_the_server_goes_unnoticed() -> None:
    async with MisbehavingServer() as server, mailer_for(server) as mailer:
        await mailer.send(a_mail(1))
        server.sessions[0].writer.close()
        await server.sessions[0].writer.wait_closed()
        await mailer.send(a_mail(2))
    assert numbers(server) == [1, 2]
    assert len(server.sessions) == 2


@pytest.mark.parametrize("moment", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("answer", [drop, hang, "421 4.4.2 idle for too long"])
async def test_an_idle_connection_found_dead_is_replaced(moment: str, answer: Answer) -> None:
    async with (
        MisbehavingServer({moment: OnFirst(answer, after=1)}) as server,
        mailer_for(server, timeout=patience(answer)) as mailer,
    ):
        await mailer.send(a_mail(1))
        await mailer.send(a_mail(2))
    assert numbers(server) == [1, 2]
    assert [session.mails for session in server.sessions] == [1, 1]


async def test_a_dead_connection_is_replaced_only_once() -> None:
    async def broken(session: Session) -> None:
        if session.server.taken:
            await drop(session)

    async with MisbehavingServer({"MAIL": broken}) as server, mailer_for(server) as mailer:
        await mailer.send(a_mail(1))
        with pytest.raises(MailUnavailable):
            await mailer.send(a_mail(2))
        assert len(server.sessions) == 2


async def test_an_idle_connection_that_dies_with_the_content_is_ambiguous_and_not_repeated() -> None:
    async with MisbehavingServer({"CONTENT": OnFirst(drop, after=1)}) as server, mailer_for(server) as mailer:
        await mailer.send(a_mail(1))
        with pytest.raises(MailAmbiguous):
            await mailer.send(a_mail(2))
        assert server.contents == 2
        assert len(server.sessions) == 1


async def test_after_a_refusal_the_next_mail_has_a_connection_of_its_own() -> None:
    async with MisbehavingServer({"RCPT": OnFirst("550 unknown")}) as server, mailer_for(server) as mailer:
        with pytest.raises(MailRejected):
            await mailer.send(a_mail(1))
        await mailer.send(a_mail(2))
    assert [session.mails for session in server.sessions] == [0, 1]


async def test_many_mails_at_once_keep_to_a_few_connections() -> None:
    async with (
        MisbehavingServer() as server,
        mailer_for(server, connections=3) as mailer,
    ):
        await asyncio.gather(*(mailer.send(a_mail(number)) for number in range(60)))
        assert server.open <= 3
    assert server.most_open == 3
    assert numbers(server) == list(range(60))
    assert len(server.sessions) == 3


async def test_many_mails_at_once_through_a_flaky_server_arrive_once_or_fail_clearly() -> None:
    async def flaky(session: Session) -> None:
        if session.mails == 3:
            await drop(session)

    async with (
        MisbehavingServer({"MAIL": flaky}) as server,
        mailer_for(server, connections=4) as mailer,
    ):
        await asyncio.gather(*(mailer.send(a_mail(number)) for number in range(40)))
    assert numbers(server) == list(range(40))


async def test_a_slow_mail_does_not_hold_up_the_others() -> None:
    stuck = OnFirst(hang)
    async with MisbehavingServer({"RCPT": stuck}) as server, mailer_for(server) as mailer:
        slow = asyncio.create_task(mailer.send(a_mail(1)))
        await stuck.reached.wait()
        await mailer.send(a_mail(2))
        assert numbers(server) == [2]
        slow.cancel()
        with pytest.raises(asyncio.CancelledError):
            await slow


@pytest.mark.parametrize("moment", ["GREETING", "EHLO", "MAIL", "RCPT", "DATA", "CONTENT"])
async def test_a_cancelled_mail_leaves_nothing_behind(moment: str) -> None:
    stuck = OnFirst(hang)
    async with (
        MisbehavingServer({moment: stuck}) as server,
        mailer_for(server, connections=1) as mailer,
    ):
        cancelled = asyncio.create_task(mailer.send(a_mail(1)))
        waiting = asyncio.create_task(mailer.send(a_mail(2)))
        await stuck.reached.wait()
        cancelled.cancel()
        with pytest.raises(asyncio.CancelledError):
            await cancelled
        await waiting
        await mailer.send(a_mail(3))
    assert numbers(server) == [2, 3]
    assert [session.mails for session in server.sessions] == [0, 2]


async def test_a_mail_cancelled_while_it_queues_does_not_cost_a_connection() -> None:
    stuck = OnFirst(hang)
    async with (
        MisbehavingServer({"RCPT": stuck}) as server,
        mailer_for(server, connections=1) as mailer,
    ):
        first = asyncio.create_task(mailer.send(a_mail(1)))
        await stuck.reached.wait()
        queued = asyncio.create_task(mailer.send(a_mail(2)))
        await asyncio.sleep(0)
        for task in (queued, first):
            task.cancel()
        await asyncio.gather(first, queued, return_exceptions=True)
        await mailer.send(a_mail(3))
    assert numbers(server) == [3]


async def test_closing_takes_leave_of_the_server() -> None:
    async with MisbehavingServer() as server:
        async with mailer_for(server) as mailer:
            await mailer.send(a_mail(1))
        assert server.commands[-1] == (1, "QUIT")
        with pytest.raises(MailUnavailable, match="closed"):
            await mailer.send(a_mail(2))
    assert numbers(server) == [1]


async def test_closing_does_not_depend_on_the_server() -> None:
    async with (
        MisbehavingServer({"QUIT": drop}) as server,
        mailer_for(server) as mailer,
    ):
        await mailer.send(a_mail(1))
    assert numbers(server) == [1]


async def test_a_mail_under_way_is_finished_when_the_mailer_closes() -> None:
    closing = asyncio.Event()
    reached = asyncio.Event()

    async def wait(session: Session) -> None:
        reached.set()
        await closing.wait()

    async with MisbehavingServer({"RCPT": wait}) as server:
        async with mailer_for(server) as mailer:
            under_way = asyncio.create_task(mailer.send(a_mail(1)))
            await reached.wait()
        closing.set()
        await under_way
    assert numbers(server) == [1]
