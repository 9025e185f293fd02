"""The real thing: the desk, a worker, PostgreSQL, a mail server and Temporal, around the world of a test."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from temporalio.client import WorkflowHandle

from mail.smtp import SmtpMailer
from models.errors import Refused
from models.fleet.inventory import LineView
from models.orders.lifecycle import OrderKind
from models.people.callers import Caller
from settings import Settings
from starter import callers
from starter.orders.desk import OrderDesk
from starter.orders.drafts import OrderDraft
from store.clock import set_clock
from store.session import Database
from tests.builders import ANA, OPERATOR, DataDesks, run
from tests.starter.shell import Said, Shell
from tests.temporal_server import Temporal, comes_true, eventually, running
from worker import order_worker


@dataclass
class Received:
    to: list[str]
    subject: str
    message_id: str
    text: str


@dataclass
class Mailbox:
    """A mail server that takes everything, or answers what it is told to."""

    mails: list[Received] = field(default_factory=list)
    answer: str = "250 2.0.0 taken"
    answers: dict[str, str] = field(default_factory=dict)
    """By recipient, where it is another than to the rest."""
    refused_subjects: dict[str, str] = field(default_factory=dict)
    """By a part of the subject: these are refused."""
    hesitation: float = 0
    """Seconds that the server takes to answer once it has a mail."""
    port: int = 0
    begun: int = 0
    door: asyncio.Event | None = None
    """Answers wait until it is set."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.begun += 1
        if self.door is not None:
            await self.door.wait()
        await asyncio.sleep(self.hesitation)
        answer = self.answers.get(str(envelope.rcpt_tos[0]), self.answer)
        if not answer.startswith("250"):
            return answer
        parsed = message_from_bytes(bytes(envelope.original_content or b""), policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        for part, refusal in self.refused_subjects.items():
            if part in str(parsed["Subject"]):
                return refusal
        body = parsed.get_body(("plain",))
        text = body.get_content() if body else ""
        to = [str(recipient) for recipient in envelope.rcpt_tos]
        self.mails.append(Received(to, str(parsed["Subject"]), str(parsed["Message-ID"]), text))
        return answer

    def recipients(self) -> list[str]:
        return [recipient for mail in self.mails for recipient in mail.to]

    async def got(self, *recipients: str) -> None:
        """Wait until exactly these have got a mail each, in whatever order."""
        await comes_true(lambda: len(self.recipients()) >= len(recipients))
        assert sorted(self.recipients()) == sorted(recipients)


@asynccontextmanager
async def a_mailbox(port: int = 0) -> AsyncIterator[Mailbox]:
    mailbox = Mailbox()
    loop = asyncio.get_running_loop()

    def session() -> SMTP:
        return SMTP(mailbox, hostname="localhost", enable_SMTPUTF8=True, loop=loop)

    server = await loop.create_server(session, "127.0.0.1", port)
    mailbox.port = server.sockets[0].getsockname()[1]
    yield mailbox
    server.close()


class Scene:
    def __init__(self, temporal: Temporal, database: Database, settings: Settings, mailbox: Mailbox) -> None:
        self.temporal = temporal
        self.database = database
        self.settings = settings.model_copy(update={"workflow_sandbox": True})
        self.mailbox = mailbox
        self.desks = DataDesks(database)
        self.desk = OrderDesk(temporal.client, database, settings)
        self._ahead = timedelta()

    def shell(self) -> Shell:
        """A shell in which the product is typed with the settings of this scene."""
        where = {
            "ESIM_TEMPORAL_ADDRESS": self.settings.temporal_address,
            "ESIM_TASK_QUEUE": self.settings.task_queue,
            "ESIM_SECRET_KEYS": self.settings.secret_keys,
        }
        return Shell(self.settings.data_dir, self.settings.database_url, where)

    async def typed(self, *words: str, code: int = 0, typed: str = "") -> Said:
        """What the command says, which must end with the exit code; one that reads what is `typed` runs as a
        process of its own.
        """
        shell = self.shell()
        run = partial(shell.process, typed=typed) if typed else shell.run
        return await asyncio.to_thread(lambda: run(*words, code=code))

    def impatient(self, seconds: float = 0.5) -> OrderDesk:
        """A desk that does not wait long for a worker."""
        settings = self.settings.model_copy(update={"answer_timeout": timedelta(seconds=seconds)})
        return OrderDesk(self.temporal.client, self.database, settings)

    @asynccontextmanager
    async def worker(self) -> AsyncIterator[None]:
        async with (
            SmtpMailer(self.settings.smtp_url, self.settings.mail_from) as mailer,
            running(order_worker(self.temporal.client, self.database, mailer, self.settings)),
        ):
            yield

    def draft(self, number: int = 1, **changes: Any) -> OrderDraft:
        """Ana's wish for the line of this number; on a physical SIM unless told otherwise.

        Keys get the test's name for its task queue, as all tests' orders are on one Temporal server.
        """
        if "key" in changes:
            changes["key"] = f"{changes['key']} of {self.settings.task_queue}"
        wish = {
            "kind": OrderKind.SWITCH_TO_ESIM,
            "line": msisdn(number),
            "discard_confirmed": True,
        }
        return OrderDraft.model_validate(wish | changes)

    async def ana(self, who: str = ANA) -> Caller:
        """Ana, or another user, as she calls now."""
        return await callers.user(self.database, who)

    async def placed(self, number: int = 1, *, user: str = ANA, **changes: Any) -> str:
        return (await self.desk.place(await self.ana(user), self.draft(number, **changes))).order_id

    async def acknowledged(self, number: int = 1, **changes: Any) -> str:
        """Placed, mailed to the provider, who then acknowledges it."""
        order_id = await self.placed(number, **changes)
        await eventually(lambda: self.events(order_id), lambda events: "mail.sent" in events)
        await self.desk.acknowledge(OPERATOR, order_id)
        return order_id

    async def line(self, number: int = 1) -> LineView:
        return await self.desks.fleet.line(OPERATOR, msisdn(number))

    async def forward(self, workflow_id: str, by: timedelta) -> None:
        """Let this much time pass for one workflow, once it only waits, and for the database."""
        handle = self.temporal.client.get_workflow_handle(workflow_id)
        await eventually(lambda: _only_waits(handle), bool)
        self._ahead += by
        async with self.database.transaction() as connection:
            await set_clock(connection, self._ahead)
        await self.temporal.forward(handle, by)

    async def ended(self, order_id: str) -> None:
        """Wait until the workflow has ended, and with it everything the order owes anybody."""
        await asyncio.wait_for(self.temporal.client.get_workflow_handle(order_id).result(), 30)

    async def events(self, order_id: str) -> list[str]:
        return [event.type for event in (await self.desk.order(OPERATOR, order_id)).events]

    async def sql(self, statement: str, **values: object) -> list[Any]:
        return await run(self.database, statement, **values)


async def _only_waits(handle: WorkflowHandle[Any, Any]) -> bool:
    raw = (await handle.describe()).raw_description
    return not raw.pending_activities and not raw.HasField("pending_workflow_task")


def msisdn(number: int) -> str:
    return f"+3363998{number:04d}"


async def refused(call: Any) -> list[str]:
    """The codes for which this call is refused."""
    with pytest.raises(Refused) as refusal:
        await call
    return [reason.code for reason in refusal.value.refusals]
