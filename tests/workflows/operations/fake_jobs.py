"""Jobs without a database: each is done after so many parts."""

from collections import defaultdict

from models.operations.jobs import JobStatus
from tests.workflows.troubles import Troubles
from workflows.operations.messages import ContinueJob, JobContinued
from workflows.operations.steps import JobSteps


class FakeJobs(JobSteps):
    """`parts`: of how many parts a job is; `status`: how it ends."""

    def __init__(self, troubles: Troubles) -> None:
        self._troubles = troubles
        self.parts = 1
        self.status = JobStatus.DONE
        self.done: dict[str, int] = defaultdict(int)

    async def continue_job(self, job: ContinueJob) -> JobContinued:
        async with self._troubles.around("continue_job"):
            self.done[job.job_id] += 1
        over = self.done[job.job_id] >= self.parts
        return JobContinued(status=self.status if over else JobStatus.RUNNING)
