"""A house that also asks for QR codes: requests made the way the desk makes them, and notifications."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from temporalio.client import WithStartWorkflowOperation, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.worker import Worker

from activities.heartbeats import Heartbeats
from models.codes.requests import QrRequest, RequestResult, RequestState, RequestStatus
from models.identifiers import qr_notification_id, qr_request_id
from temporal.workflow_sandbox import workflow_runner
from tests.temporal_server import Temporal, a_task_queue, eventually, running
from tests.workflows.codes.fake_qr import ROLE, FakeQr, FakeRequest
from tests.workflows.house import House, answered, order_steps
from tests.workflows.licences.fake_licences import FakeLicences
from tests.workflows.operations.fake_jobs import FakeJobs
from tests.workflows.operations.fake_retries import FakeRetries
from tests.workflows.operations.fake_webhooks import FakeWebhooks
from tests.workflows.people.fake_user_mails import FakeUserMails
from tests.workflows.travel.fake_lines import FakeLines
from tests.workflows.travel.fake_travel import FakeTravel
from worker import WORKFLOWS
from workflows.codes.messages import NotificationStatus, NotifyOfQrCode, QrTimeouts, RequestQrCode
from workflows.codes.notification import EsimQrNotification
from workflows.codes.request import EsimQrRequest
from workflows.step import activities_of

QR_WAITS = QrTimeouts(
    reminder_after=timedelta(days=3),
    reminders=1,
    requester_notified_after=timedelta(minutes=15),
    look_every=timedelta(days=1),
    notification_given_up_after=timedelta(days=7),
)
ASKED = f"request 1 to {ROLE}"
"""The first letter that `FakeQr` got."""
Handle = WorkflowHandle[EsimQrRequest, RequestState]


class QrHouse(House):
    def __init__(self, temporal: Temporal, task_queue: str) -> None:
        super().__init__(temporal, task_queue)
        self.qr = FakeQr(self.troubles)
        self.licences = FakeLicences(self.troubles)
        self.travel = FakeTravel(self.troubles)
        self.user_mails = FakeUserMails(self.troubles)
        self.esim_lines = FakeLines(self.troubles)
        self.retries = FakeRetries(self.troubles)
        self.jobs = FakeJobs(self.troubles)
        self.webhooks = FakeWebhooks(self.troubles)
        self.others = (
            self.qr,
            self.licences,
            self.travel,
            self.user_mails,
            self.retries,
            self.jobs,
            self.webhooks,
        )
        self._sims = itertools.count(41)

    def ask(self, key: str = "key", sim_id: int | None = None, **more: Any) -> RequestQrCode:
        """A request for the code of a SIM of its own, or of that one."""
        timeouts = more.pop("timeouts", QR_WAITS)
        sim_id = sim_id or next(self._sims)
        request_id = qr_request_id(1, f"{self.task_queue}{sim_id}{key}")
        wish = QrRequest(request_id=request_id, account_id=1, sim_id=sim_id, user_id=3, **more)
        return RequestQrCode(request=wish, slot=1, provider="Orange", distributor="Telvia", timeouts=timeouts)

    async def request(self, wish: RequestQrCode) -> tuple[Handle, RequestResult]:
        operation = WithStartWorkflowOperation(
            EsimQrRequest.run,
            wish,
            id=wish.request.request_id,
            task_queue=self.task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            static_summary=wish.summary,
        )
        result: RequestResult = await self.client.execute_update_with_start_workflow(
            "request", start_workflow_operation=operation, id="request", result_type=RequestResult
        )
        return await operation.workflow_handle(), result

    async def requested(self, **wish: Any) -> Handle:
        handle, result = await self.request(self.ask(**wish))
        assert result.state.status is RequestStatus.REQUESTED, result
        return handle

    async def steer(
        self, handle: WorkflowHandle[Any, Any], update: str, *, call_id: str | None = None, **message: Any
    ) -> RequestState:
        """Send an update of a request. Raises `Refusal`."""
        return await answered(handle, update, message, call_id, RequestState)

    async def imported(self, handle: Handle, *, look: bool = True) -> None:
        """A code is imported, by a transaction; `look` says so, if it gets there."""
        self.qr.end(handle.id, RequestStatus.IMPORTED)
        if look:
            await handle.signal(EsimQrRequest.look)

    async def notify(
        self, key: str = "key", **more: Any
    ) -> WorkflowHandle[EsimQrNotification, NotificationStatus]:
        wish = NotifyOfQrCode(
            notification_id=qr_notification_id(1, f"{self.task_queue}{key}"),
            sim_id=41,
            account_id=1,
            provider="Orange",
            **more,
        )
        return await self.client.start_workflow(
            EsimQrNotification.run,
            wish,
            id=wish.notification_id,
            task_queue=self.task_queue,
            static_summary=wish.summary,
        )

    def known(self, handle: WorkflowHandle[Any, Any]) -> FakeRequest:
        return self.qr.requests[handle.id]


async def seen(handle: Handle, status: RequestStatus) -> None:
    """Wait until the workflow knows."""

    async def now() -> RequestStatus:
        return (await handle.query(EsimQrRequest.state)).status

    await eventually(now, lambda it: it is status)


@asynccontextmanager
async def a_qr_house(
    temporal: Temporal, task_queue: str | None = None, *, cached_workflows: int = 1000
) -> AsyncIterator[QrHouse]:
    """A house whose worker runs; without `cached_workflows` it forgets every workflow after each task."""
    house = QrHouse(temporal, task_queue or a_task_queue())
    worker = Worker(
        temporal.client,
        task_queue=house.task_queue,
        workflows=WORKFLOWS,
        activities=[
            *order_steps(house),
            *activities_of(*house.others, house.esim_lines),
        ],
        interceptors=[Heartbeats()],
        workflow_runner=workflow_runner(),
        disable_eager_activity_execution=True,
        build_id="tests",
        max_cached_workflows=cached_workflows,
    )
    async with running(worker):
        yield house
