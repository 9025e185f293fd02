"""Which e-mails were sent: recorded before the mail server is asked, and after it answers."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Select,
    String,
    Update,
    any_,
    bindparam,
    column,
    func,
    literal,
    literal_column,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.orders.lifecycle import OrderStatus
from models.people.callers import By
from store.event_parts import appended, happened
from store.events import Happening
from store.mail_subjects import AboutNotification, AboutOrder, AboutRequest, AboutWork, Subject
from store.mail_table import MailRow
from store.orders import follow_ups
from store.orders.locked_order import references
from store.orders.tables import OrderRow
from store.people.tables import AccountRow
from store.row import now


@dataclass(frozen=True)
class EmailRecord:
    """An e-mail to be sent: its purpose, its recipient, and its Message-ID, which never changes."""

    id: str
    about: Subject
    template: str
    recipient: str
    message_id: str


@dataclass(frozen=True)
class Claim:
    """Whether an e-mail may be sent now."""

    may_send: bool
    message_id: str
    """The Message-ID that it was first recorded with."""
    uncertain: bool = False
    failure: str | None = None
    reason: str | None = None
    """Why it failed: a `HoldReason`."""
    sender: str | None = None
    """The name that e-mails of the account come from; None: that of the platform."""


_SYSTEM = "system"
_CLAIM = insert(MailRow).on_conflict_do_nothing().returning(MailRow.id, MailRow.message_id)
_SENDER_OF_ORDER = (
    select(AccountRow.sender_name)
    .join(OrderRow, OrderRow.account_id == AccountRow.id)
    .where(OrderRow.id == literal_column("mails.order_id"))  # of the new row: RETURNING correlates none
    .scalar_subquery()
    .label("sender")
)
_CLAIM_OF_ORDER = _CLAIM.returning(_SENDER_OF_ORDER)
"""With the name of the sender: one statement less for each order."""
_OF_ORDER = ("id", "template", "recipient", "message_id")


def _claim_in_status() -> Select[Any]:
    """Claim e-mails about an order while it is in one of these statuses, which it then keeps until the end of
    the transaction: a later step, such as the withdrawal of the order, finds what was claimed.

    Rows with the status, each with one of the e-mails that are new; one row without, if none is.
    """
    status = select(OrderRow.status).where(OrderRow.id == bindparam("order"))
    kept = status.with_for_update(read=True).cte("kept")
    wanted = kept.c.status == any_(bindparam("statuses", type_=ARRAY(String)))
    given = (
        func.jsonb_to_recordset(bindparam("records", type_=JSONB))
        .table_valued(column("place", BigInteger), *(column(name, String) for name in _OF_ORDER))
        .render_derived(name="given", with_types=True)
    )
    known = (given.c[name] for name in _OF_ORDER)
    account = bindparam("account", type_=BigInteger)
    rows = select(*known, account, bindparam("order", type_=String), literal("sending"), literal(1))
    claimed = (
        insert(MailRow)
        .from_select(
            (*_OF_ORDER, "account_id", "order_id", "state", "attempts"),
            rows.select_from(given.join(kept, wanted)).order_by(given.c.place),
            include_defaults=False,
        )
        .on_conflict_do_nothing()
        .returning(MailRow.id, MailRow.message_id)
        .cte("claimed")
    )
    of_order = select(OrderRow.account_id).where(OrderRow.id == bindparam("order")).scalar_subquery()
    sender = select(AccountRow.sender_name).where(AccountRow.id == of_order).scalar_subquery()
    return select(kept.c.status, sender.label("sender"), *claimed.c).select_from(
        kept.outerjoin(claimed, true())
    )


_SENDER = select(AccountRow.sender_name).where(AccountRow.id == bindparam("account"))
_CLAIM_IN_STATUS = _claim_in_status()
_MAILS = func.jsonb_to_recordset(bindparam("ended", type_=JSONB)).table_valued(
    column("id", String), column("state", String), column("failure", String), column("reason", String)
)


def _record() -> Update:
    """Write how e-mails ended, each with its event, and that the order's step that sends them is done. Events
    about an order refer to its subject too, as its other events do: `order` is None for others.
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
        .add_cte(appended(also_about=subject), follow_ups.finishing(bindparam("order", type_=String)))
    )


_RECORD = _record()


async def claim(
    connection: AsyncConnection,
    records: Sequence[EmailRecord],
    retries: int,
    *,
    statuses: Collection[OrderStatus] | None = None,
) -> dict[str, Claim] | None:
    """Write that these e-mails are about to be sent, and say of each whether it may be.

    An e-mail is not sent again if it was sent; if the server refused it for good, or it could not be
    composed, until a person retries; if it was twice on its way and it is not known whether it arrived, until
    a person retries.
    `statuses`: the order that the e-mails are about must be in one of these; None if it is not.
    """
    if not records:
        return {}
    if statuses is None:
        rows = [{**_columns(record), "state": "sending", "attempts": 1} for record in records]
        about = records[0].about
        of_order = isinstance(about, AboutOrder)
        made = (await connection.execute(_CLAIM_OF_ORDER if of_order else _CLAIM, rows)).all()
        new = [(row.id, row.message_id) for row in made]
        whose = {"account": about.account_id}
        sender = made[0].sender if made and of_order else await connection.scalar(_SENDER, whose)
    else:
        about = records[0].about
        known = {"order": about.id, "account": about.account_id, "statuses": [*statuses]}
        known["records"] = _placed(records)
        found = (await connection.execute(_CLAIM_IN_STATUS, known)).all()
        if found[0].status not in statuses:
            return None
        new = [(row.id, row.message_id) for row in found if row.id is not None]
        sender = found[0].sender
    claims = {id_: Claim(True, message_id) for id_, message_id in new}
    repeated = [record.id for record in records if record.id not in claims]
    if repeated:
        claims |= await _claim_again(connection, repeated, retries)
    return {id_: replace(claim, sender=sender) for id_, claim in claims.items()}


async def _claim_again(connection: AsyncConnection, ids: Sequence[str], retries: int) -> dict[str, Claim]:
    """Claim e-mails that were claimed before."""
    claims = {}
    known = select(MailRow).where(MailRow.id.in_(ids)).order_by(MailRow.id).with_for_update()
    for row in (await connection.execute(known)).all():
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
    connection: AsyncConnection,
    about: Subject,
    outcomes: Iterable[Outcome],
    retries: int,
    *,
    done: str | None = None,
) -> None:
    """Write how the e-mails ended, with an event for each that was sent, may have been, or never will be.

    `done`: the step of the order that sends them and has nothing left to send.
    """
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
    if ended or done:
        order = about.id if isinstance(about, AboutOrder) else None
        found = references(about.id, None) if isinstance(about, AboutOrder) else about.references
        events = happened(about.account_id, found, By(_SYSTEM), happenings)
        known = {"ended": ended, "in_retry": retries, "order": order, **events, **follow_ups.finished(done)}
        await connection.execute(_RECORD, known)


def _placed(records: Sequence[EmailRecord]) -> list[dict[str, Any]]:
    """The records of `_CLAIM_IN_STATUS`, in their sequence."""
    return [
        {"place": place, **{name: getattr(record, name) for name in _OF_ORDER}}
        for place, record in enumerate(records)
    ]


def _columns(record: EmailRecord) -> dict[str, str | int]:
    match record.about:
        case AboutOrder():
            about = "order_id"
        case AboutRequest():
            about = "qr_request_id"
        case AboutNotification():
            about = "qr_notification_id"
        case AboutWork():
            about = "work_id"
    return {
        "id": record.id,
        "account_id": record.about.account_id,
        about: record.about.id,
        "template": record.template,
        "recipient": record.recipient,
        "message_id": record.message_id,
    }
