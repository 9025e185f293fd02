"""Gives an eSIM its QR code: from a file, or typed in (F33 to F35, F57, F62). What is refused is said beside
the field, and the previous code stays.
"""

from collections.abc import Mapping

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from models.codes.requests import Caution, Imported
from models.people.callers import Permission
from portal.auth.signed_in import SignedIn
from portal.http.uploads import one_file
from portal.pages.codes.section import section
from portal.pages.forms import Asking, FormModel, read_form, unsent
from portal.pages.routes import form

_OF_CODE = {"confirmation_code_invalid": "confirmation_code"}
_CARE: Mapping[str, str] = {
    Caution.WAS_ELSEWHERE: "qr_imported_with_care",
    Caution.SMALL_LETTERS: "qr_imported_in_small_letters",
}
_OF_FILE = {"confirmation_code_invalid": "file_confirmation"}


class CodeForm(FormModel):
    """An activation code that is typed in, with its confirmation code."""

    code: str = Field(min_length=1)
    confirmation_code: str = ""


async def upload(request: Request, who: SignedIn) -> Response:
    """Import the code in a file. It is read in the confined process, never kept on disk, never shown."""
    sim = request.path_params["sim"]
    await who.desks.codes.check_import(who.caller, sim)
    filename = ""
    with Asking(unsent(), who.language, _OF_FILE, others="file") as asking:
        async with one_file(request, who.caller) as file:
            filename, confirmation = file.filename, file.fields.get("file_confirmation", "").strip()
            imported = await who.desks.codes.import_file(
                who.caller, sim, file.content, filename, confirmation or None
            )
            return _done(who, imported)
    return await section(request, who, asking.status, sent=asking.form, filename=filename[:80])


async def enter(request: Request, who: SignedIn) -> Response:
    """Import a code that was typed in."""
    sim = request.path_params["sim"]
    await who.desks.codes.check_import(who.caller, sim)
    sent = await read_form(request, CodeForm, who.language)
    with Asking(sent, who.language, _OF_CODE, others="code") as asking:
        if sent.model is not None:
            confirmation = sent.model.confirmation_code.strip() or None
            imported = await who.desks.codes.import_code(who.caller, sim, sent.model.code, confirmation)
            return _done(who, imported)
    return await section(request, who, asking.status, sent=asking.form)


def _done(who: SignedIn, imported: Imported) -> Response:
    path = f"/sims/S-{imported.version.sim_id}/qr"
    if not imported.changed:
        return who.done(path, "qr_unchanged")
    if imported.sent_by_itself:
        return who.done(path, "qr_imported_and_sent")
    said = next((_CARE.get(warning, "qr_imported_with_care") for warning in imported.warnings), "qr_imported")
    return who.done(f"{path}?imported={imported.version.number}", said)


routes = [
    form("/sims/{sim}/qr/import", upload, needs=Permission.IMPORT_QR_CODES),
    form("/sims/{sim}/qr/enter", enter, needs=Permission.IMPORT_QR_CODES),
]
