"""The workflow of one request for licences: every owner of the account is notified of it, once (L37)."""

from typing import Any

from pydantic import ValidationError
from temporalio import workflow
from temporalio.common import VersioningBehavior
from temporalio.exceptions import ApplicationError

from models.licences.changes import LicenceRequestStatus
from workflows.calls import run_to_the_end
from workflows.email_workflow import EmailWorkflow
from workflows.licences.messages import NotifyOwners, RequestLicences
from workflows.licences.steps import LicenceMailSteps
from workflows.search_attributes import licence_request_labels
from workflows.starts import all_answered, answer_all, read_start


@workflow.defn(name="EsimLicenceRequest", failure_exception_types=[ValidationError])
class EsimLicenceRequest(EmailWorkflow[LicenceRequestStatus]):
    """The e-mails to the owners. What is requested, and the note with it, is in the database only; the row
    must exist before the workflow starts.
    """

    @workflow.init
    def __init__(self, sent: RequestLicences | None = None, *_: Any) -> None:
        self._wrong: ApplicationError | None = None
        try:
            self._start = start = read_start(RequestLicences, sent, "request", "request_id")
        except ApplicationError as wrong:
            self._wrong = answer_all(EsimLicenceRequest, wrong)
            return
        self._begin(start.request_id, LicenceRequestStatus.WAITING)

    @workflow.run
    async def run(self, sent: RequestLicences | None = None, *_: Any) -> LicenceRequestStatus:
        """Send the e-mails, or give them up after `given_up_after`. To cancel the workflow gives them up. The
        JSON is taken as it is sent, as for orders.
        """
        if self._wrong:
            raise await all_answered(self._wrong)
        return await run_to_the_end(self._notify(), self._drop)

    async def _notify(self) -> LicenceRequestStatus:
        start = self._start
        return await self._proceed(
            licence_request_labels(start),
            LicenceMailSteps.notify_owners,
            NotifyOwners(request_id=start.request_id, retries=start.retries),
            start.given_up_after,
            (LicenceRequestStatus.SENT, LicenceRequestStatus.GIVEN_UP),
        )

    @workflow.query(description="Whether the owners are being notified or are notified.")
    def state(self) -> LicenceRequestStatus:
        """Answer with the status of the request's e-mails."""
        return self._status


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
