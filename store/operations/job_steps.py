"""The steps that run a job: row by row, or as one import whose report is written in its transaction (A21)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, case, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refusal
from models.imports import ImportReport, Problem, RowNote
from models.operations.jobs import KINDS, UNFINISHED, JobStatus, RowOutcome
from models.people.callers import By
from store import events
from store.operations import job_inputs
from store.operations.job_tables import KEPT, JobReportRow, JobRow
from store.row import now

if TYPE_CHECKING:  # ciphers take long to import, and lists of held work need none
    from store.key_ring import KeyRing

KEPT_FOR = timedelta(days=1)
_FILES = sorted(name for name, kind in KINDS.items() if kind.file)
OPEN = JobRow.status.in_(sorted(UNFINISHED))
"""The condition that a job has not ended."""


@dataclass(frozen=True)
class About:
    """What a row of a bulk action is about; neither, if there is no such line or SIM."""

    line_id: int | None = None
    sim_id: int | None = None


@dataclass(frozen=True)
class Work:
    """A job that is run: what it does, and for whom."""

    id: int
    account_id: int
    kind: str
    dry_run: bool
    input: bytes
    mapping: tuple[str, ...]
    """What headings of the file mean (R12)."""
    save_mapping: bool
    done: int
    written: bool
    """The import is committed already."""
    actor: str
    permissions: Sequence[str]
    language: str
    origin_id: int | None

    @property
    def by(self) -> By:
        """The actor and origin, as events record them."""
        return By(self.actor, self.origin_id)


async def begin(connection: AsyncConnection, keys: "KeyRing", job_id: int) -> Work | None:
    """Begin or continue a job; None if it has ended."""
    started = (
        update(JobRow)
        .where(JobRow.id == job_id, OPEN)
        .values(status=JobStatus.RUNNING, started_at=func.coalesce(JobRow.started_at, now()))
        .returning(*JobRow.__table__.c)
    )
    row = (await connection.execute(started)).one_or_none()
    if row is None or row.input is None:
        return None
    content, mapping = job_inputs.decrypted(keys, row.id, row.input)
    return Work(
        id=row.id,
        account_id=row.account_id,
        kind=row.kind,
        dry_run=row.dry_run,
        input=content,
        mapping=mapping,
        save_mapping=row.save_mapping,
        done=row.done,
        written=row.report is not None,
        actor=row.actor,
        permissions=row.permissions,
        language=row.language,
        origin_id=row.origin_id,
    )


_PROGRESS = (
    update(JobRow)
    .where(JobRow.id == bindparam("job"), OPEN, JobRow.report.is_(None))
    .values(done=bindparam("at"), rows=bindparam("of"))
)


async def progress(connection: AsyncConnection, job_id: int, done: int, rows: int) -> None:
    """Record how many rows an import has read or written."""
    await connection.execute(_PROGRESS, {"job": job_id, "at": done, "of": rows})


async def written(connection: AsyncConnection, work: Work, made: ImportReport) -> bool:
    """Record an import's report, in the transaction of the import. False if the job was cancelled; the first
    report stays where an import is repeated.
    """
    if work.written:
        return True
    counts = {"created": made.created, "changed": made.changed}
    living = update(JobRow).where(JobRow.id == work.id, OPEN)
    values = {"report": counts, "rows": made.rows, "done": made.rows}
    done = await connection.scalar(living.values(values).returning(JobRow.id))
    if done is not None:
        await _noted(connection, work, made.stored_warnings, RowOutcome.NOTED)
    return done is not None


async def row_done(
    connection: AsyncConnection,
    work: Work,
    number: int,
    record: str | None,
    problems: Sequence[Problem],
    *,
    about: About = About(),
) -> bool:
    """Record what became of a row, once, also where two workers do it. False if the job was cancelled
    meanwhile.
    """
    outcome = RowOutcome.REFUSED if problems else RowOutcome.DONE
    await _add_rows(connection, work, [(number, outcome, record, problems)], about)
    counted = (
        update(JobRow)
        .where(JobRow.id == work.id, JobRow.done < number)
        .values(done=number, refused=JobRow.refused + int(bool(problems)))
        .returning(JobRow.status)
    )
    now_ = await connection.scalar(counted) or await status(connection, work.id)
    return bool(now_ == JobStatus.RUNNING)


async def finish(connection: AsyncConnection, work: Work) -> None:
    """The job is done. Idempotent."""
    await end(connection, update(JobRow).where(JobRow.id == work.id, OPEN), JobStatus.DONE, work.by)


async def fail(connection: AsyncConnection, work: Work, refusals: Collection[Refusal]) -> None:
    """The job failed: all of it was refused, or the rest of its rows. Refused rows of a file are in its
    report. Idempotent.
    """
    notes = [refusal for refusal in refusals if isinstance(refusal, RowNote)]
    others = [refusal.model_dump(mode="json") for refusal in refusals if not isinstance(refusal, RowNote)]
    more = [int(note.parameters["lines"]) for note in notes if "lines" in note.parameters]
    refused = len(notes) + sum(more) - len(more)
    living = update(JobRow).where(JobRow.id == work.id, OPEN)
    if await end(
        connection,
        living.values(refusals=others, refused=JobRow.refused + refused),
        JobStatus.FAILED,
        work.by,
    ):
        await _noted(connection, work, notes, RowOutcome.REFUSED)


async def give_up(connection: AsyncConnection, workflow_id: str) -> bool:
    """The job failed, since a step of it kept failing and it was not retried. Whether that changed it."""
    given_up = [Refusal.of("job_given_up").model_dump(mode="json")]
    living = update(JobRow).where(JobRow.workflow_id == workflow_id, OPEN)
    return await end(connection, living.values(refusals=given_up), JobStatus.FAILED, By("system"))


_UNFINISHED = select(JobRow.account_id, JobRow.kind).where(JobRow.workflow_id == bindparam("job"), OPEN)


async def unfinished(connection: AsyncConnection, workflow_id: str) -> Any:
    """The account and the kind of a job that has not ended; None for another one."""
    return (await connection.execute(_UNFINISHED, {"job": workflow_id})).one_or_none()


async def status(connection: AsyncConnection, job_id: int) -> JobStatus:
    """The status of a job; cancelled where there is none."""
    found = await connection.scalar(select(JobRow.status).where(JobRow.id == job_id))
    return JobStatus(found) if found else JobStatus.CANCELLED


async def end(connection: AsyncConnection, living: Any, status: JobStatus, by: By) -> bool:
    """End the job that this UPDATE selects, if it has not ended. Its input is removed, unless it is a file
    that was checked: that is kept for the import, until `forget_files` removes it.
    """
    checked = case((and_(JobRow.dry_run, JobRow.kind.in_(_FILES)), JobRow.input))
    kept = checked if status is JobStatus.DONE else None
    ended = living.values(status=status, ended_at=now(), input=kept)
    returned = ended.returning(JobRow.id, JobRow.account_id, JobRow.kind)
    row = (await connection.execute(returned)).one_or_none()
    if row is not None:
        await happened(connection, row.account_id, row.id, row.kind, by, status.value)
    return row is not None


async def forget_files(connection: AsyncConnection, older_than: timedelta = KEPT_FOR) -> None:
    """Remove the files that were checked longer ago than this."""
    over = update(JobRow).where(text(KEPT), JobRow.ended_at <= now() - older_than)
    await connection.execute(over.values(input=None))


async def _noted(
    connection: AsyncConnection, work: Work, notes: Collection[RowNote], outcome: RowOutcome
) -> None:
    lines = [note for note in notes if "line" in note.parameters]
    rows = [(int(note.parameters["line"]), outcome, None, note.problems) for note in lines]
    await _add_rows(connection, work, rows)


_ADD_ROWS = insert(JobReportRow).on_conflict_do_nothing()


async def _add_rows(
    connection: AsyncConnection,
    work: Work,
    rows: Sequence[tuple[int, RowOutcome, str | None, Sequence[Problem]]],
    about: About = About(),
) -> None:
    if rows:
        added = [
            {
                "job_id": work.id,
                "account_id": work.account_id,
                "number": number,
                "outcome": outcome,
                "record": record,
                "line_id": about.line_id,
                "sim_id": about.sim_id,
                "problems": [problem.model_dump(mode="json") for problem in problems],
            }
            for number, outcome, record, problems in rows
        ]
        await connection.execute(_ADD_ROWS, added)


async def happened(  # noqa: PLR0917  what an event has
    connection: AsyncConnection, account_id: int, job_id: int, kind: str, by: By, what: str
) -> None:
    """Record what happened to a job."""
    about, event = (f"job:{job_id}",), (f"job.{what}", {"kind": kind})
    await events.append(connection, account_id, about, by.actor, event, origin_id=by.origin_id)
