"""The outbox over a real database, with a mailer that does what it is told."""

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

from activities.code_emails import NotificationMails
from activities.outside import EmailSteps
from mail.errors import MailError
from mail.message import Mail
from outbox.links import Links
from outbox.orders import ProviderEmail
from outbox.sender import Outbox
from providers.by_mail import ProviderByMail
from store.key_ring import KeyRing
from store.session import Database
from tests.builders import run

KEYS = KeyRing(KeyRing.new_key())
LINKS = Links("https://esim.example/", timedelta(days=14), timedelta(days=14), timedelta(days=90))
ORDERS, SECOND = "orders@telvia.example", "second@telvia.example"


@dataclass
class FakeMailer:
    """`coming` are the failures in store for a recipient; every mail tried is in `tried`."""

    coming: dict[str, deque[MailError]] = field(default_factory=dict)
    tried: list[Mail] = field(default_factory=list)
    before: Callable[[], Awaitable[None]] | None = None

    def fail(self, to: str, *failures: MailError) -> None:
        self.coming.setdefault(to, deque()).extend(failures)

    async def send(self, mail: Mail) -> None:
        self.tried.append(mail)
        if self.before:
            await self.before()
        if self.coming.get(mail.to):
            raise self.coming[mail.to].popleft()

    def to(self) -> list[str]:
        return [mail.to for mail in self.tried]


def email_steps(database: Database, outbox: Outbox) -> EmailSteps:
    """The steps that send the e-mails of orders to people."""
    return EmailSteps(database, outbox, NotificationMails(database, outbox, LINKS, KEYS))


class Post:
    """A provider with two contacts for orders, written to by mail."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.mailer = FakeMailer()
        self.outbox = Outbox(database, self.mailer, "esim.example")
        self.provider = ProviderByMail(database, self.outbox, LINKS)

    async def add_second_contact(self) -> None:
        await run(
            self.database,
            "INSERT INTO contacts (distributor_id, name, email) SELECT id, 'Second', :to FROM distributors",
            to=SECOND,
        )
        await run(
            self.database,
            "INSERT INTO contact_roles SELECT id, 'order' FROM contacts WHERE email = :to",
            to=SECOND,
        )

    async def states(self, template: ProviderEmail = ProviderEmail.ORDER) -> list[str]:
        """The state of each mail of a kind, in the order of its recipients."""
        rows = await run(
            self.database,
            "SELECT state FROM mails WHERE template = :template ORDER BY recipient",
            template=template.value,
        )
        return [row.state for row in rows]

    async def events(self, order_id: str) -> list[str]:
        rows = await run(
            self.database,
            "SELECT type FROM events WHERE about[1] = :order AND type LIKE 'mail.%' ORDER BY id",
            order=order_id,
        )
        return [row.type for row in rows]
