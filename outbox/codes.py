"""The e-mails about QR codes; their texts are in `wording/codes`.

A contact and a manager get a link each. The recipient of a copy gets none: only a contact may upload the code
(F35). Phone numbers are shortened to their last digits, and so is the ICCID in e-mails to managers.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar

from mail.message import reply_address
from models.codes.edited_emails import CodeFacts
from models.errors import Refused
from outbox.emails import Editable, Email, tail
from outbox.licences.orders import AgentEsim
from outbox.links import Links, MakeLink
from outbox.sender import Outgoing, ReadCode
from outbox.travel.orders import SubscriberEsim
from store.codes.emails import RoundMails
from store.codes.notification_emails import NotificationMail
from store.mail_subjects import Person


@dataclass(frozen=True, kw_only=True, repr=False)
class CodeEmail(Email):
    """`reference` is the id of the request or notification; a preview has none."""

    texts: ClassVar[str] = "codes"
    reference: str | None
    account: str
    provider: str


@dataclass(frozen=True, kw_only=True, repr=False)
class Requested(CodeEmail, Editable):
    """The request for the code of an eSIM: `asked` are the names of the contacts who get the link, `cc` the
    addresses that get a copy.
    """

    rows: ClassVar[tuple[str, ...]] = (
        *("reference", "account", "provider", "distributor", "iccid", "requester_name", "asked", "cc"),
    )
    distributor: str | None
    iccid: str | None
    iccid_tail: str | None
    requester_name: str | None
    asked: tuple[str, ...]
    cc: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, repr=False)
class ContactRequested(Requested):
    """The request to a contact, who may upload the code."""

    name: ClassVar[str] = "contact_requested"
    button: ClassVar[str | None] = "upload"


@dataclass(frozen=True, kw_only=True, repr=False)
class CopyRequested(Requested):
    """The copy of the request, for information."""

    name: ClassVar[str] = "copy_requested"


@dataclass(frozen=True, kw_only=True, repr=False)
class ContactReminder(CodeEmail):
    """The reminder to a contact that the code has not been uploaded."""

    name: ClassVar[str] = "contact_reminder"
    rows: ClassVar[tuple[str, ...]] = ("reference", "account", "provider", "iccid", "requester_name", "asked")
    button: ClassVar[str | None] = "upload"
    iccid: str | None
    iccid_tail: str | None
    requester_name: str | None
    asked: tuple[str, ...]
    requested_at: datetime | None
    reminder_number: int


@dataclass(frozen=True, kw_only=True, repr=False)
class RequesterNoCode(CodeEmail):
    """To the user who requested the code: none came after all reminders."""

    name: ClassVar[str] = "requester_no_code"
    rows: ClassVar[tuple[str, ...]] = ("reference", "account", "provider", "distributor", "iccid", "asked")
    distributor: str | None
    iccid: str | None
    iccid_tail: str | None
    asked: tuple[str, ...]
    requested_at: datetime | None


@dataclass(frozen=True, kw_only=True, repr=False)
class ManagerNotified(CodeEmail):
    """The notification: the code has arrived, and the link shows it."""

    name: ClassVar[str] = "manager_notified"
    rows: ClassVar[tuple[str, ...]] = (
        *("reference", "account", "provider", "iccid_tail", "device", "line_tail", "sender_name"),
    )
    button: ClassVar[str | None] = "download"
    iccid_tail: str | None
    line_tail: str | None
    device: str | None
    sender_name: str | None


def known_of(facts: CodeFacts, number: int = 0) -> dict[str, Any]:
    """All facts, by the names of the fields of the e-mails; for a reminder its number."""
    return {
        **vars(facts),
        "iccid_tail": tail(facts.iccid),
        "line_tail": tail(facts.msisdn),
        "sender_name": facts.requester_name,
        "reminder_number": number,
    }


def requests(found: RoundMails, links: Links, turn: int) -> list[Outgoing]:
    """The request to the contacts of a round, each with an upload link of their own, and the copies.

    Each e-mail has one recipient, in its `To`. A contact sees in `Cc` who gets a copy, so that a reply to all
    reaches them; a copy names the contacts who were asked. Replies go to the user who sent the round.
    """
    known, cc = known_of(found.facts), found.facts.cc
    asked = [
        replace(_outgoing(ContactRequested.of(known), found, contact, turn), link=link, cc=cc)
        for contact, link in _with_links(found, links)
    ]
    return asked + [_outgoing(CopyRequested.of(known), found, person, turn) for person in found.copied]


def reminders(found: RoundMails, links: Links, turn: int, number: int) -> list[Outgoing]:
    """A reminder to the contacts of a round, each with a new link."""
    email = ContactReminder.of(known_of(found.facts, number))
    return [
        replace(_outgoing(email, found, contact, turn, number), link=link)
        for contact, link in _with_links(found, links)
    ]


def no_code(found: RoundMails, turn: int, number: int | None) -> list[Outgoing]:
    """To the user who requested the code: none has come, and what to do."""
    turns = (turn, number) if number else (turn,)
    return [_outgoing(RequesterNoCode.of(known_of(found.facts)), found, found.requester, *turns)]


NOTIFICATIONS: dict[str, type[Email]] = {"number": AgentEsim, "esim_line": SubscriberEsim}
"""Which e-mail the person gets for whom the code is meant, by the kind of what the SIM serves. Any other
recipient gets `ManagerNotified`: a link can be revoked, a code that was sent cannot.
"""


def notification(found: NotificationMail, links: Links, code: ReadCode) -> list[Outgoing]:
    """The link that shows the code; where the e-mail shows the code itself, with the code."""
    email = NOTIFICATIONS.get(found.meant_for, ManagerNotified)
    sent = _outgoing(email.of(known_of(found.facts)), found, found.manager)
    return [replace(sent, link=links.download(found), code=code if email.shows_code else None)]


def _with_links(found: RoundMails, links: Links) -> list[tuple[Person, MakeLink]]:
    """The contacts, each with a link. Raises `Refused` where no contact with the role is left (F56)."""
    if not found.contacts and not found.over:
        raise Refused.because("no_recipient_left")
    return [(contact, links.upload(found, contact)) for contact in found.contacts]


def _outgoing(email: Email, found: RoundMails | NotificationMail, to: Person, *turn: int) -> Outgoing:
    reply_to = reply_address(found.sender) if found.sender != to.email else None
    return Outgoing(email, to, turn=turn, reply_to=reply_to)
