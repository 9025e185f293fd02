"""Starting again what is not finished and has no workflow any more: it was terminated, or Temporal lost it.

A new workflow finds all that was done already. It begins as a retry of whatever the one before was ever held
for: a mail that the server refused is sent again.
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
from store.operations import holds
from store.operations.hold_subjects import kind_of
from store.operations.unfinished import requester_waits
from store.orders import views
from store.session import Database
from temporal.calls import Calls
from temporal.connection import described
from workflows.codes.messages import NotifyOfQrCode, QrTimeouts, RequestQrCode
from workflows.codes.notification import EsimQrNotification
from workflows.codes.request import EsimQrRequest
from workflows.orders.messages import PlaceOrder, Timeouts
from workflows.orders.order import EsimOrder
from workflows.search_attributes import labels, notification_labels, request_labels

Start = tuple[Any, PlaceOrder | RequestQrCode | NotifyOfQrCode, TypedSearchAttributes]
"""A workflow, what it is started with, and what it is found by."""


async def runs(client: Client, workflow_id: str) -> bool:
    """Whether this workflow runs, as Temporal itself knows: its list lags behind. Raises `Unavailable`."""
    found = await described(client, workflow_id)
    return found is not None and found.status is WorkflowExecutionStatus.RUNNING


def order_timeouts(settings: Settings) -> Timeouts:
    """How long orders wait before they remind."""
    return Timeouts(
        acknowledgement_reminder_after=settings.acknowledgement_reminder_after,
        processing_reminder_after=settings.processing_reminder_after,
        reminders=settings.reminders,
        notification_given_up_after=settings.notification_given_up_after,
    )


def request_timeouts(settings: Settings) -> QrTimeouts:
    """How long requests for QR codes wait before they remind."""
    return QrTimeouts(
        reminder_after=settings.qr_reminder_after,
        reminders=settings.qr_reminders,
        requester_notified_after=settings.qr_requester_notified_after,
        notification_given_up_after=settings.notification_given_up_after,
    )


class Restarted(Enum):
    """What became of one that seemed to have no workflow."""

    STARTED = "started"
    RUNS = "runs already"
    OVER = "is finished"
    FAILED = "could not be started"


class Restarts:
    """Starts workflows again, of every kind that can be held."""

    def __init__(self, calls: Calls, database: Database, settings: Settings) -> None:
        self._calls = calls
        self._database = database
        self._settings = settings
        self._starts: dict[str, Callable[[str], Awaitable[Start | None]]] = {
            "order": self._order,
            "qr_request": self._request,
            "qr_notification": self._notification,
        }

    async def start(self, workflow_id: str, by: By) -> bool:
        """Start it again, where it has a way to go. Where it has not, nothing is held any more either.

        What the workflow before was held for is released after the start: where that fails, it stays selected
        for the next retry.
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
        """Start it again unless it runs. It may be repeated, also at the same time: one that runs is left
        alone, with all that it is held for.

        What the workflow before was held for is released before the start: where that is interrupted, it has
        no workflow and is found again.
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


def _retries(happened: Sequence[EventView], held: str) -> int:
    return 1 + sum(event.type == held for event in happened)
