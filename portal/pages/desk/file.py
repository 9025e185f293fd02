"""`/desk/file`: steps of many orders from a CSV file, shown row by row before a job does them (P9)."""

import csv
import io
import uuid
from dataclasses import dataclass, field
from typing import Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from models.csv_text import csv_text
from models.orders.steps_file import COLUMNS, FINAL, MOST_STEPS, OPTIONAL, TOLD, StepsPreview
from models.paging import LARGEST_PAGE, Position
from models.people.callers import Permission
from portal.auth.signed_in import SignedIn
from portal.http.forms import Incoming, read_upload_form
from portal.http.limits import SMALL
from portal.http.middleware import allow_large
from portal.pages.forms import Asking, FormModel, Sent, read_form, unsent
from portal.pages.imports.jobs import LARGEST_FILE
from portal.pages.routes import form, page
from wording.labels import kind_label
from wording.pages import page_texts
from wording.refusals import sentence

_TEMPLATE = ",".join((*COLUMNS, *OPTIONAL)) + "\r\n"


class StepsForm(FormModel):
    """What was shown, to be done."""

    rows: str = Field(max_length=SMALL)
    """The rows of the file, as they were read."""
    digest: str = Field(default="", max_length=64)
    key: str = Field(default="", max_length=64)
    confirmed: str = ""


async def show(request: Request, who: SignedIn) -> Response:
    """Ask for the file."""
    return _ask(request, who)


async def template(request: Request, who: SignedIn) -> Response:
    """An empty file with its columns."""
    named = {"Content-Disposition": 'attachment; filename="order-steps.csv"'}
    return Response(_TEMPLATE, media_type="text/csv", headers=named)


async def orders(_: Request, who: SignedIn) -> Response:
    """The orders that wait, the oldest first, to be filled in and sent back."""
    rows: list[tuple[str, ...]] = []
    after: Position | None = None
    while len(rows) < MOST_STEPS:
        found = (await who.desks.orders.queue(who.caller, limit=LARGEST_PAGE, after=after)).orders
        rows += [
            (order.id, order.iccid or "", "", order.title, order.kind, order.status.value) for order in found
        ]
        if not (after := found.following):
            break
    named = {"Content-Disposition": 'attachment; filename="orders.csv"'}
    written = csv_text((*COLUMNS, *OPTIONAL, *TOLD), rows[:MOST_STEPS])
    return Response(written, media_type="text/csv; charset=utf-8", headers=named)


async def preview(request: Request, who: SignedIn) -> Response:
    """Show what each row of the file would do, and which are refused and why. Nothing is done."""
    who.caller.require(Permission.ACKNOWLEDGE_ORDERS)  # before a large body is read
    incoming: Incoming = request.app.state.incoming
    with incoming.one(f"{who.caller.actor} {who.caller.scope}"):
        allow_large(request)
        upload = await read_upload_form(request)
    texts = page_texts(who.language)["imports"]
    if not upload.content:
        return _ask(request, who, [texts["empty"] if upload.filename else texts["missing"]], upload.filename)
    with Asking(unsent(), who.language) as asking:
        found = await who.desks.order_steps.preview(who.caller, upload.content)
        return _shown(request, who, _Preview(found, uuid.uuid4().hex))
    return _ask(request, who, [said for _, said in asking.form.summary], upload.filename, asking.status)


async def confirm(request: Request, who: SignedIn) -> Response:
    """Have a job do the accepted rows, if they still are what was shown."""
    sent = await read_form(request, StepsForm, who.language)
    model = sent.model
    if model is None:
        return _ask(request, who, [said for _, said in sent.summary])
    content = model.rows.encode()
    with Asking(sent, who.language) as asking:
        now = await who.desks.order_steps.preview(who.caller, content)
        if now.final and not model.confirmed:
            tick = page_texts(who.language)["order_step"]["tick"]
            return _shown(request, who, _Preview(now, model.key, _with_error(sent, tick), 422))
        made = await who.desks.order_steps.confirm(who.caller, content, model.digest, key=model.key or None)
        return who.done(f"/jobs/{made.view.job_id}", "steps_begun")
    with Asking(unsent(), who.language):
        now = await who.desks.order_steps.preview(who.caller, content)
        return _shown(request, who, _Preview(now, uuid.uuid4().hex, asking.form, asking.status))
    return _ask(request, who, [said for _, said in asking.form.summary], status=asking.status)


def _with_error(sent: Sent[Any], said: str) -> Sent[Any]:
    return Sent(sent.values, None, {"confirmed": [said]})


def _ask(
    request: Request, who: SignedIn, reasons: list[str] | None = None, filename: str = "", status: int = 422
) -> Response:
    facts = {"needed": COLUMNS, "optional": OPTIONAL, "most": MOST_STEPS, "limit": LARGEST_FILE}
    facts |= {"reasons": reasons or [], "filename": filename}
    return who.page(request, "desk/file", status if reasons else 200, **facts)


@dataclass(frozen=True)
class _Preview:
    """What a file would do, as the page shows it. `key`: of the job that does it."""

    found: StepsPreview
    key: str
    form: Sent[Any] = field(default_factory=unsent)
    status: int = 200


def _shown(request: Request, who: SignedIn, preview: _Preview) -> Response:
    found = preview.found

    def why(problem: Any) -> str:
        said = sentence(problem.reason, who.language)
        return f"{problem.column}: {said}" if problem.column else said

    return who.page(
        request,
        "desk/preview",
        preview.status,
        shown=found,
        form=preview.form,
        key=preview.key,
        rows=_written(found),
        kinds={row.row.line: kind_label(row.order.kind, who.language) for row in found.rows if row.order},
        final=FINAL,
        why=why,
        odd=[sentence(warning, who.language) for warning in found.warnings],
    )


def _written(found: StepsPreview) -> str:
    """The rows again as a file, which the confirmation sends."""
    marked = {True: "", False: "'"}  # an ICCID that is accepted once is not judged as rounded then
    lines = (
        (one.row.order, one.row.iccid and f"{marked[bool(one.problems)]}{one.row.iccid}", one.row.action)
        for one in found.rows
    )
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows([(*COLUMNS, *OPTIONAL), *lines])
    return written.getvalue()


routes = [
    page("/desk/file", show, needs=Permission.ACKNOWLEDGE_ORDERS),
    page("/desk/file/template.csv", template, needs=Permission.ACKNOWLEDGE_ORDERS),
    page("/desk/file/orders.csv", orders, needs=Permission.ACKNOWLEDGE_ORDERS),
    form("/desk/file", preview, needs=Permission.ACKNOWLEDGE_ORDERS),
    form("/desk/steps", confirm, needs=Permission.ACKNOWLEDGE_ORDERS),
]
