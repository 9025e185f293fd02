"""Sends e-mails, and records each before and after the mail server is asked.

Raises once every e-mail was tried, so that one recipient's failure affects no other:

    MailUnavailable, MailAmbiguous   worth a retry
    MailUncertain                    not known twice whether it was delivered: an operator decides
    MailRejected, MailRefusedUs      see `mail.errors`
    MailInvalid                      an e-mail cannot be composed: nothing of it was sent
"""

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from mail.errors import (
    MailAmbiguous,
    MailError,
    MailInvalid,
    MailRefusedUs,
    MailRejected,
    MailUnavailable,
)
from mail.message import Mail, message_id
from mail.smtp import Mailer
from models.codes.activation import ActivationCode
from models.orders.lifecycle import HoldReason, OrderStatus
from models.people.addresses import can_be_written_to
from outbox.compose import ShownCode, compose
from outbox.emails import Email
from outbox.links import FreshLink, MakeLink
from store import mails
from store.codes import links
from store.mail_subjects import Person, Subject
from store.mails import EmailRecord, Outcome
from store.orders import links as order_links
from store.people import user_mails
from store.session import Database

_log = logging.getLogger(__name__)


class MailUncertain(MailError):
    """The e-mail may have been delivered twice already: it is sent again only when a person retries,
    where that is possible.
    """


@dataclass(frozen=True)
class ReadableCode:
    """A decrypted code, and what the phone asks for besides, if it does. It is a secret."""

    code: ActivationCode = field(repr=False)
    confirmation: str | None = field(default=None, repr=False)


ReadCode = Callable[[AsyncConnection], Awaitable[ReadableCode]]
"""Reads and decrypts the code that an e-mail shows."""


@dataclass(frozen=True)
class Outgoing:
    """One e-mail to one recipient, among those about the same subject.

    `turn` distinguishes e-mails of one name, such as the number of a reminder, or what it is sent again by.
    An e-mail with a `link` gets a new one each time it is sent: only the digest of a link is stored, so the
    one before cannot be sent again. The link of an attempt in which the e-mail was certainly not sent is
    deleted. An e-mail that shows a QR code reads the code when it is about to be sent.
    """

    email: Email
    to: Person
    turn: tuple[int | str, ...] = ()
    link: MakeLink | None = None
    code: ReadCode | None = None
    cc: tuple[str, ...] = ()
    reply_to: str | None = None


_DID_NOT_LEAVE = frozenset({"unsent", "failed"})
_GRAVEST_LAST: tuple[type[MailError], ...] = (
    MailRejected,
    MailUncertain,
    MailRefusedUs,
    MailUnavailable,
    MailAmbiguous,
)


@dataclass(frozen=True, repr=False)
class _Claimed:
    """An e-mail that is to be sent now, with its link and the decrypted code that it shows."""

    record: EmailRecord
    outgoing: Outgoing
    link: FreshLink | None
    code: ReadableCode | None
    sender: str | None
    """The name that it comes from; None: that of the platform."""


async def _claimed(
    connection: AsyncConnection, records: Mapping[EmailRecord, Outgoing], claims: Mapping[str, mails.Claim]
) -> list[_Claimed]:
    """Those of these e-mails that may be sent."""
    return [
        _Claimed(
            replace(record, message_id=claims[record.id].message_id),
            one,
            await one.link(connection) if one.link else None,
            await one.code(connection) if one.code else None,
            claims[record.id].sender,
        )
        for record, one in records.items()
        if claims[record.id].may_send
    ]


class Outbox:
    """Sends e-mails, each in the language of its recipient. Every Message-ID ends in `domain`."""

    def __init__(self, database: Database, mailer: Mailer, domain: str) -> None:
        self._database = database
        self._mailer = mailer
        self._domain = domain

    async def send(
        self,
        about: Subject,
        outgoing: Sequence[Outgoing],
        retries: int,
        wanted: Callable[[AsyncConnection], Awaitable[bool]] | None = None,
        *,
        statuses: Collection[OrderStatus] | None = None,
        step: str | None = None,
    ) -> None:
        """Send those of these e-mails that were not sent yet; none if they are no longer `wanted`, or if the
        order that they are about is in none of the `statuses`.

        What `wanted` finds must hold until the end of the transaction that it is called in.
        `step`: the step of an order that sends them. It is done when all are sent, which is recorded in the
        transaction that records how they ended.
        """
        records = {self._record_of(about, one): one for one in outgoing if one.to.email}
        async with self._database.transaction() as connection:
            if wanted and not await wanted(connection):
                return
            claims = await mails.claim(connection, list(records), retries, statuses=statuses)
            if claims is None:
                return
            claimed = await _claimed(connection, records, claims)
        failures = [failure for claim in claims.values() if (failure := _past_failure(claim))]
        without = [record.recipient for record in records if _past_failure(claims[record.id])]
        ended = await asyncio.gather(
            *map(self._deliver, claimed),
            return_exceptions=True,  # what was sent is recorded, whatever happened to another
        )
        delivered = [end for end in ended if not isinstance(end, BaseException)]
        failures += [failure for _, failure in delivered if failure]
        done = step if not failures and len(delivered) == len(ended) else None
        if delivered or done:
            fresh = {one.record.id: one.link for one in claimed if one.link}
            await self._record(about, [outcome for outcome, _ in delivered], fresh, retries, done)
        for end in ended:
            if isinstance(end, BaseException):
                raise end
        without += [outcome.record.recipient for outcome, _ in delivered if outcome.state != "sent"]
        _raise_gravest(failures, without)

    async def _deliver(self, one: _Claimed) -> tuple[Outcome, MailError | None]:
        record = one.record
        try:
            await self._mailer.send(_composed(one))
        except MailAmbiguous as failure:
            return Outcome(record, "sending", str(failure)), failure
        except MailInvalid as failure:
            _write_down(failure)
            return Outcome(record, "failed", str(failure), HoldReason.MAIL_NOT_COMPOSABLE), failure
        except MailRejected as failure:
            return Outcome(record, "failed", str(failure), HoldReason.MAIL_REJECTED), failure
        except MailError as failure:
            return Outcome(record, "unsent", str(failure)), failure
        return Outcome(record, "sent"), None

    async def _record(
        self,
        about: Subject,
        outcomes: Sequence[Outcome],
        fresh: Mapping[str, FreshLink],
        retries: int,
        done: str | None,
    ) -> None:
        """Record how each e-mail ended, and that the step is done. A link is kept if its e-mail was sent or
        may have been, so that the link in every e-mail that arrives works.
        """
        unsent = [end.record.id for end in outcomes if end.state in _DID_NOT_LEAVE]
        async with self._database.transaction() as connection:
            await mails.record(connection, about, outcomes, retries, done=done)
            unused = [fresh[one].token for one in unsent if one in fresh]
            await links.discard(connection, unused)
            await order_links.discard(connection, unused)
            await user_mails.discard(connection, unused)

    def _record_of(self, about: Subject, one: Outgoing) -> EmailRecord:
        which = "/".join(map(str, (about.id, one.email.name, *one.turn, one.to.key)))
        return EmailRecord(
            id=which,
            about=about,
            template=one.email.name,
            recipient=one.to.key,
            message_id=message_id(which, self._domain),
        )


def _raise_gravest(failures: Sequence[MailError], without: Sequence[str]) -> None:
    """Raise the gravest of the failures, if there are any, with the recipients who got no e-mail."""
    if failures:
        gravest = max(failures, key=_weight)
        gravest.recipients = tuple(dict.fromkeys(without))
        raise gravest


def _composed(claimed: _Claimed) -> Mail:
    """The e-mail that is given to the mail server. Raises `MailInvalid` if it cannot be composed, for any
    reason: this affects one recipient, and nothing was sent. An invalid address in Cc is left out, as Cc only
    shows who else gets an e-mail.
    """
    record, one, link, code = claimed.record, claimed.outgoing, claimed.link, claimed.code
    try:
        drawing = f"qr-code.{record.message_id.strip('<>')}"
        shown = ShownCode(code.code, drawing, code.confirmation) if code else None
        content = compose(one.email, one.to.language, reader=one.to.name, link=link, code=shown)
        return Mail(
            to=one.to.email or "",
            subject=content.subject,
            text=content.text,
            html=content.html,
            message_id=record.message_id,
            reply_to=one.reply_to,
            cc=tuple(filter(can_be_written_to, one.cc)),
            picture=content.picture,
            sender_name=claimed.sender,
        )
    except MailInvalid:
        raise
    except Exception as cause:
        raise MailInvalid("The mail cannot be composed.") from cause


def _write_down(failure: MailInvalid) -> None:
    """Log why an e-mail could not be composed, if that was an unexpected exception. Its text may contain an
    address, so the log has its type and the stack frames only.
    """
    cause = failure.__cause__
    if cause is not None:
        frames = "".join(traceback.format_tb(cause.__traceback__))
        _log.warning("A mail cannot be composed: %s\n%s", type(cause).__name__, frames)


def _past_failure(claim: mails.Claim) -> MailError | None:
    if claim.uncertain:
        return MailUncertain("A mail may have been delivered twice; a person decides what to do.")
    if claim.failure is None:
        return None
    kind = MailInvalid if claim.reason == HoldReason.MAIL_NOT_COMPOSABLE else MailRejected
    return kind(claim.failure)


def _weight(failure: MailError) -> int:
    return next(place for place, kind in enumerate(_GRAVEST_LAST) if isinstance(failure, kind))
