"""E-mails and calls of orders, requests and notifications that have not been sent yet (W11).

A failed attempt is recorded after the call has ended, in a transaction of its own; the attempt that succeeds
removes the record. A change that supersedes the step (another status of the order, a new round of a request,
a notification that is revoked or given up) removes the record in its own transaction.

An attempt whose worker was killed records nothing. Its e-mail stays `sending`, and counts as not sent after
the longest time that an attempt may take.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    ColumnElement,
    Interval,
    ScalarSelect,
    Select,
    String,
    and_,
    bindparam,
    cast,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.selectable import CTE

from models.codes.requests import RequestStatus
from models.operations.not_sent import MAIL, NotSentReason, NotSentView
from store.codes.tables import QrNotificationRow, QrRequestRow
from store.fleet.tables import SimRow
from store.licences.tables import LicenceRequestRow, NumberChangeRow
from store.mail_table import MailRow
from store.operations.job_tables import JobRow
from store.operations.tables import NotSentRow
from store.orders import follow_ups
from store.orders.tables import OPEN_STATUSES, OrderRow
from store.people.sign_in_tables import UserMailRow
from store.row import constants, now
from store.travel.line_tables import TravelNoticeRow


@dataclass(frozen=True)
class Sending:
    """A step that sends: about which order, request or notification, and in which round of a request."""

    subject_id: str
    step: str
    """The same name as in the table of holds."""
    round_number: int | None = None


INTERRUPTED_AFTER = timedelta(minutes=2)
"""The longest time that an attempt may take. An e-mail that is `sending` for longer was interrupted."""
OUTLASTING = ("send_email:", "follow_up:")
"""The prefixes of steps that stay pending in any status of the order: e-mails to people, and follow-ups."""

_LONG_AGO = bindparam("took", type_=Interval)
_STILL_OPEN = QrRequestRow.status == RequestStatus.REQUESTED
_STILL_WANTED = and_(QrNotificationRow.revoked_at.is_(None), ~QrNotificationRow.given_up)
_ROUND = bindparam("of_round", type_=BigInteger)
_STILL_MATTERS: dict[str, Select[str]] = {
    # the attempt may have begun before the status of the order changed, which superseded it
    "order-": select(OrderRow.id).where(
        OrderRow.id == bindparam("subject"),
        or_(bindparam("outlasting", type_=Boolean), OrderRow.status_since <= now() - _LONG_AGO),
    ),
    "qr-request-": select(QrRequestRow.id).where(
        QrRequestRow.id == bindparam("subject"),
        _STILL_OPEN,
        QrRequestRow.round == func.coalesce(_ROUND, QrRequestRow.round),
    ),
    "qr-notification-": select(QrNotificationRow.id).where(
        QrNotificationRow.id == bindparam("subject"), _STILL_WANTED
    ),
    "number-change-": select(NumberChangeRow.id).where(
        NumberChangeRow.id == bindparam("subject"), NumberChangeRow.applied_at.is_not(None)
    ),
    "licence-request-": select(LicenceRequestRow.id).where(
        LicenceRequestRow.id == bindparam("subject"), LicenceRequestRow.notified_at.is_(None)
    ),
    "travel-notice-": select(TravelNoticeRow.id).where(
        TravelNoticeRow.id == bindparam("subject"), TravelNoticeRow.done_at.is_(None)
    ),
    "user-mail-": select(UserMailRow.id).where(
        UserMailRow.id == bindparam("subject"), UserMailRow.done_at.is_(None)
    ),
    "travel-line-": select(TravelNoticeRow.id).where(
        TravelNoticeRow.id == bindparam("of_notice"), TravelNoticeRow.done_at.is_(None)
    ),
    "job-": select(JobRow.workflow_id).where(
        JobRow.workflow_id == bindparam("subject"), JobRow.ended_at.is_(None)
    ),
}
"""By the prefix of the subject's id: the subject, locked, unless the step was superseded meanwhile."""
_LOCK_SIM: dict[str, Select[int]] = {
    prefix: select(SimRow.id)
    .join(of, of.sim_id == SimRow.id)
    .where(of.id == bindparam("subject"))
    .with_for_update(read=True, of=SimRow)
    for prefix, of in (("qr-request-", QrRequestRow), ("qr-notification-", QrNotificationRow))
}
"""The SIM is locked first, as in every step about QR codes. The statement that discards a SIM ends its
request and removes the records; it does not see a record that is committed while it waits for the request.
"""
_FAILED = insert(NotSentRow).values(since=now() - _LONG_AGO, tried_at=now() - _LONG_AGO)
_INTERRUPTED = insert(NotSentRow).values(since=now() - _LONG_AGO).on_conflict_do_nothing()
_FAILED_AGAIN = _FAILED.on_conflict_do_update(
    index_elements=[NotSentRow.subject_id, NotSentRow.step],
    set_={
        "attempts": func.greatest(NotSentRow.attempts + 1, _FAILED.excluded.attempts),
        **{name: _FAILED.excluded[name] for name in ("recipients", "reason", "tried_at")},
    },
)
_SENT = delete(NotSentRow).where(
    NotSentRow.subject_id == bindparam("subject"), NotSentRow.step == bindparam("of_step")
)


async def failed(
    connection: AsyncConnection,
    sending: Sending,
    reason: NotSentReason,
    *,
    took: timedelta,
    attempt: int = 1,
    recipients: Sequence[str] = (),
) -> None:
    """Record an attempt that failed after it `took` so long. `attempt` counts from the last manual retry."""
    values = {"reason": reason.value, "attempts": attempt, "recipients": list(recipients)}
    if await _still_matters(connection, sending, took):
        await connection.execute(_FAILED_AGAIN, {**values, **_key(sending), "took": took})


async def interrupted(
    connection: AsyncConnection, sending: Sending, *, began: timedelta, attempts: int
) -> None:
    """Record earlier attempts that left no record: their worker was killed, or the database was unavailable.
    The first `began` so long ago.
    """
    values = {"reason": NotSentReason.INTERRUPTED.value, "attempts": attempts, "recipients": []}
    if await _still_matters(connection, sending, timedelta()):
        await connection.execute(_INTERRUPTED, {**values, **_key(sending), "took": began})


async def sent(connection: AsyncConnection, subject_id: str, step: str) -> None:
    """Remove the record: the step has succeeded, or is given up. Idempotent."""
    await connection.execute(_SENT, {"subject": subject_id, "of_step": step})


async def _still_matters(connection: AsyncConnection, sending: Sending, took: timedelta) -> bool:
    """Whether the step has not been superseded since the attempt began. The subject is locked: a change that
    supersedes the step either commits later and removes the record, or is visible here.
    """
    which: dict[str, Any] = {"subject": sending.subject_id, "took": took, "of_round": sending.round_number}
    which["of_notice"] = sending.step.partition(":")[2]
    which["outlasting"] = sending.step.startswith(OUTLASTING)
    for prefix, subject in _STILL_MATTERS.items():
        if sending.subject_id.startswith(prefix):
            if prefix in _LOCK_SIM:
                await connection.execute(_LOCK_SIM[prefix], which)
            return await connection.scalar(subject.with_for_update(read=True), which) is not None
    raise LookupError("What has not been sent belongs to no kind of work.")


def _key(sending: Sending) -> dict[str, str]:
    return {"subject_id": sending.subject_id, "step": sending.step}


# --- as part of other statements ----------------------------------------------------------------------


def gone(subject_id: ColumnElement[str] | Any, *conditions: ColumnElement[bool]) -> CTE:
    """Remove the records of a subject, all or some, as part of the statement that supersedes the steps."""
    return delete(NotSentRow).where(NotSentRow.subject_id == subject_id, *conditions).cte("not_sent_any_more")


_NONE: ColumnElement[Any] = cast(literal("{}"), ARRAY(String))


def _interrupted_mails(
    subject_id: InstrumentedAttribute[Any], row_id: InstrumentedAttribute[str], *still: ColumnElement[bool]
) -> Select[Any]:
    known = exists().where(NotSentRow.subject_id == subject_id)
    mails: Select[Any] = (
        select(
            subject_id.label("subject_id"),
            func.concat(MAIL, MailRow.template).label("step"),
            func.array_append(_NONE, MailRow.recipient).label("recipients"),
            literal(NotSentReason.INTERRUPTED.value).label("reason"),
            MailRow.attempts,
            MailRow.updated_at.label("since"),
            MailRow.updated_at.label("tried_at"),
        )
        .join(row_id.parent.class_, row_id == subject_id)
        .where(
            MailRow.state.in_(constants(["sending"])),
            MailRow.failure.is_(None),
            MailRow.updated_at < now() - INTERRUPTED_AFTER,
            ~known,
            *still,
        )
    )
    return mails


ALL = union_all(
    select(
        NotSentRow.subject_id,
        NotSentRow.step,
        NotSentRow.recipients,
        NotSentRow.reason,
        NotSentRow.attempts,
        NotSentRow.since,
        NotSentRow.tried_at,
    ),
    _interrupted_mails(
        MailRow.order_id,
        OrderRow.id,
        MailRow.updated_at >= OrderRow.status_since,
        or_(OrderRow.status.in_(OPEN_STATUSES), follow_ups.pending(OrderRow.id)),
    ),
    _interrupted_mails(MailRow.qr_request_id, QrRequestRow.id, _STILL_OPEN),
    _interrupted_mails(MailRow.qr_notification_id, QrNotificationRow.id, _STILL_WANTED),
    _interrupted_mails(MailRow.work_id, NumberChangeRow.id, NumberChangeRow.notified_at.is_(None)),
    _interrupted_mails(MailRow.work_id, LicenceRequestRow.id, LicenceRequestRow.notified_at.is_(None)),
    _interrupted_mails(MailRow.work_id, TravelNoticeRow.id, TravelNoticeRow.done_at.is_(None)),
    _interrupted_mails(MailRow.work_id, UserMailRow.id, UserMailRow.done_at.is_(None)),
).subquery("not_gone_out")
"""Everything that has not been sent yet, with the id of its subject."""


def of(subject_id: ColumnElement[str] | Any) -> ScalarSelect[Any]:
    """What has not been sent of this subject, oldest first, as a JSON column; `read` converts it."""
    names = NotSentView.model_fields
    one = func.jsonb_build_object(*(part for name in names for part in (name, ALL.c[name])))
    ordered: Any = aggregate_order_by(one, ALL.c.since, ALL.c.step)
    found: Select[Any] = select(func.jsonb_agg(ordered)).where(ALL.c.subject_id == subject_id)
    return found.correlate_except(ALL).scalar_subquery()


def read(column: Sequence[dict[str, Any]] | None) -> tuple[NotSentView, ...]:
    """The field `not_sent` of views, from the column `of`."""
    return tuple(NotSentView(**found) for found in column or ())


def is_waiting(subject_id: ColumnElement[str] | Any) -> ColumnElement[bool]:
    """Whether anything of this subject has not been sent, as a condition."""
    return select(ALL.c.step).where(ALL.c.subject_id == subject_id).correlate_except(ALL).exists()
