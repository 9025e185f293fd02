"""`esim-orders job ...`: the imports and bulk actions that run in the background (A21)."""

from typing import TYPE_CHECKING, Annotated

import typer

from models.errors import Refused
from models.operations.jobs import JobRowView, JobStatus, JobView, RowOutcome
from starter.cli.language import why_not
from starter.cli.output import (
    JsonFlag,
    full_time,
    how_many,
    is_wide,
    print_facts,
    print_json,
    print_table,
    say,
    short_time,
)
from starter.cli.session import open_desk, run
from wording.counts import listed

if TYPE_CHECKING:
    from starter.operations.job_book import JobBook

app = typer.Typer(help="Look at the jobs that run in the background.", no_args_is_help=True)
Limit = Annotated[int, how_many("The most rows to list.")]


def _book() -> "type[JobBook]":
    from starter.operations.job_book import JobBook  # noqa: PLC0415

    return JobBook


@app.command(name="list")
def list_jobs(
    status: Annotated[str | None, typer.Option("--status", help="Only these, such as `running`.")] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="Only these, such as `import_fleet`.")] = None,
    account: Annotated[str | None, typer.Option("--account", help="Name of the account.")] = None,
    limit: Limit = 50,
    json: JsonFlag = False,
) -> None:
    """List jobs, newest first."""
    wanted = None if status is None else _status(status)

    async def read() -> list[JobView]:
        async with open_desk(_book()) as (desk, who):
            return await desk.jobs(who, account, kind=kind, status=wanted, limit=limit)

    found = run(read)
    if json:
        print_json(list(found))
    elif found:
        rows = [_cells(job) for job in found]
        print_table("Jobs", ("job", "kind", "status", "rows", "refused", "made", "by"), rows, whole=("job",))
    else:
        say("There are no jobs.")


@app.command()
def show(
    job: Annotated[str, typer.Argument(metavar="JOB", help="Its id, J-7.")],
    limit: Limit = 50,
    json: JsonFlag = False,
) -> None:
    """Show a job, and the rows that were refused or imported with a warning."""

    async def read() -> tuple[JobView, list[JobRowView]]:
        async with open_desk(_book()) as (desk, who):
            found = await desk.job(who, job)
            outcomes = (RowOutcome.REFUSED, RowOutcome.NOTED)
            rows = [await desk.report(who, job, outcome=outcome, limit=limit) for outcome in outcomes]
            return found, [row for part in rows for row in part]

    found, rows = run(read)
    if json:
        print_json(found.model_dump(mode="json") | {"report": [row.model_dump(mode="json") for row in rows]})
        return
    print_facts(found.job_id, _facts(found))
    if rows:
        print_table("Report", ("row", "about", "outcome", "why"), [_told(row) for row in rows])


def _status(text: str) -> JobStatus:
    try:
        return JobStatus(text.strip().lower())
    except ValueError:
        raise Refused.because("job_status_unknown", statuses=", ".join(JobStatus)) from None


def _cells(job: JobView) -> tuple[object, ...]:
    done = f"{job.done} of {'?' if job.rows is None else job.rows}"
    made = full_time(job.created_at) if is_wide() else short_time(job.created_at)
    status = f"{job.status}, held" if job.held else job.status
    return job.job_id, job.kind, status, done, job.refused, made, job.created_by


def _facts(job: JobView) -> list[tuple[str, object]]:
    facts: list[tuple[str, object]] = [
        ("kind", f"{job.kind}{' (dry run)' if job.dry_run else ''}"),
        ("account", job.account),
        ("status", f"{job.status}, held: see doctor" if job.held else job.status),
        ("rows", f"{job.done} of {'?' if job.rows is None else job.rows}, {job.refused} refused"),
        ("new", listed(job.created) or None),
        ("changed", listed(job.changed) or None),
        ("made", f"{full_time(job.created_at)} by {job.created_by}"),
        ("started", full_time(job.started_at)),
        ("ended", full_time(job.ended_at)),
    ]
    return facts + [("refused", why_not(refusal)) for refusal in job.refusals]


def _told(row: JobRowView) -> tuple[object, ...]:
    return row.row, row.title or "", row.outcome, _why(row)


def _why(row: JobRowView) -> str:
    said = ((problem.column, why_not(problem.reason)) for problem in row.problems)
    return " ".join(f"{column}: {sentence}" if column else sentence for column, sentence in said)
