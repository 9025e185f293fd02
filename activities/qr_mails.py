"""The mails about QR codes: what contacts, requesters and managers are told.

Each raises what `Outbox.send` raises. Nothing is sent once a request is over or a notification is revoked.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from mail.message import reply_address
from mail.qr_letters import FreshLink, QrTemplate, compose
from mail.wording import Content
from models.errors import Refused
from models.orders.placement import Reminded
from providers.outbox import Draft, Outbox
from store.codes import emails, links
from store.codes.emails import NotificationMail, RoundMails
from store.mails import Person
from store.session import Database
from workflows.codes.messages import RemindOfCode, SendNotification, SendQrMails
from workflows.codes.steps import QrMailSteps

Mint = Callable[[AsyncConnection], Awaitable[FreshLink]]


class QrMails(QrMailSteps):
    """Writes to people about QR codes. Links begin with `portal_url`, and work for so long."""

    def __init__(
        self,
        database: Database,
        outbox: Outbox,
        portal_url: str,
        upload_link_expires_after: timedelta,
        download_link_expires_after: timedelta,
    ) -> None:
        self._database = database
        self._outbox = outbox
        self._portal_url = portal_url.rstrip("/")
        self._upload_for = upload_link_expires_after
        self._download_for = download_link_expires_after

    async def ask_for_code(self, step: SendQrMails) -> None:
        """Ask the contacts of this round, each with an upload link of their own; tell the others in copy.

        Each mail's only recipient is in its `To`. A contact sees in `Cc` who gets a copy, so an answer to
        all reaches them; who gets a copy reads in it who was asked. Answers go to who sent the round.
        """
        found = await self._round(step)
        asked = [
            _draft(
                QrTemplate.CONTACT_REQUESTED,
                found,
                contact,
                turn=(step.round,),
                link=self._upload_link(found, contact),
                cc=found.facts.cc,
            )
            for contact in _contacts(found)
        ]
        copied = [
            _draft(QrTemplate.COPY_REQUESTED, found, person, turn=(step.round,)) for person in found.copied
        ]
        await self._send(found, [*asked, *copied], step.retries)

    async def remind_of_code(self, step: RemindOfCode) -> Reminded:
        """Remind the contacts of this round, each with a new link, once they were silent for so long."""
        async with self._database.reading() as connection:
            left = await emails.silence_left(connection, step.request_id, step.round, step.silent_for)
        if left is not None or step.number is None:
            return Reminded(due_in=left)
        found = await self._round(step)
        reminders = [
            _draft(
                QrTemplate.CONTACT_REMINDER,
                found,
                contact,
                turn=(step.round, step.number),
                number=step.number,
                link=self._upload_link(found, contact),
            )
            for contact in _contacts(found)
        ]
        await self._send(found, reminders, step.retries)
        return Reminded()

    async def tell_no_code(self, step: SendQrMails) -> None:
        """Tell who asked for the code that none came, and what to do."""
        found = await self._round(step)
        turn = (step.round, step.number) if step.number else (step.round,)
        told = _draft(QrTemplate.REQUESTER_NO_CODE, found, found.requester, turn=turn)
        await self._send(found, [told], step.retries)

    async def send_notification(self, step: SendNotification) -> None:
        """Send the link that shows the code."""
        async with self._database.reading() as connection:
            found = await emails.notification_mail(connection, step.notification_id)
        told = _draft(
            QrTemplate.MANAGER_NOTIFIED, found, found.manager, turn=(), link=self._download_link(found)
        )
        valid = partial(emails.is_valid, about=found.about)
        await self._outbox.send(found.about, [told], step.retries, valid)

    async def _round(self, step: SendQrMails | RemindOfCode) -> RoundMails:
        async with self._database.reading() as connection:
            return await emails.round_mails(connection, step.request_id, step.round)

    async def _send(self, found: RoundMails, drafts: Sequence[Draft], retries: int) -> None:
        still_open = partial(emails.is_open, about=found.about)
        await self._outbox.send(found.about, drafts, retries, still_open)

    def _upload_link(self, found: RoundMails, contact: Person) -> Mint:
        whose = {"request_id": found.about.id, "recipient": contact.key, "address": contact.email}
        return self._link("u", "upload", found, self._upload_for, whose)

    def _download_link(self, found: NotificationMail) -> Mint:
        whose = {"notification_id": found.about.id, "version_id": found.version_id}
        return self._link("q", "download", found, self._download_for, whose)

    def _link(
        self,
        page: str,
        purpose: str,
        found: RoundMails | NotificationMail,
        expires_after: timedelta,
        whose: dict[str, Any],
    ) -> Mint:
        async def mint(connection: AsyncConnection) -> FreshLink:
            token = await links.mint(
                connection,
                purpose=purpose,
                account_id=found.account_id,
                sim_id=found.about.sim_id,
                expires_after=expires_after,
                **whose,
            )
            until = await emails.from_now(connection, expires_after)
            return FreshLink(f"{self._portal_url}/{page}/{token}", until)

        return mint


def _contacts(found: RoundMails) -> Sequence[Person]:
    """Who gets a link. Raises `Refused` where nobody is left who has the role (F56)."""
    if not found.contacts and not found.over:
        raise Refused.because("no_recipient_left")
    return found.contacts


def _draft(
    template: QrTemplate,
    found: RoundMails | NotificationMail,
    to: Person,
    *,
    turn: tuple[int, ...],
    number: int = 0,
    link: Mint | None = None,
    cc: tuple[str, ...] = (),
) -> Draft:
    def write(language: str, fresh: FreshLink | None) -> Content:
        return compose(template, found.facts, language, reader=to.name, link=fresh, reminder_number=number)

    reply_to = reply_address(found.sender) if found.sender != to.email else None
    return Draft(template, to, write, turn=turn, link=link, cc=cc, reply_to=reply_to)
