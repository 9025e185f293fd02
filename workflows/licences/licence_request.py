"""The workflow of one request for licences: every owner of the account is notified of it, once (L37)."""

from datetime import datetime
from typing import Any

from pydantic import ValidationError
from temporalio import workflow
from temporalio.common import VersioningBehavior
from temporalio.exceptions import ApplicationError

from models.licences.changes import LicenceRequestStatus
from workflows.calls import run_to_the_end
from workflows.details import details
from workflows.licences.messages import NotifyOwners, RequestLicences
from workflows.licences.steps import LicenceMailSteps
from workflows.messages import OPERATOR, ReleaseInput, Retry
from workflows.search_attributes import ORDER_STATUS, label_once, licence_request_labels
from workflows.starts import all_answered, answer_all, read_start
from workflows.step_runner import StepRunner, Superseded
from workflows.steps import HoldSteps


@workflow.defn(name="EsimLicenceRequest", failure_exception_types=[ValidationError])
class EsimLicenceRequest:
    """The e-mails to the owners. What is requested, and the note with it, is in the database only."""

    @workflow.init
    def __init__(self, sent: RequestLicences | None = None, *_: Any) -> None:
        self._wrong: ApplicationError | None = None
        try:
            self._start = start = read_start(RequestLicences, sent, "request", "request_id")
        except ApplicationError as wrong:
            self._wrong = answer_all(EsimLicenceRequest, wrong)
            return
        self._status = LicenceRequestStatus.WAITING
        self._dropped = False
        self._steps = StepRunner(start.request_id, changed=self._show)
        self._timeline: list[tuple[datetime, str]] = []

    @workflow.run
    async def run(self, sent: RequestLicences | None = None, *_: Any) -> LicenceRequestStatus:
        """Send the e-mails, or give them up after `given_up_after`. To cancel the workflow gives them up. The
        JSON is taken as it is sent, as for orders.
        """
        if self._wrong:
            raise await all_answered(self._wrong)
        return await run_to_the_end(self._proceed(), self._drop)

    async def _proceed(self) -> LicenceRequestStatus:
        label_once(licence_request_labels(self._start))
        self._moved_to(LicenceRequestStatus.WAITING)
        self._moved_to(await self._notify())
        await workflow.wait_condition(lambda: workflow.all_handlers_finished() and self._steps.settled)
        return self._status

    async def _notify(self) -> LicenceRequestStatus:
        start = self._start
        try:
            await self._steps.execute(
                LicenceMailSteps.notify_owners,
                NotifyOwners(request_id=start.request_id, retries=start.retries),
                superseded=lambda: self._dropped,
                hold_at_most=start.given_up_after,
            )
        except Superseded:
            given_up = ReleaseInput(
                workflow_id=start.request_id,
                step=LicenceMailSteps.notify_owners.__name__,
                actor=OPERATOR if self._dropped else "system",
                given_up=True,
            )
            await self._steps.execute(HoldSteps.release, given_up)
            return LicenceRequestStatus.GIVEN_UP
        return LicenceRequestStatus.SENT

    @workflow.signal(description="Send the e-mails that the request is held for once more.")
    def retry(self, call: Retry | None = None, *_: Any) -> None:
        """Retry what is held, as for orders. Because of `_` Temporal hands over the JSON as it is."""
        self._steps.retry(call)

    @workflow.query(description="Whether the owners are being notified or are notified.")
    def state(self) -> LicenceRequestStatus:
        """Answer with the status of the request's e-mails."""
        return self._status

    def _drop(self) -> None:
        self._dropped = True

    def _moved_to(self, status: LicenceRequestStatus) -> None:
        if status is not self._status:
            workflow.upsert_search_attributes([ORDER_STATUS.value_set(status.value)])
        self._status = status
        self._timeline.append((workflow.now(), status.label))
        self._show()

    def _show(self) -> None:
        steps = self._steps
        page = details(self._status.label, self._timeline, steps.holds, steps.going_out)
        workflow.set_current_details(page)


@workflow.defn(
    name="EsimLicenceRequest",
    failure_exception_types=[ValidationError],
    versioning_behavior=VersioningBehavior.PINNED,
)
class PinnedLicenceRequest(EsimLicenceRequest):
    """The same, for workers that have a version: it is short, so it stays pinned to the version that it began
    with (docs/versions.md), as notifications of QR codes do.
    """

    @workflow.init
    def __init__(self, sent: RequestLicences | None = None, *_: Any) -> None:
        super().__init__(sent)

    @workflow.run
    async def run(self, sent: RequestLicences | None = None, *_: Any) -> LicenceRequestStatus:
        """As above."""
        return await super().run(sent)
