"""The child process: one file on its standard input, one JSON object on its standard output, and its end.

`{"refused": reason}` or `{"codes": [...], "others": bool}`: what looks like activation codes, and whether
there are other QR codes. It says nothing else of the file, also not on its standard error, which nobody
reads. `qr.process` starts it, stops it, and believes none of what it says without looking.
"""

import json
import sys
import time
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

from qr.reader.disguise import is_disguised
from qr.reader.limits import SEARCH_SECONDS, confine
from qr.reader.symbols import Page, Search
from qr.reader.verdict import Unreadable

_MOST_CODES = 8
"""Told of one file: two are too many already."""
_MOST_CHARACTERS = 400
"""Told of a code: one that is longer is invalid, and stays so."""

_READERS = {
    "png": "qr.reader.pictures",
    "jpeg": "qr.reader.pictures",
    "tiff": "qr.reader.pictures",
    "svg": "qr.reader.vector",
    "pdf": "qr.reader.portable",
}

Pages = Callable[[bytes, str], Iterable[Page]]
"""Takes a file of a type apart."""


def pages_of(kind: str) -> Pages:
    """How files of this type are taken apart. Imports what that needs, and no more."""
    pages: Pages = import_module(_READERS[kind]).pages
    return pages


def answer(content: bytes, kind: str, pages: Pages, seconds: float = SEARCH_SECONDS) -> dict[str, Any]:
    """What the file holds, or why that cannot be told."""
    try:
        if is_disguised(content, kind):
            return {"refused": "file_type_mismatch"}
        search = Search(time.monotonic() + seconds)
        search.through(pages(content, kind))
    except Unreadable as verdict:
        return {"refused": verdict.reason}
    except (MemoryError, RecursionError):
        return {"refused": "too_demanding"}
    except Exception as failure:  # noqa: BLE001 - libraries raise anything over a file that is broken
        bomb = type(failure).__name__ == "DecompressionBombError"
        return {"refused": "too_many_pixels" if bomb else "file_damaged"}
    codes = [code[:_MOST_CHARACTERS] for code in search.activation_codes]
    return {"codes": codes[:_MOST_CODES], "others": search.others}


def main() -> None:
    """Read one file of the type that the command line names."""
    kind = sys.argv[-1]
    pages = pages_of(kind)
    confine()
    told = answer(sys.stdin.buffer.read(), kind, pages)
    sys.stdout.write(json.dumps(told))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
