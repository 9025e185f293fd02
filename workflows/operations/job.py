"""The workflow of one job: an import of a file, or a bulk action, in the background (A21)."""

from typing import Any

from pydantic import ValidationError
from temporalio import workflow
from temporalio.common import VersioningBehavior
from temporalio.exceptions import ApplicationError

from models.operations.jobs import UNFINISHED, JobStatus
from workflows.calls import run_to_the_end
from workflows.email_workflow import EmailWorkflow
from workflows.messages import OPERATOR, ReleaseInput, Retry
from workflows.operations.messages import ContinueJob, RunJob
from workflows.operations.steps import JobSteps
from workflows.search_attributes import job_labels, label_once
from workflows.starts import all_answered, answer_all, read_start
from workflows.step_runner import Superseded
from workflows.steps import HoldSteps

_STEP = JobSteps.continue_job


@workflow.defn(name="EsimJob", failure_exception_types=[ValidationError])
class EsimJob(EmailWorkflow[JobStatus]):
    """Runs the job part after part, until its row says that it has ended. The file or the rows are in the
    database only; the row must exist before the workflow starts.
    """

    @workflow.init
    def __init__(self, sent: RunJob | None = None, *_: Any) -> None:
        self._wrong: ApplicationError | None = None
        try:
            self._start = start = read_start(RunJob, sent, "job", "job_id")
        except ApplicationError as wrong:
            self._wrong = answer_all(EsimJob, wrong)
            return
        self._begin(start.job_id, JobStatus.QUEUED)

    @workflow.run
    async def run(self, sent: RunJob | None = None, *_: Any) -> JobStatus:
        """Run the job, or give it up after a hold of `given_up_after`. To cancel the workflow gives it up.
        The JSON is taken as it is sent, as for orders.
        """
        if self._wrong:
            raise await all_answered(self._wrong)
        return await run_to_the_end(self._run(), self._drop)

    async def _run(self) -> JobStatus:
        label_once(job_labels(self._start))
        self._moved_to(JobStatus.RUNNING)
        message = ContinueJob(job_id=self._start.job_id, retries=self._start.retries)
        status = JobStatus.RUNNING
        try:
            while status in UNFINISHED:
                status = (await self._continued(message)).status
        except Superseded:
            if self._dropped:
                given_up = ReleaseInput(
                    workflow_id=self._id, step=_STEP.__name__, actor=OPERATOR, given_up=True
                )
                await self._steps.execute(HoldSteps.release, given_up)
            status = JobStatus.FAILED
        self._moved_to(status)
        await workflow.wait_condition(lambda: workflow.all_handlers_finished() and self._steps.settled)
        return status

    async def _continued(self, message: ContinueJob) -> Any:
        return await self._steps.execute(
            _STEP, message, superseded=lambda: self._dropped, hold_at_most=self._start.given_up_after
        )

    @workflow.signal(description="Run the job on, at the step that it is held for.")
    def retry(self, call: Retry | None = None, *_: Any) -> None:
        """Retry what is held, as for orders."""
        self._steps.retry(call)

    @workflow.query(description="How far the job is.")
    def state(self) -> JobStatus:
        """Answer with the status of the job."""
        return self._status


@workflow.defn(
    name="EsimJob",
    failure_exception_types=[ValidationError],
    versioning_behavior=VersioningBehavior.PINNED,
)
class PinnedJob(EsimJob):
    """The same, for workers that have a version: it is short, so it stays pinned to the version that it began
    with (docs/versions.md), as notifications of QR codes do.
    """

    @workflow.init
    def __init__(self, sent: RunJob | None = None, *_: Any) -> None:
        super().__init__(sent)

    @workflow.run
    async def run(self, sent: RunJob | None = None, *_: Any) -> JobStatus:
        """As above."""
        return await super().run(sent)
