"""The step of the workflow `EsimJob`."""

from typing import Protocol

from models.operations.jobs import JobStatus
from workflows.operations.messages import ContinueJob, JobContinued
from workflows.operations.steps import JobSteps


class Runs(Protocol):
    """Runs jobs, in the name of who made them."""

    async def run(self, job_id: int) -> JobStatus:
        """Begin or continue the job; its status then."""
        ...


class Jobs(JobSteps):
    """Runs jobs at the desks that do for callers what a job does."""

    def __init__(self, runs: Runs) -> None:
        self._runs = runs

    async def continue_job(self, job: ContinueJob) -> JobContinued:
        """Import the file, or do the next rows."""
        return JobContinued(status=await self._runs.run(int(job.job_id.removeprefix("job-"))))
