"""Reads forms and uploads: bounded in size, kept in memory only, and only from pages of the same origin."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import Request

from models.errors import Refused, Unavailable
from portal.http.limits import LARGEST_REQUEST, PARSED_AT_ONCE, SMALL

MOST_INCOMING = 32
MOST_INCOMING_OF_ONE = 4
"""Uploads at a time, in all and per recipient over all of its links: each file is held in memory."""
_MOST_FIELDS = 4
_MOST_MAPPED = 50
"""Fields of a file to import: a heading each, and its kind."""
_MOST_OF_PAGE = 500
"""Fields of a form of signed-in people: of a grid, each chosen row is one."""
_LONGEST_FIELD = 4096
_LONGEST_OF_PAGE = SMALL
"""Bytes of a field of signed-in people: the text of an e-mail, of 10,000 characters."""
_MULTIPART = "multipart/form-data"
_URLENCODED = "application/x-www-form-urlencoded"
_TEXT = frozenset({b"utf-8", b"utf8", b"us-ascii"})


class _InMemory(MultiPartParser):
    spool_max_size = 2 * LARGEST_REQUEST  # else a file of 1 MB is written to disk, and it is a secret


class Incoming:
    """Limits concurrent uploads, in all and per recipient, so that one recipient cannot take all places.

    A place is held while the content makes progress; `portal.http.limits.Pace` says how much.
    """

    def __init__(self, most: int = MOST_INCOMING, most_of_one: int = MOST_INCOMING_OF_ONE) -> None:
        self._most = most
        self._most_of_one = most_of_one
        self._of: Counter[str] = Counter()  # by recipient

    @contextmanager
    def one(self, recipient: str) -> Iterator[None]:
        """Take a place. Raises `Unavailable` where there is none."""
        if self._of[recipient] >= self._most_of_one or self._of.total() >= self._most:
            raise Unavailable(
                "uploads", "Too many files are being uploaded at the moment; try again in a minute."
            )
        self._of[recipient] += 1
        try:
            yield
        finally:
            self._of[recipient] -= 1
            self._of += Counter()  # drops recipients whose count is 0


@dataclass(frozen=True)
class Upload:
    """What the upload page sends: a file, or a code that was typed in. Both empty: nothing was chosen."""

    content: bytes = field(default=b"", repr=False)
    filename: str = field(default="", repr=False)
    typed: str | None = field(default=None, repr=False)
    """None: the form for a file was used."""
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The texts that came with it."""


async def read_upload_form(request: Request) -> Upload:
    """The one file or the code. HTTPException 413 for too much, Refused (`upload_unreadable`)."""
    form = await _read(request, request.stream(), most_files=1)
    try:
        file = form.get("file")
        fields = {name: value for name, value in form.multi_items() if isinstance(value, str)}
        if isinstance(file, UploadFile) and file.filename:
            return Upload(await file.read(), file.filename, fields=fields)
        code = fields.get("code")
        return Upload(typed=code, fields=fields)
    finally:
        await form.close()


@dataclass(frozen=True)
class FileUpload:
    """A file to import, and what it is."""

    kind: str
    content: bytes = field(repr=False)
    mapping: tuple[str, ...] = ()
    """`THEIRS=ours`: what headings of the file mean."""
    save: bool = False
    """The account keeps them for later files of the kind."""


async def read_file_form(request: Request) -> FileUpload:
    """The one file of a form, its field `kind` and its fields `map`; empty where they are missing. Raises as
    `read_upload_form`.
    """
    form = await _read(request, request.stream(), most_files=1, most_fields=_MOST_MAPPED)
    try:
        file, kind = form.get("file"), form.get("kind")
        content = await file.read() if isinstance(file, UploadFile) else b""
        mapping = tuple(entry for entry in form.getlist("map") if isinstance(entry, str))
        saved = form.get("save_map", "false")
        if saved not in {"true", "false"}:
            raise Refused.because("upload_unreadable")
        return FileUpload(kind if isinstance(kind, str) else "", content, mapping, saved == "true")
    finally:
        await form.close()


async def read_field(request: Request, name: str) -> str:
    """One field of a form without files; empty where it is missing. The form is parsed after the whole body
    was received, so one that is too large is not parsed at all.
    """
    form = await _read(request, _at_once(await request.body()), most_files=0)
    value = form.get(name)
    return value if isinstance(value, str) else ""


async def read_fields(request: Request) -> Mapping[str, Sequence[str]]:
    """All fields of a form without files, with their values. Parsed as `read_field` parses. Raises `Refused`
    (`upload_unreadable`), also for content that is no form: an empty one would erase what its fields say.
    """
    kind = request.headers.get("content-type", "").lower()
    if await request.body() and not kind.startswith((_URLENCODED, _MULTIPART)):
        raise Refused.because("upload_unreadable")
    form = await _read(
        request,
        _at_once(await request.body()),
        most_files=0,
        most_fields=_MOST_OF_PAGE,
        longest=_LONGEST_OF_PAGE,
    )
    fields: dict[str, list[str]] = {}
    for name, value in form.multi_items():
        if isinstance(value, str):
            fields.setdefault(name, []).append(value)
    return fields


async def _read(
    request: Request,
    content: AsyncIterator[bytes],
    *,
    most_files: int,
    most_fields: int = _MOST_FIELDS,
    longest: int = _LONGEST_FIELD,
) -> FormData:
    """Parse a form. One that exceeds the limits is refused before it was received completely."""
    kind = request.headers.get("content-type", "").lower()
    within = {"max_fields": most_fields, "max_part_size": longest}
    parser: _InMemory | FormParser
    if kind.startswith(_MULTIPART):
        _check_text(kind)
        parser = _InMemory(request.headers, _sliced(content), max_files=most_files, **within)
    elif kind.startswith(_URLENCODED):
        parser = FormParser(request.headers, _sliced(content), **within)
    else:
        return FormData()
    try:
        return await parser.parse()
    except (MultiPartException, HTTPException) as failed:
        if isinstance(failed, HTTPException) and failed.status_code in (408, 413):
            raise
        raise Refused.because("upload_unreadable") from None


def _check_text(kind: str) -> None:
    """Refuse a charset other than UTF-8: some of Python's codecs raise errors of their own, and some produce
    text that can neither be compared nor stored. Browsers name no charset.
    """
    _, parameters = parse_options_header(kind)
    if parameters.get(b"charset", b"utf-8") not in _TEXT:
        raise Refused.because("upload_unreadable")


async def _at_once(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def _sliced(content: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    """The content in small slices, with a turn of the event loop between two, so that no form blocks it."""
    async for part in content:
        for start in range(0, len(part), PARSED_AT_ONCE):
            yield part[start : start + PARSED_AT_ONCE]
            await asyncio.sleep(0)


def check_same_origin(request: Request, portal_url: str) -> None:
    """Refuse a cross-site request (CSRF), by the Sec-Fetch-Site or Origin header where the browser sends one.

    This is a second line of defence: the token in the path is a secret already. `Origin: null` is accepted,
    because our own pages send it: their referrer policy is `no-referrer`.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin", "null")
    ours = {urlsplit(portal_url).netloc.lower(), request.headers.get("host", "").lower()}
    if site is not None:
        foreign = site not in ("same-origin", "none")
    else:
        foreign = origin != "null" and _place(origin) not in ours
    if foreign:
        raise Refused.because("cross_site")


def _place(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return None
