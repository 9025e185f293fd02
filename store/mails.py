"""Which e-mails went out, written before the mail server is asked, and after it answers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import String, Update, bindparam, column, func, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.events import sim_references
from models.language import Language
from models.people.callers import By
from store.event_parts import appended, happened
from store.events import Happening
from store.mail_table import MailRow
from store.orders.locked_order import references
from store.orders.tables import OrderRow
from store.row import now


@dataclass(frozen=True)
class Person:
    """A recipient of a mail. `key` names the record: contact:7, user:3, employee:12, cc:1, manager."""

    key: str
    name: str
    email: str | None
    language: Language
    """The one they are written to in: their own, else that of their account (F66)."""


@dataclass(frozen=True)
class AboutOrder:
    """Mails about an order: they are part of its story."""

    id: str
    account_id: int


@dataclass(frozen=True)
class AboutRequest:
    """Mails about a request for the QR code of a SIM: part of the story of that SIM's code."""

    id: str
    sim_id: int
    account_id: int

    @property
    def references(self) -> tuple[str, ...]:
        """What their events refer to."""
        return sim_references(self.sim_id, request_id=self.id)


@dataclass(frozen=True)
class AboutNotification:
    """The mail that tells of a SIM's QR code: part of the story of that SIM's code."""

    id: str
    sim_id: int
    account_id: int

    @property
    def references(self) -> tuple[str, ...]:
        """What their events refer to."""
        return sim_references(self.sim_id, notification_id=self.id)


Subject = AboutOrder | AboutRequest | AboutNotification


@dataclass(frozen=True)
class EmailRecord:
    """An e-mail to be sent: which one, to whom, and the Message-ID it has for ever."""

    id: str
    about: Subject
    template: str
    recipient: str
    message_id: str


@dataclass(frozen=True)
class Claim:
    """What may be done about an e-mail now."""

    may_send: bool
    message_id: str
    """The Message-ID it was first written down with, and keeps."""
    uncertain: bool = False
    failure: str | None = None
    reason: str | None = None
    """Why it failed: a `HoldReason`."""


_SYSTEM = "system"
_CLAIM = insert(MailRow).on_conflict_do_nothing().returning(MailRow.id, MailRow.message_id)
_MAILS = func.jsonb_to_recordset(bindparam("ended", type_=JSONB)).table_valued(
    column("id", String), column("state", String), column("failure", String), column("reason", String)
)


def _record() -> Update:
    """Write how mails ended, each with its event. Those about an order refer to its subject, too, as its
    other events do: `order` is None for others.
    """
    ended = _MAILS.render_derived(name="ended", with_types=True)
    subject = select(OrderRow.subject).where(OrderRow.id == bindparam("order")).scalar_subquery()
    return (
        update(MailRow)
        .where(MailRow.id == ended.c.id)
        .values(
            state=ended.c.state,
            failure=ended.c.failure,
            reason=ended.c.reason,
            retries=bindparam("in_retry"),
            updated_at=now(),
        )
        .add_cte(appended(also_about=subject))
    )


_RECORD = _record()


async def claim(
    connection: AsyncConnection, records: Sequence[EmailRecord], retries: int
) -> dict[str, Claim]:
    """Write that these e-mails are about to be sent, and say of each whether it may be.

    Not again: what was sent; what the server refused for good, or what could not be composed, until a person
    retries; what was twice on its way where it is not known whether it arrived, until a person retries.
    """
    if not records:
        return {}
    new = await connection.execute(
        _CLAIM, [{**_columns(record), "state": "sending", "attempts": 1} for record in records]
    )
    claims = {row.id: Claim(True, row.message_id) for row in new}
    known = [record.id for record in records if record.id not in claims]
    if not known:
        return claims
    rows = await connection.execute(
        select(MailRow).where(MailRow.id.in_(known)).order_by(MailRow.id).with_for_update()
    )
    for row in rows.all():
        if row.state == "sent":
            claims[row.id] = Claim(False, row.message_id)
        elif row.state == "failed" and row.retries >= retries:
            claims[row.id] = Claim(False, row.message_id, failure=row.failure, reason=row.reason)
        elif row.state == "sending" and row.uncertain > retries:
            claims[row.id] = Claim(False, row.message_id, uncertain=True)
        else:
            again = 1 if row.state == "sending" else 0
            await connection.execute(
                update(MailRow)
                .where(MailRow.id == row.id)
                .values(
                    state="sending",
                    attempts=MailRow.attempts + 1,
                    uncertain=MailRow.uncertain + again,
                    updated_at=now(),
                )
            )
            claims[row.id] = Claim(True, row.message_id)
    return claims


@dataclass(frozen=True)
class Outcome:
    """How the sending of an e-mail ended: `sent`, `unsent` (try again), `sending` (unknown) or `failed`."""

    record: EmailRecord
    state: str
    failure: str | None = None
    reason: str | None = None
    """Of one that failed: a `HoldReason`."""


async def record(
    connection: AsyncConnection, about: Subject, outcomes: Iterable[Outcome], retries: int
) -> None:
    """Write how it went, with an event for each mail that went out, may have, or never will."""
    happenings: list[Happening] = []
    ended = []
    for outcome in outcomes:
        how = {"state": outcome.state, "failure": outcome.failure, "reason": outcome.reason}
        ended.append({"id": outcome.record.id, **how})
        which = {"mail": outcome.record.template, "to": outcome.record.recipient}
        if outcome.state == "sent":
            happenings.append(("mail.sent", which))
        elif outcome.state in ("sending", "failed"):
            name = "mail.failed" if outcome.state == "failed" else "mail.uncertain"
            happenings.append((name, {**which, "failure": outcome.failure}))
    if ended:
        order = about.id if isinstance(about, AboutOrder) else None
        found = references(about.id, None) if isinstance(about, AboutOrder) else about.references
        events = happened(about.account_id, found, By(_SYSTEM), happenings)
        known = {"ended": ended, "in_retry": retries, "order": order, **events}
        await connection.execute(_RECORD, known)


def _columns(record: EmailRecord) -> dict[str, str]:
    match record.about:
        case AboutOrder():
            about = "order_id"
        case AboutRequest():
            about = "qr_request_id"
        case AboutNotification():
            about = "qr_notification_id"
    return {
        "id": record.id,
        about: record.about.id,
        "template": record.template,
        "recipient": record.recipient,
        "message_id": record.message_id,
    }
