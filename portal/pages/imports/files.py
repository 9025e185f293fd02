"""`/imports`: files that are imported in the background, or only checked (A16)."""

import uuid
from collections.abc import Iterator, Sequence

from starlette.requests import Request
from starlette.responses import Response

from models.files.table import SentFile
from models.fleet.file import COLUMNS as FLEET_COLUMNS
from models.operations.jobs import KINDS, JobKind
from models.people.callers import Permission
from portal.auth.signed_in import SignedIn
from portal.http.forms import Incoming, Upload, read_upload_form
from portal.http.middleware import allow_large
from portal.pages.forms import Asking, unsent
from portal.pages.imports.columns import COLUMNS, template_of
from portal.pages.imports.jobs import LARGEST_FILE
from portal.pages.routes import Page, View, form, page
from wording.pages import page_texts

RECENT = 10
_FIELDS = {"file", "check", "key", "map", "save_map"}
FILES = {name: kind for name, kind in KINDS.items() if kind.file}


async def show(request: Request, who: SignedIn) -> Response:
    """What may be imported, and the last jobs."""
    kinds = [name for name, kind in FILES.items() if who.may(kind.permission)]
    jobs = await who.desks.jobs.jobs(who.caller, limit=RECENT) if who.may(Permission.RUN_JOBS) else []
    return who.page(request, "imports/imports", kinds=kinds, jobs=jobs)


def asked(name: str) -> View:
    """The page of one kind of file."""

    async def show_kind(request: Request, who: SignedIn) -> Response:
        return await _page(request, who, name)

    return show_kind


def template(name: str) -> View:
    """An empty file of one kind, with its columns."""

    async def download(request: Request, who: SignedIn) -> Response:
        named = {"Content-Disposition": f'attachment; filename="{name.removeprefix("import_")}.csv"'}
        return Response(template_of(COLUMNS[name]), media_type="text/csv", headers=named)

    return download


def sent(name: str, kind: JobKind) -> View:
    """Takes the file: a job imports it, or only checks it."""

    async def take(request: Request, who: SignedIn) -> Response:
        who.caller.require(kind.permission)  # before a large body is read
        incoming: Incoming = request.app.state.incoming
        with incoming.one(f"{who.caller.actor} {who.caller.scope}"):
            allow_large(request)
            upload = await read_upload_form(request)
        checks = bool(upload.fields.get("check"))
        reasons = _wrong(upload, who)
        if not reasons:
            with Asking(unsent(), who.language) as asking:
                key = upload.fields.get("key") or None
                file = SentFile(upload.content, tuple(_mapping(upload)), bool(upload.fields.get("save_map")))
                made = await who.desks.jobs.submit_file(who.caller, None, name, file, key=key, dry_run=checks)
                return who.done(f"/jobs/{made.view.job_id}", "import_begun")
            reasons = [said for _, said in asking.form.summary]
        return await _page(request, who, name, reasons, upload)

    return take


def forgotten(name: str) -> View:
    """Deletes the mapping that the account keeps for one kind of file."""

    async def delete(_: Request, who: SignedIn) -> Response:
        await who.desks.mappings.delete(who.caller, None, name)
        return who.done(f"/imports/{name}", "mapping_deleted")

    return delete


def _mapping(upload: Upload) -> Iterator[str]:
    """A line of the field for each heading."""
    return filter(None, map(str.strip, upload.fields.get("map", "").splitlines()))


def _wrong(upload: Upload, who: SignedIn) -> list[str]:
    texts = page_texts(who.language)
    if set(upload.fields) - _FIELDS:
        return [texts["form_errors"]["unknown_field"]]
    if upload.content:
        return []
    return [texts["imports"]["empty"]] if upload.filename else [texts["imports"]["missing"]]


async def _page(
    request: Request,
    who: SignedIn,
    name: str,
    reasons: Sequence[str] = (),
    upload: Upload | None = None,
) -> Response:
    saved = await who.desks.mappings.mappings(who.caller) if who.may(Permission.RUN_JOBS) else []
    facts = {
        "kind": name,
        "saved": next((one for one in saved if one.kind == name), None),
        "saves": bool(upload and upload.fields.get("save_map")),
        "columns": COLUMNS[name],
        "exported": FLEET_COLUMNS,
        "mapping": upload.fields.get("map", "") if upload else "",
        "reasons": reasons,
        "filename": upload.filename if upload else "",
        "limit": LARGEST_FILE,
        "key": uuid.uuid4().hex,
    }
    return who.page(request, "imports/file", 422 if reasons else 200, **facts)


def _routes() -> list[Page]:
    found = [page("/imports", show, needs=Permission.IMPORT_INVENTORY)]
    for name, kind in FILES.items():
        path = f"/imports/{name}"
        found.append(page(path, asked(name), needs=kind.permission))
        found.append(page(f"{path}/template.csv", template(name), needs=kind.permission))
        found.append(form(path, sent(name, kind), needs=kind.permission))
        found.append(form(f"{path}/mapping/delete", forgotten(name), needs=kind.permission))
    return found


routes = _routes()
