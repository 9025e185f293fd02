"""The file that a signed-in person or an API key sends: read once they are known, kept in memory only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.requests import Request

from models.errors import Refused
from models.people.callers import Caller
from portal.http.forms import Incoming, Upload, read_upload_form
from portal.http.middleware import allow_large


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
