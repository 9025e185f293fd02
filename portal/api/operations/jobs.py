"""Jobs over HTTP: imports of files and bulk actions that run in the background (A16, A21)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import Field

from models.files.read import FileRead
from models.files.table import SentFile
from models.identifiers import named
from models.imports import ImportReport, Problem, RowNote
from models.language import Language
from models.operations.jobs import JobRowView, JobStatus, JobView, RowOutcome
from models.people.callers import Caller, Permission
from portal.api.caller import At, needs
from portal.api.fields import DryRun, Id, IdempotencyKey, Name, Resource, required
from portal.api.lists import ListOf, Pages
from portal.api.made import say_made
from portal.api.operations.job_bodies import read_job, request_body
from portal.api.problems import RefusalProblem, worded
from portal.api.routing import router
from portal.http.forms import FileUpload, Incoming
from portal.http.middleware import allow_large

routes = router("Jobs")
Running = Annotated[Caller, needs(Permission.RUN_JOBS)]
_SMALL_FILE = 256 * 1024
"""Bytes: the dry run of such a file is answered at once."""


class RowProblem(RefusalProblem):
    """A reason why a row was refused, or a warning about it."""

    column: str | None


class JobResource(Resource):
    """A job as it is now."""

    id: str = Field(examples=["J-7"])
    kind: str = Field(examples=["import_fleet"])
    status: str = Field(
        description="`queued`, `running`, `done`, `failed` or `cancelled`; more values may be added.",
        examples=["done"],
    )
    dry_run: bool
    rows: int | None = Field(
        description="How many it has; null until the file was read, and if it could not be read.",
        examples=[200],
    )
    done: int = Field(description="How many rows are over, refused ones, too.", examples=[200])
    refused: int = Field(description="How many rows were refused; the report says why.", examples=[0])
    created: dict[str, int] = Field(
        description="What an import made, by kind of record.", examples=[{"lines": 200}]
    )
    changed: dict[str, int]
    refusals: list[RefusalProblem] = Field(
        description="Why all of it failed, or the rest of its rows. What is wrong in a row of a file is in "
        "the report alone.",
        examples=[[]],
    )
    held: bool = Field(description="A step keeps failing; see `GET /held`.")
    created_by: str = Field(description="`U-3`, or `operator`.")
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class JobRowResource(Resource):
    """A row of a report."""

    row: int = Field(description="Of a file the number of its line, else counted from 1.")
    outcome: str = Field(
        description="`done`, `refused`, or `noted`: imported with a warning.", examples=["refused"]
    )
    record: str | None = Field(description="What it made, such as an order's id.")
    about: str | None = Field(
        description="Of a bulk action the line or the SIM: `L-42`, `S-7`.", examples=["L-42"]
    )
    problems: list[RowProblem]


class ColumnResource(Resource):
    """What became of a column of a file."""

    heading: str = Field(examples=["N° SIM"])
    column: str | None = Field(description="What it is here; null: it is not read.", examples=["iccid"])
    how: str = Field(
        description="`named` (its own name), `recognised` (a usual heading), `mapped`, `saved` (by the saved "
        "mapping) or `not_read`; more values may be added.",
        examples=["recognised"],
    )


class CheckedFile(Resource):
    """The answer of a dry run of a small file: what its import would change."""

    columns: list[ColumnResource] = Field(description="In the sequence of the file.")
    encoding: str | None = Field(description="Of a text file.", examples=["Windows-1252"])
    separator: str | None = Field(description="Of a text file: between its columns.", examples=[";"])

    rows: int
    created: dict[str, int]
    changed: dict[str, int]
    warnings: list[JobRowResource]


@routes.post(
    "/jobs",
    summary="Make a job",
    status_code=202,
    openapi_extra=request_body(),
    responses={200: {"model": JobResource | CheckedFile, "description": "A repeat, or a dry run."}},
)
async def make_job(
    caller: Running,
    desks: At,
    request: Request,
    response: Response,
    idempotency_key: IdempotencyKey = None,
    dry_run: DryRun = False,
) -> JobResource | CheckedFile:
    """Import a file (all rows or none), or do up to 10,000 rows one by one, in the background.

    Each row is done once, whatever happens meanwhile; one that is refused stops no other. A job stops at its
    next row when its API key is revoked or expires, or its user is deactivated. The dry run of a
    small file is answered at once, any other is a job, too, which changes nothing.

    A file is sent as a form: `-F kind=import_fleet -F file=@fleet.csv` in curl; `-F map="N° SIM=iccid"` says
    what a heading means that is not known. Rows are sent as JSON:
    `{"kind": ..., "rows": [...]}`. A row of `place_orders` is the body of `POST /orders` that switches a line
    or replaces its eSIM; one of `request_qr_codes` has `sim` and `contacts`; one of
    `import_qr_codes` has `sim`, `activation_code` and `confirmation_code`; one of `set_employee` has `line`,
    `employee` and `name`; one of `set_groups` has `line`, `groups`, `mode` and `create`; one of
    `order_steps` has `order`, `action` and `iccid`.

    Each kind needs the permission of what it does besides, such as `place_orders` or `manage_numbers`.
    """
    caller.require(Permission.RUN_JOBS)  # before a large body is read
    incoming: Incoming = request.app.state.incoming
    with incoming.one(f"{caller.actor} {caller.scope}"):
        allow_large(request)
        body = await read_job(request)
    key = idempotency_key if dry_run else required(idempotency_key)
    if isinstance(body, FileUpload):
        sent = SentFile(body.content, body.mapping, body.save)
        if dry_run and len(body.content) <= _SMALL_FILE:
            response.status_code = 200
            return _checked(await desks.jobs.check_file(caller, body.kind, sent), caller)
        made = await desks.jobs.submit_file(caller, None, body.kind, sent, key=key, dry_run=dry_run)
    else:
        rows = [row.model_dump(mode="json", exclude_unset=True) for row in body.rows]
        made = await desks.jobs.submit_rows(caller, None, body.kind, rows, key=key, dry_run=dry_run)
    say_made(response, f"/jobs/{made.view.job_id}", replayed=made.replayed)
    return _job(made.view, caller)


@routes.get("/jobs", summary="List jobs")
async def list_jobs(
    caller: Running,
    desks: At,
    pages: Pages,
    kind: Annotated[Name | None, Query(description="Such as `import_fleet`.")] = None,
    status: JobStatus | None = None,
) -> ListOf[JobResource]:
    """The jobs of the account, newest first."""
    found = await desks.jobs.jobs(caller, kind=kind, status=status, limit=pages.limit, after=pages.after)
    return pages.of(found, lambda view: _job(view, caller))


@routes.get("/jobs/{job}", summary="Show a job")
async def show_job(caller: Running, desks: At, job: Id) -> JobResource:
    """One job as it is now, with its progress."""
    return _job(await desks.jobs.job(caller, job), caller)


@routes.get("/jobs/{job}/report", summary="Show the report of a job")
async def show_report(
    caller: Running, desks: At, pages: Pages, job: Id, outcome: RowOutcome | None = None
) -> ListOf[JobRowResource]:
    """What became of its rows, in their sequence. Of an import only the rows with problems."""
    found = await desks.jobs.report(caller, job, outcome=outcome, limit=pages.limit, after=pages.after)
    return pages.of(found, lambda row: _row(row, caller))


@routes.post("/jobs/{job}/cancel", summary="Cancel a job")
async def cancel_job(caller: Running, desks: At, job: Id) -> JobResource:
    """No further row is done, and an import writes none; what is done stays. Idempotent.

    Refused (`job_over`) for one that has ended otherwise.
    """
    return _job(await desks.jobs.cancel(caller, job), caller)


def _job(view: JobView, caller: Caller) -> JobResource:
    values = view.model_dump(exclude={"id", "account", "refusals", "created_by", "made_by"})
    return JobResource(
        **values,
        id=view.job_id,
        refusals=worded(view.refusals, Language(caller.language)),
        created_by=named(view.created_by),
    )


def _row(view: JobRowView, caller: Caller) -> JobRowResource:
    return JobRowResource(
        row=view.row,
        outcome=view.outcome,
        record=view.record,
        about=view.about,
        problems=list(_problems(view.problems, caller)),
    )


def _problems(problems: Iterable[Problem], caller: Caller) -> Iterable[RowProblem]:
    for each in problems:
        (reason,) = worded([each.reason], Language(caller.language))
        yield RowProblem(**reason.model_dump(), column=each.column)


def _checked(report: ImportReport, caller: Caller) -> CheckedFile:
    read = report.read or FileRead(format="csv")
    return CheckedFile(
        columns=[ColumnResource(**column.model_dump()) for column in read.columns],
        encoding=read.encoding,
        separator=read.separator,
        rows=report.rows,
        created=report.created,
        changed=report.changed,
        warnings=[_warning(note, caller) for note in report.warnings if "line" in note.parameters],
    )


def _warning(note: RowNote, caller: Caller) -> JobRowResource:
    problems = list(_problems(note.problems, caller))
    return JobRowResource(
        row=int(note.parameters["line"]),
        outcome=RowOutcome.NOTED,
        record=None,
        about=None,
        problems=problems,
    )
