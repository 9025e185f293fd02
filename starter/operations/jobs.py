"""Run imports of files and bulk actions in the background (A16, A21).

    made = await desks.jobs.submit_file(adam, None, "import_fleet", content, key="monday")
    await desks.jobs.submit_rows(ana, None, "set_groups", [{"line": "L-7", "groups": ["Sales"]}])
    await desks.jobs.job(adam, made.view.job_id)       # how far it is
    await desks.jobs.report(adam, "J-7")               # what became of each row

A job is a row with a workflow of its own, so it goes on wherever a worker or Temporal was killed. Each row of
a bulk action is done under the key `job:J-7-12`: once, however often it is tried.
"""

import asyncio
import contextlib
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio.common import WorkflowIDReusePolicy

from models.errors import Refused
from models.files.table import SentFile
from models.identifiers import job_work_id
from models.imports import ImportReport
from models.operations.jobs import (
    KINDS,
    MOST_ROWS,
    UNFINISHED,
    JobView,
    Submitted,
    job_kind,
)
from models.people.callers import Caller, OfDistributor, Permission
from settings import Settings
from starter.connected import ConnectedDesk
from starter.keys import checked_key
from starter.operations.job_book import JobBook
from starter.operations.job_kinds import AS_USER, IMPORTS, File
from store import lookups
from store.key_ring import KeyRing
from store.operations import jobs
from store.operations.jobs import NewJob
from temporal.calls import Calls, NoSuchWorkflow
from workflows.messages import Retry
from workflows.operations.job import EsimJob
from workflows.operations.messages import RunJob
from workflows.search_attributes import job_labels

if TYPE_CHECKING:
    from starter.desks import Desks


class JobDesk(ConnectedDesk, JobBook):
    """Makes, lists and cancels the jobs of the caller's accounts."""

    async def submit_file(
        self,
        caller: Caller,
        account: str | None,
        kind: str,
        content: bytes | SentFile,
        *,
        key: str | None = None,
        dry_run: bool = False,
    ) -> Submitted:
        """Import this file in the background: all rows or none. Once per key.

        Raises `Refused` (`job_kind_unknown`, `key_reused`). After `Unavailable` the job may be recorded
        already: call again with the same key.
        """
        sent = content if isinstance(content, SentFile) else SentFile(content)
        return await self._submit(caller, account, kind, sent, None, key=key, dry_run=dry_run, file=True)

    async def import_checked(self, caller: Caller, checked: str, *, key: str | None = None) -> Submitted:
        """Import the file that the job `checked` has checked, which is kept for a day. Otherwise as
        `submit_file`. Raises `Refused` (`checked_file_gone`).
        """
        async with self._database.reading() as connection:
            keys = KeyRing(self._settings.secret_keys)
            found, sent = await jobs.checked_file(connection, keys, caller.scope, checked)
            caller.require(Permission.RUN_JOBS)
            caller.require(KINDS[found.kind].permission)
        if sent is None:
            raise Refused.because("checked_file_gone", job=found.job_id)
        return await self.submit_file(caller, found.account, found.kind, sent, key=key)

    async def submit_rows(
        self,
        caller: Caller,
        account: str | None,
        kind: str,
        rows: Sequence[Mapping[str, Any]],
        *,
        key: str | None = None,
        dry_run: bool = False,
    ) -> Submitted:
        """Do these rows in the background, one by one: one that is refused stops no other. Otherwise as
        `submit_file`. Raises `Refused` (`job_rows_invalid`).
        """
        content = await asyncio.to_thread(lambda: json.dumps(list(rows), sort_keys=True).encode())
        return await self._submit(
            caller, account, kind, SentFile(content), len(rows), key=key, dry_run=dry_run, file=False
        )

    async def check_file(self, caller: Caller, kind: str, content: bytes | SentFile) -> ImportReport:
        """What the import of this file would change; nothing is. Raises `Refused` with every invalid row."""
        caller.require(job_kind(kind, file=True).permission)
        caller.require(Permission.RUN_JOBS)
        sent = content if isinstance(content, SentFile) else SentFile(content)
        return await IMPORTS[kind](self._desks(), caller, File(sent, True))

    async def cancel(self, caller: Caller, job: str) -> JobView:
        """Cancel a job: no further row is done, an import writes none. Idempotent. Raises `Refused`
        (`job_over`).
        """
        async with self._database.transaction() as connection:
            found = await jobs.find(connection, caller.scope, job)
            caller.require(Permission.RUN_JOBS)
            caller.require(KINDS[found.kind].permission)
            cancelled = await jobs.cancel(connection, found.id, caller.by)
        with contextlib.suppress(NoSuchWorkflow):  # one that is held reads its row and ends
            await self._calls.signal(job_work_id(found.id), "retry", Retry())
        return cancelled

    async def _submit(
        self,
        caller: Caller,
        account: str | None,
        kind: str,
        sent: SentFile,
        rows: int | None,
        *,
        key: str | None,
        dry_run: bool,
        file: bool,
    ) -> Submitted:
        async with self._database.transaction() as connection:
            account_id = await account_of_job(connection, caller, account)
            caller.require(job_kind(kind, file=file).permission)
            caller.require(Permission.RUN_JOBS)
            if kind in AS_USER:
                _ = caller.user
            if not file and not 1 <= (rows or 0) <= MOST_ROWS:
                raise Refused.because("job_rows_invalid", most=MOST_ROWS)
            once = checked_key(key)
            # a dry run uses no key up
            name = f"dry run {once}" if dry_run else once
            new = NewJob(
                account_id, kind, sent.content, rows, name, dry_run, sent.mapping, save_mapping=sent.save
            )
            made = await jobs.create(connection, KeyRing(self._settings.secret_keys), new, caller)
        await start_job(self._calls, self._settings, account_id, made.view)
        return made

    def _desks(self) -> "Desks":
        from starter.desks import Desks  # noqa: PLC0415  it has this desk

        return Desks.of(self._calls.client, self._database, self._settings)


async def account_of_job(connection: AsyncConnection, caller: Caller, account: str | None) -> int:
    """The account that a job is for: that of the caller, else the one that is named. A provider desk cannot
    name one. Raises `NotFound` (`unknown_account`), `Refused` (`account_needed`).
    """
    if account is None and isinstance(caller.scope, OfDistributor):
        return caller.scope.account_id
    return (await lookups.find_account(connection, caller.scope, account)).id


async def start_job(calls: Calls, settings: Settings, account_id: int, job: JobView) -> None:
    """Start the workflow of a job that is unfinished; one that runs already goes on. Raises `Unavailable`."""
    if job.status in UNFINISHED:
        start = RunJob(
            job_id=job_work_id(job.id),
            account_id=account_id,
            kind=job.kind,
            given_up_after=settings.notification_given_up_after,
        )
        reuse = WorkflowIDReusePolicy.ALLOW_DUPLICATE
        await calls.start(EsimJob.run, start, start.job_id, job_labels(start), reuse)
