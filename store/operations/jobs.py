"""Jobs in the database: made once per key, listed with their reports, and cancelled (A21).

How they are run: `store.operations.job_steps`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, and_, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound, Refused
from models.files.table import SentFile
from models.identifiers import mark_of_key, parse_reference, reference
from models.operations.jobs import (
    OF_TRAVEL,
    JobRowView,
    JobStatus,
    JobView,
    RowOutcome,
    Submitted,
)
from models.paging import Page, Wanted
from models.people.callers import By, Caller, OfAccount, OfDistributor, Scope
from store.fleet.tables import LineRow, SimRow
from store.locks import keep_account_open
from store.operations import holds, job_inputs, job_steps
from store.operations.job_tables import KEPT, JobReportRow, JobRow
from store.paging import Keys
from store.people.tables import AccountRow
from store.row import now
from store.scopes import travel_esim, within

if TYPE_CHECKING:  # cryptography takes long to import, and lists need none
    from store.key_ring import KeyRing

_KEPT = and_(text(KEPT), JobRow.ended_at > now() - job_steps.KEPT_FOR)
_ADD = insert(JobRow).on_conflict_do_nothing(index_elements=[JobRow.account_id, JobRow.made_key])
_JOBS: Select[*tuple[Any, ...]] = select(
    JobRow.id,
    AccountRow.name.label("account"),
    *(JobRow.kind, JobRow.status, JobRow.dry_run, JobRow.rows, JobRow.done, JobRow.refused),
    func.coalesce(JobRow.report["created"], func.jsonb_build_object()).label("created"),
    func.coalesce(JobRow.report["changed"], func.jsonb_build_object()).label("changed"),
    JobRow.refusals,
    func.coalesce(_KEPT, False).label("kept"),
    holds.is_held(JobRow.workflow_id).label("held"),
    JobRow.actor.label("created_by"),
    *(JobRow.created_at, JobRow.started_at, JobRow.ended_at),
).join(AccountRow, AccountRow.id == JobRow.account_id)


@dataclass(frozen=True)
class NewJob:
    """A job to make. `input`: the file, or the rows as JSON."""

    account_id: int
    kind: str
    input: bytes
    rows: int | None
    key: str
    dry_run: bool
    mapping: tuple[str, ...] = ()
    """What headings of the file mean (R12)."""
    save_mapping: bool = False


async def create(connection: AsyncConnection, keys: "KeyRing", new: NewJob, caller: Caller) -> Submitted:
    """Make a job once per key. Raises `Refused` (`key_reused`, `account_closed`)."""
    await keep_account_open(connection, new.account_id)
    said = digested(new.kind, new.input, new.mapping, dry_run=new.dry_run, save=new.save_mapping)
    digests = keys.fingerprints(said)
    values = {
        "account_id": new.account_id,
        "kind": new.kind,
        "dry_run": new.dry_run,
        "save_mapping": new.save_mapping,
        "made_key": mark_of_key(new.account_id, new.key),
        "digest": digests[0],
        "rows": new.rows,
        "distributor_id": distributor_of(caller.scope),
        "actor": caller.actor,
        "permissions": sorted(caller.permissions),
        "language": caller.language,
        "origin_id": caller.origin_id,
    }
    made = await connection.scalar(_ADD.values(values).returning(JobRow.id))
    if made is None:
        known = select(JobRow.id, JobRow.digest).where(
            JobRow.account_id == new.account_id, JobRow.made_key == values["made_key"]
        )
        row = (await connection.execute(known)).one()
        if row.digest not in digests:
            raise Refused.because("key_reused")
        return Submitted(await _view_of(connection, row.id), replayed=True)
    value = job_inputs.encrypted(keys, made, new.input, new.mapping)
    await connection.execute(update(JobRow).where(JobRow.id == made).values(input=value))
    await job_steps.happened(connection, new.account_id, made, new.kind, caller.by, "created")
    return Submitted(await _view_of(connection, made))


async def checked_file(
    connection: AsyncConnection, keys: "KeyRing", scope: Scope, checked: str
) -> tuple[JobView, SentFile | None]:
    """The job that has checked a file, and the file; None if it is not kept, or not any more."""
    found = await find(connection, scope, checked)
    kept = select(JobRow.input, JobRow.save_mapping).where(JobRow.id == found.id, _KEPT)
    file = (await connection.execute(kept)).one_or_none()
    if file is None:
        return found, None
    return found, SentFile(*job_inputs.decrypted(keys, found.id, file.input), file.save_mapping)


async def find(connection: AsyncConnection, scope: Scope, text: str) -> JobView:
    """The job with this id (`J-7`, `7`). Raises `NotFound` (`unknown_job`)."""
    number = parse_reference("J", text)
    mine = _JOBS.where(JobRow.id == number, _within(scope))
    row = None if number is None else (await connection.execute(mine)).one_or_none()
    if row is None:
        raise NotFound.because("unknown_job")
    return _view(row)


async def of_key(connection: AsyncConnection, scope: OfAccount, key: str) -> JobView | None:
    """The job of the account that was made under this key, if there is one."""
    mark = mark_of_key(scope.account_id, key)
    mine = _JOBS.where(_within(scope), JobRow.made_key == mark)
    row = (await connection.execute(mine)).one_or_none()
    return None if row is None else _view(row)


async def jobs(
    connection: AsyncConnection,
    scope: Scope,
    wanted: Wanted,
    *,
    kind: str | None = None,
    status: JobStatus | None = None,
) -> Page[JobView]:
    """The jobs of the scope, newest first."""
    mine = _JOBS.where(_within(scope))
    if kind is not None:
        mine = mine.where(JobRow.kind == kind)
    if status is not None:
        mine = mine.where(JobRow.status == status)
    return (await Keys(JobRow.id, descending=True).page(connection, mine, wanted)).of(_view)


async def report(
    connection: AsyncConnection,
    scope: Scope,
    job_id: int,
    wanted: Wanted,
    *,
    outcome: RowOutcome | None = None,
) -> Page[JobRowView]:
    """The rows of a job's report, in their sequence; the caller has found the job in the scope."""
    rows = _report(scope).where(JobReportRow.job_id == job_id)
    if outcome is not None:
        rows = rows.where(JobReportRow.outcome == outcome)
    page = await Keys(JobReportRow.number).page(connection, rows, wanted)
    return page.of(_row_view)


def _report(scope: Scope) -> Select[*tuple[Any, ...]]:
    line, sim = LineRow.id == JobReportRow.line_id, SimRow.id == JobReportRow.sim_id
    return (
        select(
            JobReportRow.number.label("row"),
            *(JobReportRow.outcome, JobReportRow.record, JobReportRow.problems),
            *(LineRow.id.label("line"), LineRow.msisdn, SimRow.id.label("sim"), SimRow.iccid),
        )
        .select_from(JobReportRow)
        .outerjoin(LineRow, and_(line, within(scope, LineRow.account_id)))
        .outerjoin(SimRow, and_(sim, within(scope, SimRow.account_id, travel=travel_esim(SimRow.id))))
    )


async def cancel(connection: AsyncConnection, job_id: int, by: By) -> JobView:
    """Cancel a job: rows that are done stay, an import whose rows are written is refused. Idempotent.

    Raises `Refused` (`job_over`).
    """
    living = update(JobRow).where(JobRow.id == job_id, job_steps.OPEN, JobRow.report.is_(None))
    ended = await job_steps.end(connection, living, JobStatus.CANCELLED, by)
    found = await _view_of(connection, job_id)
    if not ended and found.status is not JobStatus.CANCELLED:
        raise Refused.because("job_over", job=found.job_id)
    return found


def _within(scope: Scope) -> Any:
    travel = JobRow.kind.in_(OF_TRAVEL)
    return within(scope, JobRow.account_id, distributor=JobRow.distributor_id, travel=travel)


def distributor_of(scope: Scope) -> int | None:
    """The distributor whose desk makes the job, if it is one."""
    return scope.distributor_id if isinstance(scope, OfDistributor) else None


async def _view_of(connection: AsyncConnection, job_id: int) -> JobView:
    return _view((await connection.execute(_JOBS.where(JobRow.id == job_id))).one())


def _row_view(row: Any) -> JobRowView:
    line, sim = row.line and reference("L", row.line), row.sim and reference("S", row.sim)
    return JobRowView(
        row=row.row,
        outcome=row.outcome,
        record=row.record,
        about=line or sim,
        title=row.msisdn or row.iccid,
        problems=row.problems,
    )


def _view(row: Any) -> JobView:
    return JobView(**row._mapping)


def digested(kind: str, content: bytes, mapping: Sequence[str], *, dry_run: bool, save: bool = False) -> str:
    """What the digest is made of that recognises a repeat with other content."""
    mapped = "".join(f" {entry.encode().hex()}" for entry in mapping) + (" saved" if save else "")
    return f"job {kind} {dry_run} {content.hex()}{mapped}"
