"""Run a job: the worker's part (A21). What each kind does: `starter.operations.job_kinds`."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import DecryptionFailed, NotFound, Refused, Unavailable
from models.files.table import SentFile
from models.identifiers import reference
from models.imports import ImportReport, Problem, Progress
from models.operations.jobs import KINDS, JobStatus
from models.people.callers import Caller, OfAccount
from starter import callers
from starter.desks import Desks
from starter.keys import key_of_row
from starter.operations.job_kinds import ACTIONS, IMPORTS, File
from store import lookups
from store.key_ring import KeyRing
from store.operations import job_steps
from store.operations.job_steps import About, Work

BATCH_SECONDS = 30.0
"""How long one step does rows; then the workflow asks for the next one."""
PROGRESS_SECONDS = 1.0
_READING = "Reading"
"""What an import reports while it reads its file; then it writes."""
_LATER = frozenset({"import_running", "inventory_changed"})
"""Refusals of an import that runs at the same time as another one."""
_BUSY = "Another import or change runs at the moment."


class _Cancelled(Exception):
    """The job was cancelled before its rows were written."""


class JobRunner:
    """Runs jobs in the name of who made them, with at most what they may do at that moment."""

    def __init__(self, desks: Desks, batch_seconds: float = BATCH_SECONDS) -> None:
        self._desks = desks
        self._database = desks.database
        self._keys = KeyRing(desks.settings.secret_keys)
        self._batch_seconds = batch_seconds

    async def run(self, job_id: int) -> JobStatus:
        """Begin or continue the job; its status then. Idempotent. Raises `Unavailable`."""
        if not await self._has_ended(job_id):
            return JobStatus.RUNNING
        async with self._database.reading() as connection:
            return await job_steps.status(connection, job_id)

    async def _has_ended(self, job_id: int) -> bool:
        try:
            async with self._database.transaction() as connection:
                work = await job_steps.begin(connection, self._keys, job_id)
        except (Refused, DecryptionFailed) as keys:  # the worker lacks keys, which is no fault of the job
            raise Unavailable("secret_keys", str(keys)) from keys
        if work is None:
            return True
        try:
            if not KINDS[work.kind].file:
                return await self._rows(work)
            await self._import(work)
        except _Cancelled:
            return True
        except Refused as refused:
            if any(refusal.code in _LATER for refusal in refused.refusals):
                raise Unavailable("database", _BUSY) from refused
            async with self._database.transaction() as connection:
                await job_steps.fail(connection, work, refused.refusals)
            return True
        return await self._finished(work)

    async def _caller(self, work: Work) -> Caller:
        """Who made the job, as they may act now. Raises `Refused` where they may not do so any more."""
        caller = await callers.of_work(
            self._database,
            work.account_id,
            work.actor,
            work.permissions,
            origin_id=work.origin_id,
            language=work.language,
        )
        caller.require(KINDS[work.kind].permission)
        return caller

    async def _import(self, work: Work) -> None:
        """Import the file; its report is committed with its rows. What was written before a worker was killed
        is not written again, unless something has to be done after it.
        """

        async def record(connection: AsyncConnection, report: ImportReport) -> None:
            await self._caller(work)  # once more: to read and write a large file takes minutes
            if not work.dry_run and not await job_steps.written(connection, work, report):
                raise _Cancelled

        if work.written and not KINDS[work.kind].continues:
            return
        caller = await self._caller(work)
        async with self._progress(work) as progress:
            sent = SentFile(work.input, work.mapping, work.save_mapping)
            file = File(sent, work.dry_run, progress, record)
            report = await IMPORTS[work.kind](self._desks, caller, file)
        if work.dry_run:
            async with self._database.transaction() as connection:
                if not await job_steps.written(connection, work, report):
                    raise _Cancelled

    async def _rows(self, work: Work) -> bool:
        """Do rows, each only if who made the job may still do so. Whether the job has ended then."""
        rows = await asyncio.to_thread(json.loads, work.input)
        act = ACTIONS[work.kind]
        loop = asyncio.get_running_loop()
        until = loop.time() + self._batch_seconds
        for number, row in enumerate(rows[work.done :], start=work.done + 1):
            caller = await self._caller(work)
            record: str | None = row.get("order")  # which order was refused
            problems: tuple[Problem, ...] = ()
            try:
                with key_of_row(f"{reference('J', work.id)}-{number}") as key:
                    record = await act(self._desks, caller, row, key, work.dry_run)
            except Refused as refused:
                problems = tuple(Problem(column=None, reason=refusal) for refusal in refused.refusals)
            async with self._database.transaction() as connection:
                about = await _about(connection, caller.of_account(work.account_id), row)
                goes_on = await job_steps.row_done(connection, work, number, record, problems, about=about)
            if not goes_on:
                return True
            if loop.time() >= until and number < len(rows):
                return False
        return await self._finished(work)

    async def _finished(self, work: Work) -> bool:
        async with self._database.transaction() as connection:
            await job_steps.finish(connection, work)
        return True

    @asynccontextmanager
    async def _progress(self, work: Work) -> AsyncIterator[Progress]:
        """A callback, whose latest news the row of the job gets once a second."""
        latest: list[tuple[str, int, int]] = []

        async def write() -> None:
            rows = 0
            while True:
                await asyncio.sleep(PROGRESS_SECONDS)
                if not latest:
                    continue
                (what, done, total), latest[:] = latest[-1], []
                if what == _READING:
                    rows, at = total, 0
                else:  # the steps of the import, as so many rows
                    at = rows * done // max(1, total)
                with contextlib.suppress(Unavailable):
                    async with self._database.transaction() as connection:
                        await job_steps.progress(connection, work.id, at, rows)

        writing = asyncio.create_task(write())
        try:
            yield lambda what, done, total: latest.append((what, done, total))
        finally:
            writing.cancel()


async def _about(connection: AsyncConnection, scope: OfAccount, row: Mapping[str, Any]) -> About:
    """The line or the SIM that a row names, so that its report names it."""
    try:
        if line := row.get("line"):
            return About(line_id=(await lookups.find_line(connection, scope, line)).id)
        if sim := row.get("sim"):
            return About(sim_id=(await lookups.find_sim(connection, scope, sim)).id)
    except (NotFound, Refused):
        pass
    return About()
