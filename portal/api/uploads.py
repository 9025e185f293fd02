"""Files that a caller sends as `multipart/form-data`: read once the caller is known, kept in memory only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import Request

from models.errors import Refused
from models.people.callers import Caller
from portal.http.forms import Incoming, Upload, read_upload_form
from portal.http.middleware import allow_large


def one_file_and(*fields: str) -> dict[str, Any]:
    """What the reference says of a body with a file and these texts; FastAPI would read it itself, before the
    view is called.
    """
    texts = {name: {"type": "string"} for name in fields}
    file = {"type": "string", "contentMediaType": "application/octet-stream"}
    form = {"type": "object", "required": ["file"], "properties": {"file": file, **texts}}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": form}}}}


@asynccontextmanager
async def one_file(request: Request, caller: Caller) -> AsyncIterator[Upload]:
    """The file of the field `file`, for a caller who may send it; it occupies a place until it is processed.

    Its path is in `portal.http.limits.LARGE`. Raises `Refused` (`file_needed`, `upload_unreadable`), and
    `Unavailable` while the caller sends too many at once.
    """
    incoming: Incoming = request.app.state.incoming
    with incoming.one(f"{caller.actor} {caller.scope}"):
        allow_large(request)
        upload = await read_upload_form(request)
        if not upload.filename:
            raise Refused.because("file_needed")
        yield upload
