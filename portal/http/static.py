"""The files that pages load: served under a name with a hash, which browsers keep for a year.

    files = StaticFiles.of(Path("portal/static"))
    files.name("app.css")         # "app.3f2a91c0bd.css", for the template's `static("app.css")`

A module imports another by its plain relative name; the hash of the other is put in, so that a changed file
changes the names of all that load it. A plain name is served as well, but not kept by browsers.
"""

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

FILES = Path(__file__).parents[1] / "static"
FOREVER = "public, max-age=31536000, immutable"
"""The only Cache-Control that `SafeHeaders` leaves as it is, and only under `PREFIX`."""
PREFIX = "/static/"

_MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_IMPORTED = re.compile(r'((?:from|import) ?\(?")(\.{1,2}/[\w./-]+\.js)(")')


@dataclass(frozen=True)
class _File:
    """A file as it is sent: `kept` where its name holds its hash."""

    content: bytes
    packed: bytes
    media_type: str
    kept: bool


class StaticFiles:
    """Knows the files of a folder by their plain names and by their names with a hash."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names: dict[str, str] = {}
        self._served: dict[str, _File] = {}
        for path in sorted(folder.rglob("*")):
            if path.suffix in _MEDIA_TYPES:
                self.name(path.relative_to(folder).as_posix())

    @staticmethod
    @cache
    def of(folder: Path = FILES) -> "StaticFiles":
        """The files of a folder, read once in a process."""
        return StaticFiles(folder)

    def name(self, plain: str) -> str:
        """The name with a hash. KeyError where there is no such file: a template that names it fails."""
        if plain not in self._names:
            path = self._folder / plain
            if not path.is_file() or path.suffix not in _MEDIA_TYPES:
                raise KeyError(plain)
            self._add(plain, path)
        return self._names[plain]

    def _add(self, plain: str, path: Path) -> None:
        content = path.read_bytes()
        if path.suffix == ".js":
            content = _IMPORTED.sub(lambda found: self._hashed(plain, found), content.decode()).encode()
        mark = hashlib.sha256(content).hexdigest()[:10]
        name = f"{plain.removesuffix(path.suffix)}.{mark}{path.suffix}"
        packed = gzip.compress(content, 9, mtime=0)
        self._names[plain] = name
        for served, kept in ((plain, False), (name, True)):
            self._served[served] = _File(content, packed, _MEDIA_TYPES[path.suffix], kept)

    def _hashed(self, importer: str, found: re.Match[str]) -> str:
        """The import with the other module's hash; modules must not import each other in a circle."""
        before, relative, after = found.groups()
        other = _joined(PurePosixPath(importer).parent, relative)
        name = PurePosixPath(self.name(other)).name
        return f"{before}{relative.rpartition('/')[0]}/{name}{after}"

    def answer(self, request: Request) -> Response:
        """Serve a file, compressed where the browser takes that."""
        file = self._served.get(request.path_params["name"])
        if file is None:
            raise HTTPException(404)
        headers = {"Vary": "Accept-Encoding"}
        if file.kept:
            headers["Cache-Control"] = FOREVER
        content = file.content
        if "gzip" in request.headers.get("accept-encoding", "").lower():
            headers["Content-Encoding"], content = "gzip", file.packed
        return Response(content, media_type=file.media_type, headers=headers)


def _joined(folder: PurePosixPath, relative: str) -> str:
    parts = list(folder.parts)
    for part in PurePosixPath(relative).parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)
