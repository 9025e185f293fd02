"""Read the jobs of an account: works while Temporal and the workers are down."""

from models.operations.jobs import JobRowView, JobStatus, JobView, RowOutcome
from models.paging import Page, Position, Wanted
from models.people.callers import Caller, OfAccount, OfDistributor, Permission
from store import lookups
from store.operations import jobs
from store.people import references
from store.session import Database


class JobBook:
    """Lists jobs, and what became of their rows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def jobs(
        self,
        caller: Caller,
        account: str | None = None,
        *,
        kind: str | None = None,
        status: JobStatus | None = None,
        limit: int | None = None,
        after: Position | None = None,
    ) -> Page[JobView]:
        """List jobs, newest first."""
        async with self._database.reading() as connection:
            scope = await lookups.narrowed(connection, caller.scope, account)
            caller.require(Permission.RUN_JOBS)
            wanted = Wanted(limit, after)
            return await jobs.jobs(connection, scope, wanted, kind=kind, status=status)

    async def job(self, caller: Caller, job: str) -> JobView:
        """One job as it is now. Raises `NotFound` (`unknown_job`)."""
        async with self._database.reading() as connection:
            found = await jobs.find(connection, caller.scope, job)
            caller.require(Permission.RUN_JOBS)
            names = caller.scope
            if isinstance(names, OfDistributor):  # a job that it sees was made by one of its own
                names = OfAccount(names.account_id)
            known = await references.names(connection, names, [found.created_by])
            return found.model_copy(update={"made_by": known.get(found.created_by)})

    async def report(
        self,
        caller: Caller,
        job: str,
        *,
        outcome: RowOutcome | None = None,
        limit: int | None = None,
        after: Position | None = None,
    ) -> Page[JobRowView]:
        """What became of the rows of a job; `outcome`: only those, such as the refused ones."""
        async with self._database.reading() as connection:
            found = await jobs.find(connection, caller.scope, job)
            caller.require(Permission.RUN_JOBS)
            return await jobs.report(
                connection, caller.scope, found.id, Wanted(limit, after), outcome=outcome
            )
