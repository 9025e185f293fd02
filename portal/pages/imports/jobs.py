"""`/jobs`: imports and bulk actions in the background, with progress and report (A21)."""

import uuid

from starlette.requests import Request
from starlette.responses import Response

from models.identifiers import named
from models.operations.jobs import KINDS, UNFINISHED, RowOutcome
from models.people.callers import Permission
from portal.auth.signed_in import SignedIn
from portal.http.cursors import closed, opened
from portal.pages.forms import FormModel, read_form
from portal.pages.routes import form, page
from wording.refusals import sentence

JOBS, ROWS = 50, 100
LARGEST_FILE = 5 * 1024 * 1024


class ImportForm(FormModel):
    """That the checked file is imported; `key`: once for each time that the page is shown."""

    key: str = ""


async def show_all(request: Request, who: SignedIn) -> Response:
    """The jobs of the account, newest first."""
    cursor = request.query_params.get("cursor", "")
    after = opened(cursor, "jobs") if cursor else None
    jobs = await who.desks.jobs.jobs(who.caller, limit=JOBS, after=after)
    following = "" if jobs.following is None else closed(jobs.following, "jobs")
    return who.page(request, "imports/jobs", jobs=jobs, following=following)


async def show(request: Request, who: SignedIn) -> Response:
    """One job: how far it is, and what became of its rows. While it goes on, a script asks again."""
    name, cursor = request.path_params["job"], request.query_params.get("cursor", "")
    job = await who.desks.jobs.job(who.caller, name)
    refused = request.query_params.get("only") == "refused"
    of = f"{job.job_id} {refused}"
    rows = await who.desks.jobs.report(
        who.caller,
        name,
        outcome=RowOutcome.REFUSED if refused else None,
        limit=ROWS,
        after=opened(cursor, of) if cursor else None,
    )
    return who.page(
        request,
        "imports/job",
        job=job,
        rows=rows,
        following="" if rows.following is None else closed(rows.following, of),
        only_refused=refused,
        made_by=(job.made_by or named(job.created_by)).partition(" <")[0],
        may_import=who.may(KINDS[job.kind].permission),
        key=uuid.uuid4().hex,
        unfinished=job.status in UNFINISHED,
        sentence=lambda refusal: sentence(refusal, who.language),
    )


async def import_checked(request: Request, who: SignedIn) -> Response:
    """Imports the file that the job has checked, as it was checked."""
    sent = await read_form(request, ImportForm, who.language)
    key = sent.model.key if sent.model else None
    made = await who.desks.jobs.import_checked(who.caller, request.path_params["job"], key=key or None)
    return who.done(f"/jobs/{made.view.job_id}", "import_begun")


async def ask_cancel(request: Request, who: SignedIn) -> Response:
    """The question before it is cancelled."""
    job = await who.desks.jobs.job(who.caller, request.path_params["job"])
    return who.page(request, "imports/cancel", job=job)


async def cancel(request: Request, who: SignedIn) -> Response:
    """No further row is done."""
    job = await who.desks.jobs.cancel(who.caller, request.path_params["job"])
    return who.done(f"/jobs/{job.job_id}", "job_cancelled")


routes = [
    page("/jobs", show_all, needs=Permission.RUN_JOBS),
    page("/jobs/{job}", show, needs=Permission.RUN_JOBS),
    page("/jobs/{job}/cancel", ask_cancel, needs=Permission.RUN_JOBS),
    form("/jobs/{job}/import", import_checked, needs=Permission.RUN_JOBS),
    form("/jobs/{job}/cancel", cancel, needs=Permission.RUN_JOBS),
]
