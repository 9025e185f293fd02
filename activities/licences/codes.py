"""The follow-up of a processed order about a number: its agent gets the eSIM's QR code (L9, L17, L27)."""

import uuid
from typing import Any

from temporalio import activity
from temporalio.client import Client, WithStartWorkflowOperation
from temporalio.common import TypedSearchAttributes, WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from models.codes.requests import NotificationView, QrRequest, RequestResult
from models.errors import Refused
from models.people.reminders import AccountReminders
from models.values import cut
from store.licences import code_requests
from store.licences.code_requests import EsimOfOrder, NoQrContact, NumberSuspended
from store.orders.follow_ups import Due
from store.people import reminder_schedules
from store.session import Database
from workflows.codes.messages import NotifyOfQrCode, QrTimeouts, RequestQrCode
from workflows.codes.notification import EsimQrNotification
from workflows.codes.request import EsimQrRequest
from workflows.search_attributes import notification_labels, request_labels


class CodeForAgent:
    """Sends the agent the QR code if it is known, else requests it from the distributor; the agent then gets
    it as soon as it is imported. `timeouts` are those of such a request.
    """

    def __init__(self, timeouts: QrTimeouts) -> None:
        self._timeouts = timeouts

    async def __call__(self, client: Client, due: Due, database: Database) -> None:
        """Do so for this order, unless its eSIM has ended; idempotent. Raises `NoAgentAddress`,
        `NoQrContact`, `NumberSuspended`, `Refused`.
        """
        try:
            await self._reach_agent(client, due, database)
        except Refused as refused:
            codes = {refusal.code for refusal in refused.refusals}
            if "sim_suspended" in codes:
                raise NumberSuspended from None
            if "no_qr_contact" in codes:
                raise NoQrContact from None
            if "sim_discarded" not in codes:
                raise

    async def _reach_agent(self, client: Client, due: Due, database: Database) -> None:
        async with database.transaction() as connection:
            esim = await code_requests.esim_of(connection, due.order_id)
            if esim is None:
                return
            notification = request = None
            chosen = AccountReminders()
            if esim.version_id is not None:
                notification = await code_requests.notify_agent(connection, esim)
            else:
                request = await code_requests.code_request(connection, esim)
                chosen = await reminder_schedules.read(connection, esim.account_id)
        if notification is not None:
            await self._notify(client, esim, notification)
        elif request is not None:
            await self._request(client, esim, request, chosen)

    async def _notify(self, client: Client, esim: EsimOfOrder, notification: NotificationView) -> None:
        start = NotifyOfQrCode(
            notification_id=notification.id,
            sim_id=esim.sim_id,
            account_id=esim.account_id,
            provider=cut(esim.provider),
            given_up_after=self._timeouts.notification_given_up_after,
        )
        try:
            await client.start_workflow(
                EsimQrNotification.run,
                start,
                id=notification.id,
                **_as_started(start, notification_labels(start)),
            )
        except WorkflowAlreadyStartedError:
            return

    async def _request(
        self, client: Client, esim: EsimOfOrder, request: QrRequest, chosen: AccountReminders
    ) -> None:
        start = RequestQrCode(
            request=request,
            provider=cut(esim.provider),
            distributor=cut(esim.distributor),
            timeouts=self._timeouts.model_copy(update=chosen.of_codes),
        )
        operation: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
            EsimQrRequest.run,
            start,
            id=request.request_id,
            **_as_started(start, request_labels(start)),
        )
        update: Any = EsimQrRequest.request
        try:
            result: RequestResult = await client.execute_update_with_start_workflow(
                update, start_workflow_operation=operation, id=uuid.uuid4().hex
            )
        except WorkflowAlreadyStartedError:
            return
        if result.refusals:
            raise Refused(*result.refusals)


def _as_started(start: NotifyOfQrCode | RequestQrCode, labels: TypedSearchAttributes) -> dict[str, Any]:
    """How both are started: once, under their id."""
    return {
        "task_queue": activity.info().task_queue,
        "id_conflict_policy": WorkflowIDConflictPolicy.USE_EXISTING,
        "id_reuse_policy": WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
        "static_summary": start.summary,
        "static_details": start.details,
        "search_attributes": labels,
    }
