"""A request for a QR code over a real database, mailed through a real SMTP server that does as it is told."""

import email
import email.policy
import re
from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage

from activities.code_emails import QrMails
from activities.failures import as_application_error
from mail.smtp import Mailer
from models.codes.activation import parse_activation_code
from models.codes.requests import QrRequest
from models.identifiers import qr_notification_id, qr_request_id
from models.people.callers import By
from outbox.links import Links
from outbox.sender import Outbox
from store.codes import imports, links, notifications, request_steps
from store.codes.links import Link
from store.key_ring import KeyRing
from store.session import Database
from tests.builders import ANA, line, run, world
from tests.mail.misbehaving import Answer, MisbehavingServer, Session
from workflows.codes.messages import RemindOfCode, SendNotification, SendQrMails

QR, SECOND, COPY = "qr@telvia.example", "second@telvia.example", "it@acme.example"
MANAGER = "manager@acme.example"
PORTAL = "https://esim.example"
KEYS = KeyRing(KeyRing.new_key())
REQUEST = qr_request_id(1, "test")
NOTIFICATION = qr_notification_id(1, "test")
UPLOAD_FOR, DOWNLOAD_FOR = timedelta(days=60), timedelta(days=7)
MOST_TRIES = 8


@dataclass
class Trouble:
    """What the mail server says, one after the other, about mails to one address; then it behaves."""

    address: str
    answers: deque[Answer]

    async def __call__(self, session: Session) -> str | None:
        if self.address not in session.recipient or not self.answers:
            return None
        answer = self.answers.popleft()
        return answer if isinstance(answer, str) else await answer(session)


@dataclass
class Letterbox:
    """A mail server, and every content that reached it: taken, refused or lost on the way."""

    trouble: dict[str, Trouble] = field(default_factory=dict)
    arrived: list[tuple[str, EmailMessage]] = field(default_factory=list)

    def server(self, extensions: tuple[str, ...] = ()) -> MisbehavingServer:
        told: dict[str, Answer] = {**self.trouble, "CONTENT": self._content}
        return MisbehavingServer(told, extensions=extensions)

    async def _content(self, session: Session) -> str | None:
        content = session.content.replace(b"\r\n..", b"\r\n.")
        message = email.message_from_bytes(content, policy=email.policy.default)
        address = session.recipient.removeprefix("RCPT TO:<").split(">")[0]
        self.arrived.append((address, message))
        return await self.trouble["CONTENT"](session) if "CONTENT" in self.trouble else None

    def to(self, address: str) -> list[EmailMessage]:
        return [message for recipient, message in self.arrived if recipient == address]

    def recipients(self) -> list[str]:
        return sorted(address for address, _ in self.arrived)


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert isinstance(part, EmailMessage)
    return str(part.get_content()).replace("\r\n", "\n")


def tokens(message: EmailMessage) -> list[str]:
    """The tokens of the links in a mail's text, which are those of its HTML."""
    html = message.get_body(("html",))
    assert isinstance(html, EmailMessage)
    pattern = re.escape(PORTAL) + "/[uq]/([A-Za-z0-9_-]{43})(?![A-Za-z0-9_-])"
    found = re.findall(pattern, text_of(message))
    assert set(re.findall(pattern, html.get_content())) == set(found)
    return found


class Desk:
    """An account whose SIM S has no code yet, a distributor with two contacts for codes, and a request."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.sim_id = self.account_id = self.user_id = 0

    async def open(self, *third: str, **letter: object) -> None:
        """`third`: addresses of further contacts who are asked, each named Third."""
        await world(self.database, line(1, sim_type="esim"))
        for name, address in (
            ("Quentin", QR),
            ("Second", SECOND),
            *(("Third", address) for address in third),
        ):
            await self.add_contact(name, address)
        (sim,) = await run(self.database, "SELECT id, account_id FROM sims")
        (user,) = await run(self.database, "SELECT id FROM users WHERE email = :ana", ana=ANA)
        self.sim_id, self.account_id, self.user_id = sim.id, sim.account_id, user.id
        async with self.database.transaction() as connection:
            email_text_id = None
            if letter:
                email_text_id = await request_steps.write_email_text(connection, sim.account_id, **letter)  # type: ignore[arg-type]
            wish = QrRequest(
                request_id=REQUEST,
                account_id=sim.account_id,
                sim_id=sim.id,
                user_id=user.id,
                email_text_id=email_text_id,
            )
            result = await request_steps.open_request(connection, wish)
        assert not result.refusals

    async def add_contact(self, name: str, address: str) -> None:
        await run(
            self.database,
            "WITH made AS (INSERT INTO contacts (distributor_id, name, email) "
            "SELECT id, :name, :address FROM distributors RETURNING id) "
            "INSERT INTO contact_roles SELECT id, 'esim_qr_code' FROM made",
            name=name,
            address=address,
        )

    async def send_again(self) -> None:
        async with self.database.transaction() as connection:
            result = await request_steps.add_round(connection, REQUEST, By("operator"), "again")
        assert result.state.round == 2

    async def withdraw(self) -> None:
        async with self.database.transaction() as connection:
            await request_steps.withdraw(connection, REQUEST, By("operator"))

    async def import_code(self, matching_id: str = "A1B2") -> int:
        code = parse_activation_code(f"LPA:1$smdp.example$SECRET-{matching_id}")
        async with self.database.transaction() as connection:
            imported = await imports.take(
                connection,
                KEYS,
                sim_id=self.sim_id,
                code=code,
                file_type="typed",
                original=None,
                by=By(f"user:{self.user_id}"),
                request_id=None,
            )
        return imported.version.id

    async def notify(self, address: str = MANAGER) -> None:
        async with self.database.transaction() as connection:
            await notifications.create(
                connection,
                notification_id=NOTIFICATION,
                account_id=self.account_id,
                sim_id=self.sim_id,
                version_id=await self._version(),
                address=address,
                by=By(f"user:{self.user_id}"),
            )

    async def _version(self) -> int:
        return int((await run(self.database, "SELECT id FROM qr_versions WHERE current"))[0].id)

    def mails(self, mailer: Mailer) -> QrMails:
        outbox = Outbox(self.database, mailer, "esim.example")
        return QrMails(self.database, outbox, Links(PORTAL + "/", UPLOAD_FOR, DOWNLOAD_FOR, UPLOAD_FOR), KEYS)

    async def link(self, token: str, purpose: str = "upload") -> Link:
        async with self.database.reading() as connection:
            return await links.find(connection, token, purpose)

    async def states(self) -> dict[str, str]:
        rows = await run(self.database, "SELECT template, recipient, state FROM mails")
        return {f"{row.template} {row.recipient}": row.state for row in rows}

    async def events(self) -> list[str]:
        rows = await run(
            self.database,
            "SELECT type, data, about FROM events WHERE type LIKE 'mail.%'",
        )
        assert all(row.about[0] in (REQUEST, NOTIFICATION) for row in rows)
        assert "@" not in str(rows), "no address in any event"
        return sorted(f"{row.type} {row.data['mail']} {row.data['to']}" for row in rows)


async def as_a_workflow_would(
    mails: QrMails, step: SendQrMails | RemindOfCode | SendNotification, name: str = "ask_for_code"
) -> str:
    """Take the step until it is done (`done`), or fails so that its workflow is held; what for."""
    for _ in range(MOST_TRIES):
        try:
            await getattr(mails, name)(step)
        except Exception as failure:
            seen = as_application_error(failure)
            if seen.type == "unexpected":
                raise
            if seen.non_retryable:
                return str(seen.type)
        else:
            return "done"
    return "tried for ever"


FIRST = SendQrMails(request_id=REQUEST, round=1)
REMINDER = RemindOfCode(request_id=REQUEST, round=1, number=1, silent_for=timedelta())
NO_CODE = SendQrMails(request_id=REQUEST, round=1, number=1)
NOTICE = SendNotification(notification_id=NOTIFICATION)
LETTER = {"subject": "The code, please", "body": "Dear all,\n\nwe need it.", "cc": (COPY, QR)}
