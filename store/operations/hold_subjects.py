"""Finds what a held workflow is about: the prefix of the workflow's id says which kind of record it is.

To add a kind of workflow, add an entry to `KINDS` and to the dictionaries of the modules that find unfinished
work (`store.operations.unfinished`), record what is not sent (`store.operations.not_sent`), count
(`store.operations.metrics`), watch retries (`store.operations.retries`), restart
(`starter.operations.restarts`) and name it for people (`starter.operations.work_checks`,
`starter.cli.operations.retry_many`).
Its prefix is one of `models.identifiers.WORK`. A test compares all of them.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codes.requests import RequestStatus
from models.errors import NotFound
from models.events import sim_references
from models.orders.lifecycle import HoldReason
from store.codes.code_locks import lock_request, lock_sim
from store.codes.tables import QrNotificationRow
from store.licences.tables import LicenceRequestRow, NumberChangeRow
from store.operations import job_steps
from store.operations.job_tables import JobRow
from store.orders.locked_order import references
from store.orders.tables import OrderRow
from store.people import user_mails
from store.people.sign_in_tables import UserMailRow
from store.row import now
from store.travel import notices as travel_notices
from store.travel.line_tables import EsimLineRow, TravelNoticeRow


@dataclass(frozen=True)
class HoldSubject:
    """The order, request or notification of a workflow, locked until the end of the transaction."""

    account_id: int
    about: tuple[str, ...]
    obsolete: frozenset[HoldReason] = frozenset()
    """Reasons that no longer matter: a hold for one of these is not recorded."""


@dataclass(frozen=True)
class HoldKind:
    """How holds of a kind of workflow are recorded. `name` is its label in metrics and lists."""

    name: str
    workflow_type: str
    """Its workflow type in Temporal."""
    find: Callable[[AsyncConnection, str], Awaitable[HoldSubject]]
    """Raises `NotFound`."""
    events: str
    """The prefix of its events: EVENTS.held, EVENTS.released."""
    given_up: str
    """The event type when a step is given up."""
    give_up: Callable[[AsyncConnection, str], Awaitable[bool]] | None = None
    """Records that the step is given up; returns whether that changed anything."""


_EVERY_REASON = frozenset(HoldReason)

# FOR NO KEY UPDATE: rows with a foreign key to the order can be written concurrently
_ORDER = (
    select(OrderRow.account_id, OrderRow.subject)
    .where(OrderRow.id == bindparam("order"))
    .with_for_update(key_share=True)
)
_SIM_OF_NOTIFICATION = select(QrNotificationRow.sim_id).where(
    QrNotificationRow.id == bindparam("notification")
)
_NOTIFICATION = select(QrNotificationRow.account_id, QrNotificationRow.revoked_at).where(
    QrNotificationRow.id == bindparam("notification")
)
_GIVE_UP = (
    update(QrNotificationRow)
    .where(QrNotificationRow.id == bindparam("notification"), ~QrNotificationRow.given_up)
    .values(given_up=True)
    .returning(QrNotificationRow.id)
)

_CHANGE = (
    select(NumberChangeRow.account_id, NumberChangeRow.number_id)
    .where(NumberChangeRow.id == bindparam("of_change"))
    .with_for_update(key_share=True)
)
_GIVE_UP_CHANGE = (
    update(NumberChangeRow)
    .where(
        NumberChangeRow.id == bindparam("of_change"),
        NumberChangeRow.notice.is_not(None),
        NumberChangeRow.notified_at.is_(None),
    )
    .values(notified_at=now())
    .returning(NumberChangeRow.id)
)
_LICENCE_REQUEST = (
    select(LicenceRequestRow.account_id)
    .where(LicenceRequestRow.id == bindparam("request"))
    .with_for_update(key_share=True)
)
_GIVE_UP_REQUEST = (
    update(LicenceRequestRow)
    .where(LicenceRequestRow.id == bindparam("request"), LicenceRequestRow.notified_at.is_(None))
    .values(notified_at=now())
    .returning(LicenceRequestRow.id)
)
_LINE = (
    select(EsimLineRow.account_id, EsimLineRow.subject)
    .where(EsimLineRow.id == bindparam("line"))
    .with_for_update(key_share=True)
)


_JOB = (
    select(JobRow.id, JobRow.account_id, JobRow.ended_at)
    .where(JobRow.workflow_id == bindparam("job"))
    .with_for_update(key_share=True)
)
_TRAVEL_NOTICE = (
    select(TravelNoticeRow.account_id)
    .where(TravelNoticeRow.id == bindparam("of_notice"))
    .with_for_update(key_share=True)
)


_USER_MAIL = (
    select(UserMailRow.account_id, UserMailRow.user_id)
    .where(UserMailRow.id == bindparam("of_mail"))
    .with_for_update(key_share=True)
)


async def _order(connection: AsyncConnection, order_id: str) -> HoldSubject:
    row = (await connection.execute(_ORDER, {"order": order_id})).one_or_none()
    if row is None:
        raise NotFound.because("unknown_order", order=order_id)
    return HoldSubject(row.account_id, references(order_id, row.subject))


async def _request(connection: AsyncConnection, request_id: str) -> HoldSubject:
    """A request that has ended is not held for a missing QR code."""
    request = await lock_request(connection, request_id)
    over = request.status is not RequestStatus.REQUESTED
    return HoldSubject(
        request.account_id,
        sim_references(request.sim_id, request_id=request_id),
        frozenset({HoldReason.NO_QR_CODE}) if over else frozenset(),
    )


async def _notification(connection: AsyncConnection, notification_id: str) -> HoldSubject:
    """A revoked notification is not held: its e-mail is not sent."""
    which = {"notification": notification_id}
    sim_id = (await connection.execute(_SIM_OF_NOTIFICATION, which)).scalar_one_or_none()
    if sim_id is None:
        raise NotFound.because("unknown_notification", notification=notification_id)
    await lock_sim(connection, sim_id)
    row = (await connection.execute(_NOTIFICATION, which)).one()
    return HoldSubject(
        row.account_id,
        sim_references(sim_id, notification_id=notification_id),
        _EVERY_REASON if row.revoked_at else frozenset(),
    )


async def _give_up_notification(connection: AsyncConnection, notification_id: str) -> bool:
    done = await connection.execute(_GIVE_UP, {"notification": notification_id})
    return done.scalar_one_or_none() is not None


async def _number_change(connection: AsyncConnection, change_id: str) -> HoldSubject:
    row = (await connection.execute(_CHANGE, {"of_change": change_id})).one_or_none()
    if row is None:
        raise NotFound.because("unknown_workflow", workflow=change_id)
    return HoldSubject(row.account_id, (change_id, f"number:{row.number_id}"))


async def _give_up_change(connection: AsyncConnection, change_id: str) -> bool:
    """The provider is not asked any more: an operator has decided so."""
    done = await connection.execute(_GIVE_UP_CHANGE, {"of_change": change_id})
    return done.scalar_one_or_none() is not None


async def _licence_request(connection: AsyncConnection, request_id: str) -> HoldSubject:
    account_id = await connection.scalar(_LICENCE_REQUEST, {"request": request_id})
    if account_id is None:
        raise NotFound.because("unknown_licence_request")
    return HoldSubject(account_id, (request_id,))


async def _give_up_request(connection: AsyncConnection, request_id: str) -> bool:
    done = await connection.execute(_GIVE_UP_REQUEST, {"request": request_id})
    return done.scalar_one_or_none() is not None


async def _travel_notice(connection: AsyncConnection, notice_id: str) -> HoldSubject:
    account_id = await connection.scalar(_TRAVEL_NOTICE, {"of_notice": notice_id})
    if account_id is None:
        raise NotFound.because("unknown_workflow", workflow=notice_id)
    return HoldSubject(account_id, (notice_id,))


async def _user_mail(connection: AsyncConnection, mail_id: str) -> HoldSubject:
    row = (await connection.execute(_USER_MAIL, {"of_mail": mail_id})).one_or_none()
    if row is None:
        raise NotFound.because("unknown_workflow", workflow=mail_id)
    return HoldSubject(row.account_id, (mail_id, f"user:{row.user_id}"))


async def _travel_line(connection: AsyncConnection, workflow_id: str) -> HoldSubject:
    number = workflow_id.removeprefix("travel-line-")
    row = None
    if number.isascii() and number.isdigit():
        row = (await connection.execute(_LINE, {"line": int(number)})).one_or_none()
    if row is None:
        raise NotFound.because("unknown_workflow", workflow=workflow_id)
    return HoldSubject(row.account_id, (workflow_id, row.subject))


async def _job(connection: AsyncConnection, workflow_id: str) -> HoldSubject:
    row = (await connection.execute(_JOB, {"job": workflow_id})).one_or_none()
    if row is None:
        raise NotFound.because("unknown_workflow", workflow=workflow_id)
    over = _EVERY_REASON if row.ended_at else frozenset[HoldReason]()
    return HoldSubject(row.account_id, (workflow_id, f"job:{row.id}"), over)


KINDS: dict[str, HoldKind] = {
    "order-": HoldKind("order", "EsimOrder", _order, "order", "mail.given_up"),
    "qr-request-": HoldKind("qr_request", "EsimQrRequest", _request, "qr", "mail.given_up"),
    "qr-notification-": HoldKind(
        "qr_notification",
        "EsimQrNotification",
        _notification,
        "notification",
        "notification.given_up",
        _give_up_notification,
    ),
    "number-change-": HoldKind(
        "number_change",
        "EsimNumberChange",
        _number_change,
        "number_change",
        "number_change.given_up",
        _give_up_change,
    ),
    "licence-request-": HoldKind(
        "licence_request",
        "EsimLicenceRequest",
        _licence_request,
        "licence_request",
        "licence_request.given_up",
        _give_up_request,
    ),
    "travel-notice-": HoldKind(
        "travel_notice",
        "EsimTravelNotice",
        _travel_notice,
        "travel_notice",
        "travel_notice.given_up",
        travel_notices.done,
    ),
    "user-mail-": HoldKind(
        "user_mail", "EsimUserMail", _user_mail, "user_mail", "user_mail.given_up", user_mails.done
    ),
    "travel-line-": HoldKind(
        "travel_line", "EsimLineLife", _travel_line, "travel_line", "travel_line.given_up"
    ),
    "job-": HoldKind("job", "EsimJob", _job, "job", "job.given_up", job_steps.give_up),
}
"""By the prefix of the workflow's id."""


def kind_of(workflow_id: str) -> HoldKind | None:
    """The kind of the workflow with this id; None for an unknown prefix."""
    return next((kind for prefix, kind in KINDS.items() if workflow_id.startswith(prefix)), None)
