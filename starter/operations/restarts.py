"""Restart what is unfinished and has no workflow any more: it was terminated, or Temporal lost it.

The new workflow finds the recorded results of all steps that were done. It counts as a retry of everything
that the previous one was held for: an e-mail that the server refused is sent again.
"""

from collections.abc import Awaitable, Callable, Sequence
from enum import Enum
from typing import Any

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.common import TypedSearchAttributes, WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from models.codes.requests import QrRequest, RequestStatus
from models.events import EventView
from models.people.callers import AllAccounts, By
from models.values import cut
from settings import Settings
from starter.orders.drafts import again
from store import events
from store.codes import notifications, request_views
from store.licences import change_rows, requests
from store.operations import holds, job_steps
from store.operations.hold_subjects import kind_of
from store.operations.unfinished import requester_waits
from store.orders import views
from store.session import Database
from store.travel import due
from store.travel import notices as travel_notices
from temporal.calls import Calls, StartMessage
from temporal.connection import described
from workflows.codes.messages import NotifyOfQrCode, QrTimeouts, RequestQrCode
from workflows.codes.notification import EsimQrNotification
from workflows.codes.request import EsimQrRequest
from workflows.licences.licence_request import EsimLicenceRequest
from workflows.licences.messages import ChangeNumber, RequestLicences
from workflows.licences.number_change import EsimNumberChange
from workflows.operations.job import EsimJob
from workflows.operations.messages import RunJob
from workflows.orders.messages import Timeouts
from workflows.orders.order import EsimOrder
from workflows.search_attributes import (
    change_labels,
    job_labels,
    labels,
    licence_request_labels,
    notification_labels,
    request_labels,
    travel_line_labels,
    travel_notice_labels,
)
from workflows.travel.line_life import EsimLineLife
from workflows.travel.messages import LiveLine, SendTravelNotice
from workflows.travel.travel_notice import EsimTravelNotice

Start = tuple[Any, StartMessage, TypedSearchAttributes]
"""A workflow's run method, its start message, and its search attributes."""


async def runs(client: Client, workflow_id: str) -> bool:
    """Whether this workflow runs, by describing it, as visibility lags behind. Raises `Unavailable`."""
    found = await described(client, workflow_id)
    return found is not None and found.status is WorkflowExecutionStatus.RUNNING


def order_timeouts(settings: Settings) -> Timeouts:
    """The reminder schedule and timeouts of orders, from the settings."""
    return Timeouts(
        acknowledgement_reminder_after=settings.acknowledgement_reminder_after,
        processing_reminder_after=settings.processing_reminder_after,
        reminders=settings.reminders,
        notification_given_up_after=settings.notification_given_up_after,
    )


def request_timeouts(settings: Settings) -> QrTimeouts:
    """The reminder schedule and timeouts of requests for QR codes, from the settings."""
    return QrTimeouts(
        reminder_after=settings.qr_reminder_after,
        reminders=settings.qr_reminders,
        requester_notified_after=settings.qr_requester_notified_after,
        notification_given_up_after=settings.notification_given_up_after,
    )


class Restarted(Enum):
    """The outcome for one that seemed to have no workflow."""

    STARTED = "started"
    RUNS = "runs already"
    OVER = "is finished"
    FAILED = "could not be started"


class Restarts:
    """Restarts workflows of every kind of work."""

    def __init__(self, calls: Calls, database: Database, settings: Settings) -> None:
        self._calls = calls
        self._database = database
        self._settings = settings
        self._starts: dict[str, Callable[[str], Awaitable[Start | None]]] = {
            "order": self._order,
            "qr_request": self._request,
            "qr_notification": self._notification,
            "number_change": self._number_change,
            "licence_request": self._licence_request,
            "travel_notice": self._travel_notice,
            "travel_line": self._travel_line,
            "job": self._job,
        }

    async def start(self, workflow_id: str, by: By) -> bool:
        """Restart the workflow, and release its holds. If it is finished, only release; the result is False.

        The holds of the previous workflow are released after the start: if the start fails, they stay, and
        the next retry selects it again.
        """
        kind = kind_of(workflow_id)
        async with self._database.reading() as connection:
            held = await holds.seen(connection, workflow_id)
        found = await self._starts[kind.name](workflow_id) if kind else None
        if found is not None:
            run, message, attributes = found
            reuse = WorkflowIDReusePolicy.ALLOW_DUPLICATE
            await self._calls.start(run, message, workflow_id, attributes, reuse)
        async with self._database.transaction() as connection:
            await holds.release_seen(connection, workflow_id, by, held)
        return found is not None

    async def restore(self, workflow_id: str, by: By) -> Restarted:
        """Restart the workflow unless it runs. Idempotent, also concurrently: a running one keeps its holds.

        The holds of the previous workflow are released before the start: if this is interrupted, there is
        still no workflow, so the next recovery finds it again.
        """
        kind = kind_of(workflow_id)
        async with self._database.reading() as connection:
            held = await holds.seen(connection, workflow_id)
        if held and await runs(self._calls.client, workflow_id):
            return Restarted.RUNS
        found = await self._starts[kind.name](workflow_id) if kind else None
        if held:
            async with self._database.transaction() as connection:
                await holds.release_seen(connection, workflow_id, by, held)
        if found is None:
            return Restarted.OVER
        run, message, attributes = found
        started = await self._calls.start(
            run,
            message,
            workflow_id,
            attributes,
            WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            WorkflowIDConflictPolicy.FAIL,
        )
        return Restarted.STARTED if started else Restarted.RUNS

    async def _order(self, order_id: str) -> Start | None:
        async with self._database.reading() as connection:
            order = await views.unfinished(connection, order_id)
        if order is None:
            return None
        start = again(order_id, order, order_timeouts(self._settings))
        return EsimOrder.run, start, labels(start.order, start.shown)

    async def _request(self, request_id: str) -> Start | None:
        async with self._database.reading() as connection:
            request = await request_views.request(connection, AllAccounts(), request_id)
            if not (
                request.status is RequestStatus.REQUESTED or await requester_waits(connection, request_id)
            ):
                return None
            slot, provider, distributor = await request_views.start_facts(connection, request.sim_id)
            retries = _retries(await events.of(connection, AllAccounts(), request_id), "qr.held")
        asked = QrRequest(
            request_id=request.id,
            account_id=request.account_id,
            sim_id=request.sim_id,
            user_id=request.requested_by,
        )
        start = RequestQrCode(
            request=asked,
            slot=slot,
            provider=cut(provider),
            distributor=cut(distributor),
            timeouts=request_timeouts(self._settings),
            retries=retries,
        )
        return EsimQrRequest.run, start, request_labels(start)

    async def _notification(self, notification_id: str) -> Start | None:
        async with self._database.reading() as connection:
            known = await notifications.notification(connection, AllAccounts(), notification_id)
            if known.state not in {"waiting", "held"}:
                return None
            _, provider, _ = await request_views.start_facts(connection, known.sim_id)
            retries = _retries(
                await events.of(connection, AllAccounts(), notification_id), "notification.held"
            )
        start = NotifyOfQrCode(
            notification_id=known.id,
            sim_id=known.sim_id,
            account_id=known.account_id,
            provider=cut(provider),
            given_up_after=self._settings.notification_given_up_after,
            retries=retries,
        )
        return EsimQrNotification.run, start, notification_labels(start)

    async def _number_change(self, change_id: str) -> Start | None:
        async with self._database.reading() as connection:
            known = await change_rows.find(connection, change_id)
            if known is None or not known.unfinished:
                return None
            retries = _retries(await events.of(connection, AllAccounts(), change_id), "number_change.held")
        start = ChangeNumber(
            change=known.change,
            provider=cut(known.provider),
            distributor=cut(known.distributor),
            retries=retries,
        )
        return EsimNumberChange.run, start, change_labels(start)

    async def _licence_request(self, request_id: str) -> Start | None:
        async with self._database.reading() as connection:
            known = await requests.request_facts(connection, request_id)
            if known is None:
                return None
            retries = _retries(await events.of(connection, AllAccounts(), request_id), "licence_request.held")
        start = RequestLicences(
            request_id=request_id,
            account_id=known.about.account_id,
            add_on=known.add_on,
            quantity=known.quantity,
            given_up_after=self._settings.notification_given_up_after,
            retries=retries,
        )
        return EsimLicenceRequest.run, start, licence_request_labels(start)

    async def _travel_notice(self, notice_id: str) -> Start | None:
        async with self._database.reading() as connection:
            known = await travel_notices.unfinished(connection, notice_id)
            if known is None:
                return None
            retries = _retries(await events.of(connection, AllAccounts(), notice_id), "travel_notice.held")
        start = SendTravelNotice(
            notice_id=notice_id,
            account_id=known.account_id,
            notice=known.notice,
            given_up_after=self._settings.notification_given_up_after,
            retries=retries,
        )
        return EsimTravelNotice.run, start, travel_notice_labels(start)

    async def _travel_line(self, workflow_id: str) -> Start | None:
        async with self._database.reading() as connection:
            known = await due.unfinished(connection, workflow_id)
            if known is None:
                return None
            retries = _retries(await events.of(connection, AllAccounts(), workflow_id), "travel_line.held")
        start = LiveLine(
            esim_line_id=known.id,
            account_id=known.account_id,
            given_up_after=self._settings.notification_given_up_after,
            retries=retries,
        )
        return EsimLineLife.run, start, travel_line_labels(start)

    async def _job(self, workflow_id: str) -> Start | None:
        async with self._database.reading() as connection:
            known = await job_steps.unfinished(connection, workflow_id)
            if known is None:
                return None
            retries = _retries(await events.of(connection, AllAccounts(), workflow_id), "job.held")
        start = RunJob(
            job_id=workflow_id,
            account_id=known.account_id,
            kind=known.kind,
            given_up_after=self._settings.notification_given_up_after,
            retries=retries,
        )
        return EsimJob.run, start, job_labels(start)


def _retries(happened: Sequence[EventView], held: str) -> int:
    return 1 + sum(event.type == held for event in happened)
