"""How the workflow of each kind of work is started again: with what message, by what was recorded of it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio.common import TypedSearchAttributes

from models.codes.requests import QrRequest, RequestStatus
from models.people.callers import AllAccounts
from models.people.reminders import AccountReminders
from models.values import cut
from settings import Settings
from starter.orders.drafts import again
from starter.people.mail_starts import mail_start
from store import events
from store.codes import notifications, request_views
from store.licences import change_rows, requests
from store.operations import job_steps
from store.operations.hold_subjects import kind_of
from store.operations.unfinished import requester_waits
from store.orders import unfinished as unfinished_orders
from store.people import reminder_schedules
from store.travel import due
from store.travel import notices as travel_notices
from temporal.calls import StartMessage
from workflows.codes.messages import NotifyOfQrCode, QrTimeouts, RequestQrCode
from workflows.codes.notification import EsimQrNotification
from workflows.codes.request import EsimQrRequest
from workflows.licences.licence_request import EsimLicenceRequest
from workflows.licences.messages import ChangeNumber, RequestLicences
from workflows.licences.number_change import EsimNumberChange
from workflows.operations.job import EsimJob
from workflows.operations.messages import RunJob
from workflows.orders.messages import PlaceOrder, Timeouts
from workflows.orders.order import EsimOrder
from workflows.people.messages import SendUserMail
from workflows.people.user_mail import EsimUserMail
from workflows.search_attributes import (
    change_labels,
    job_labels,
    labels,
    licence_request_labels,
    notification_labels,
    request_labels,
    travel_line_labels,
    travel_notice_labels,
    user_mail_labels,
)
from workflows.travel.line_life import EsimLineLife
from workflows.travel.messages import LiveLine, SendTravelNotice
from workflows.travel.travel_notice import EsimTravelNotice

AS_SET = AccountReminders()
"""Of an account that has chosen nothing."""
Message = TypeVar("Message", bound=StartMessage)


def order_timeouts(settings: Settings, chosen: AccountReminders = AS_SET) -> Timeouts:
    """The reminder schedule and timeouts of orders: what the account has chosen, else from the settings."""
    timeouts = Timeouts(
        acknowledgement_reminder_after=settings.acknowledgement_reminder_after,
        processing_reminder_after=settings.processing_reminder_after,
        reminders=settings.reminders,
        notification_given_up_after=settings.notification_given_up_after,
    )
    return timeouts.model_copy(update=chosen.of_orders)


def request_timeouts(settings: Settings, chosen: AccountReminders = AS_SET) -> QrTimeouts:
    """The same of requests for QR codes."""
    timeouts = QrTimeouts(
        reminder_after=settings.qr_reminder_after,
        reminders=settings.qr_reminders,
        requester_notified_after=settings.qr_requester_notified_after,
        notification_given_up_after=settings.notification_given_up_after,
    )
    return timeouts.model_copy(update=chosen.of_codes)


@dataclass(frozen=True)
class Restart(Generic[Message]):
    """How the workflow of one kind of work is started again."""

    message: Callable[[AsyncConnection, str, Settings], Awaitable[Message | None]]
    """What it is started with, by its id; None if the work is finished."""
    run: Any
    labels: Callable[[Message], TypedSearchAttributes]


async def _order(connection: AsyncConnection, order_id: str, settings: Settings) -> PlaceOrder | None:
    order = await unfinished_orders.unfinished(connection, order_id)
    if order is None:
        return None
    chosen = await reminder_schedules.read(connection, order.account_id, order.placed_at)
    return again(order_id, order, order_timeouts(settings, chosen))


async def _request(connection: AsyncConnection, request_id: str, settings: Settings) -> RequestQrCode | None:
    request = await request_views.request(connection, AllAccounts(), request_id)
    if request.status is not RequestStatus.REQUESTED and not await requester_waits(connection, request_id):
        return None
    slot, provider, distributor = await request_views.start_facts(connection, request.sim_id)
    chosen = await reminder_schedules.read(connection, request.account_id, request.requested_at)
    asked = QrRequest(
        request_id=request.id,
        account_id=request.account_id,
        sim_id=request.sim_id,
        user_id=request.requested_by,
    )
    return RequestQrCode(
        request=asked,
        slot=slot,
        provider=cut(provider),
        distributor=cut(distributor),
        timeouts=request_timeouts(settings, chosen),
        retries=await _retries(connection, request_id),
    )


async def _notification(
    connection: AsyncConnection, notification_id: str, settings: Settings
) -> NotifyOfQrCode | None:
    known = await notifications.notification(connection, AllAccounts(), notification_id)
    if known.state not in {"waiting", "held"}:
        return None
    _, provider, _ = await request_views.start_facts(connection, known.sim_id)
    return NotifyOfQrCode(
        notification_id=known.id,
        sim_id=known.sim_id,
        account_id=known.account_id,
        provider=cut(provider),
        given_up_after=settings.notification_given_up_after,
        retries=await _retries(connection, notification_id),
    )


async def _change(connection: AsyncConnection, change_id: str, _: Settings) -> ChangeNumber | None:
    known = await change_rows.find(connection, change_id)
    if known is None or not known.unfinished:
        return None
    return ChangeNumber(
        change=known.change,
        provider=cut(known.provider),
        distributor=cut(known.distributor),
        retries=await _retries(connection, change_id),
    )


async def _licences(
    connection: AsyncConnection, request_id: str, settings: Settings
) -> RequestLicences | None:
    known = await requests.request_facts(connection, request_id)
    if known is None:
        return None
    return RequestLicences(
        request_id=request_id,
        account_id=known.about.account_id,
        add_on=known.add_on,
        quantity=known.quantity,
        given_up_after=settings.notification_given_up_after,
        retries=await _retries(connection, request_id),
    )


async def _notice(connection: AsyncConnection, notice_id: str, settings: Settings) -> SendTravelNotice | None:
    known = await travel_notices.unfinished(connection, notice_id)
    if known is None:
        return None
    return SendTravelNotice(
        notice_id=notice_id,
        account_id=known.account_id,
        notice=known.notice,
        given_up_after=settings.notification_given_up_after,
        retries=await _retries(connection, notice_id),
    )


async def _user_mail(connection: AsyncConnection, mail_id: str, settings: Settings) -> SendUserMail | None:
    return await mail_start(connection, mail_id, settings, await _retries(connection, mail_id))


async def _line(connection: AsyncConnection, workflow_id: str, settings: Settings) -> LiveLine | None:
    known = await due.unfinished(connection, workflow_id)
    if known is None:
        return None
    return LiveLine(
        esim_line_id=known.id,
        account_id=known.account_id,
        given_up_after=settings.notification_given_up_after,
        retries=await _retries(connection, workflow_id),
    )


async def _job(connection: AsyncConnection, workflow_id: str, settings: Settings) -> RunJob | None:
    known = await job_steps.unfinished(connection, workflow_id)
    if known is None:
        return None
    return RunJob(
        job_id=workflow_id,
        account_id=known.account_id,
        kind=known.kind,
        given_up_after=settings.notification_given_up_after,
        retries=await _retries(connection, workflow_id),
    )


async def _retries(connection: AsyncConnection, work_id: str) -> int:
    """One for each time that it was held, and one for the start itself."""
    kind = kind_of(work_id)
    happened = await events.of(connection, AllAccounts(), work_id)
    return 1 + sum(kind is not None and event.type == f"{kind.events}.held" for event in happened)


RESTARTS: Mapping[str, Restart[Any]] = {
    "order": Restart(_order, EsimOrder.run, lambda start: labels(start.order, start.shown)),
    "qr_request": Restart(_request, EsimQrRequest.run, request_labels),
    "qr_notification": Restart(_notification, EsimQrNotification.run, notification_labels),
    "number_change": Restart(_change, EsimNumberChange.run, change_labels),
    "licence_request": Restart(_licences, EsimLicenceRequest.run, licence_request_labels),
    "travel_notice": Restart(_notice, EsimTravelNotice.run, travel_notice_labels),
    "user_mail": Restart(_user_mail, EsimUserMail.run, user_mail_labels),
    "travel_line": Restart(_line, EsimLineLife.run, travel_line_labels),
    "job": Restart(_job, EsimJob.run, job_labels),
}
"""By the kind of work (`store.operations.hold_subjects.KINDS`)."""
