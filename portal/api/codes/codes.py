"""The QR codes of SIMs over HTTP: import, show, history (A15)."""

from enum import StrEnum
from typing import Annotated, Literal

from fastapi import Query, Request, Response
from starlette.concurrency import run_in_threadpool

from models.codes.people import people_in
from models.people.callers import Caller, Permission
from portal.api.caller import At, needs
from portal.api.codes.bodies import ActivationCodeBody
from portal.api.codes.resources import QrHistoryResource, QrImportResource, history_resource
from portal.api.codes.shown import QrCodeResource
from portal.api.fields import Id
from portal.api.routing import router
from portal.api.uploads import one_file_and
from portal.http.uploads import one_file
from portal.links.downloads import FILE_POLICY
from qr import draw

routes = router("QR codes")
Viewing = Annotated[Caller, needs(Permission.VIEW_INVENTORY)]
Importing = Annotated[Caller, needs(Permission.IMPORT_QR_CODES)]
Showing = Annotated[Caller, needs(Permission.VIEW_QR_CODES)]
Expand = Annotated[list[Literal["people"]], Query(description="What to include: `people`.")]


class QrCodeFormat(StrEnum):
    """How a code is answered."""

    JSON = "json"
    PNG = "png"
    SVG = "svg"


_MEDIA_TYPES = {QrCodeFormat.PNG: "image/png", QrCodeFormat.SVG: "image/svg+xml"}
_PICTURES = {media_type: {"schema": {"type": "string"}} for media_type in _MEDIA_TYPES.values()}


@routes.get("/sims/{sim}/qr-code/history", summary="Show the history of a SIM's QR code")
async def show_qr_history(caller: Viewing, desks: At, sim: Id, expand: Expand = []) -> QrHistoryResource:  # noqa: B006
    """Its versions, requests, notifications, links and events; never the code itself."""
    found = await desks.code_book.history(caller, sim)
    people = await desks.code_book.people(caller, sim, people_in(found)) if "people" in expand else None
    return history_resource(found, caller, people)


@routes.post("/sims/{sim}/qr-code/import", summary="Import an activation code")
async def import_qr_code(caller: Importing, desks: At, sim: Id, body: ActivationCodeBody) -> QrImportResource:
    """Give the SIM this code. If it is refused, the previous code stays.

    Idempotent: the code that the SIM has already changes nothing.
    """
    imported = await desks.codes.import_code(caller, sim, body.activation_code, body.confirmation_code)
    return QrImportResource.of(imported, caller)


@routes.post(
    "/sims/{sim}/qr-code/import-file",
    summary="Import a QR code",
    openapi_extra=one_file_and("confirmation_code"),
)
async def import_qr_code_file(caller: Importing, desks: At, sim: Id, request: Request) -> QrImportResource:
    """Give the SIM the one activation code in a PNG, JPG, SVG, TIFF or PDF file of at most 5 MB.

    The file is the field `file` of `multipart/form-data`, with its name, and the confirmation code, if the
    distributor gave one, the field `confirmation_code`; otherwise as for a code as text.
    """
    await desks.codes.check_import(caller, sim)
    async with one_file(request, caller) as file:
        confirmation = file.fields.get("confirmation_code")
        imported = await desks.codes.import_file(caller, sim, file.content, file.filename, confirmation)
    return QrImportResource.of(imported, caller)


@routes.post(
    "/sims/{sim}/qr-code/show",
    summary="Show a QR code",
    response_model=QrCodeResource,
    responses={200: {"content": _PICTURES}},
)
async def show_qr_code(
    caller: Showing,
    desks: At,
    sim: Id,
    response: Response,
    as_format: Annotated[
        QrCodeFormat,
        Query(
            alias="format",
            description="`json` for the code as text; `png` or `svg` for a picture, which is the answer.",
        ),
    ] = QrCodeFormat.JSON,
) -> QrCodeResource | Response:
    """Show the SIM's current code, unless the SIM is discarded.

    A POST, as it is no mere look: an event records which key saw the code, and a travel eSIM whose code was
    shown never goes back to stock.
    """
    shown = await desks.codes.show(caller, sim)
    found = QrCodeResource.of(shown)
    if as_format is QrCodeFormat.JSON:
        return found
    drawn = await run_in_threadpool(draw.png if as_format is QrCodeFormat.PNG else draw.svg, shown.code)
    name = f"esim-qr-{found.sim}.{as_format}"
    headers = {
        **response.headers,
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Security-Policy": FILE_POLICY,
    }
    return Response(drawn, headers=headers, media_type=_MEDIA_TYPES[as_format])
