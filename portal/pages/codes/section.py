"""`/sims/{sim}/qr`: the section QR Code of an eSIM (F32 to F38, F59).

The code itself is shown by a form: who saw it is recorded, and no address, no history of a browser and no
page that is loaded again holds it.
"""

import hashlib
import uuid
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from models.codes.people import people_in
from models.errors import Refused
from models.fleet.details import CodeFacts
from models.fleet.inventory import SimView
from models.people.callers import Permission
from portal.auth.signed_in import SignedIn
from portal.links.downloads import FILE_POLICY
from portal.links.pages import drawing
from portal.pages.codes.words import CodeWords
from portal.pages.forms import Sent, unsent
from portal.pages.routes import form, page
from qr import draw

MOST_EVENTS = 30
"""Events that the page shows; all are in the history of the device."""


async def show(request: Request, who: SignedIn) -> Response:
    """The section. After an import (`?imported=3`) the window of the notification opens by itself (F37).

    304 where the section is as a page that follows it has it.
    """
    seen = request.headers.get("if-none-match")
    if seen is not None:
        detail = await who.desks.inventory.sim(who.caller, request.path_params["sim"])
        if seen == (tag := section_tag(who, detail.sim, detail.code)):
            return Response(status_code=304, headers={"ETag": tag})
    return await section(request, who, imported="imported" in request.query_params)


def section_tag(who: SignedIn, sim: SimView, code: CodeFacts | None) -> str:
    """What the section shows, and to whom, as an entity tag."""
    facts = f"{sim.model_dump_json()} {code and code.model_dump_json()} {who.language} {sorted(who.rights)}"
    return f'"{hashlib.sha256(facts.encode()).hexdigest()[:32]}"'


async def section(
    request: Request,
    who: SignedIn,
    status: int = 200,
    *,
    sent: Sent[Any] | None = None,
    filename: str = "",
    imported: bool = False,
) -> Response:
    """Render the section, with what was refused in place."""
    sim = request.path_params["sim"]
    detail = await who.desks.inventory.sim(who.caller, sim)
    history = await who.desks.code_book.history(who.caller, f"S-{detail.sim.id}")
    people = await who.desks.code_book.people(who.caller, f"S-{detail.sim.id}", people_in(history))
    tag = section_tag(who, detail.sim, detail.code)
    offered = imported and bool(history.versions) and who.may(Permission.NOTIFY_QR_CODES)
    answer = who.page(
        request,
        "codes/section",
        status,
        detail=detail,
        history=history,
        events=[*reversed(history.events)][:MOST_EVENTS],
        words=CodeWords(who.language, people),
        form=sent or unsent(),
        filename=filename,
        notice=unsent(to=await manager(who, sim), key=uuid.uuid4().hex) if offered else None,
        own="part" not in request.query_params,
        tag=tag,
    )
    answer.headers["ETag"] = tag
    return answer


async def manager(who: SignedIn, sim: str) -> str:
    """The address that is pre-filled for a notification; empty if it cannot be sent now."""
    try:
        return await who.desks.codes.manager(who.caller, sim) or ""
    except Refused:
        return ""


async def reveal(request: Request, who: SignedIn) -> Response:
    """Show the code, large enough to be scanned from the screen (F36), with its confirmation code."""
    detail = await who.desks.inventory.sim(who.caller, request.path_params["sim"])
    shown = await who.desks.codes.show(who.caller, f"S-{detail.sim.id}")
    return who.page(
        request,
        "codes/shown",
        detail=detail,
        shown=shown,
        whole=str(shown.code),
        drawing=await drawing(shown.code),
    )


async def download(request: Request, who: SignedIn) -> Response:
    """The code as a PNG file."""
    shown = await who.desks.codes.show(who.caller, request.path_params["sim"])
    name = f'attachment; filename="esim-qr-S-{shown.version.sim_id}.png"'
    return Response(
        await run_in_threadpool(draw.png, shown.code),
        media_type="image/png",
        headers={"Content-Disposition": name, "Content-Security-Policy": FILE_POLICY},
    )


routes = [
    page("/sims/{sim}/qr", show, needs=Permission.VIEW_INVENTORY),
    form("/sims/{sim}/qr/reveal", reveal, needs=Permission.VIEW_QR_CODES),
    form("/sims/{sim}/qr/png", download, needs=Permission.VIEW_QR_CODES),
]
