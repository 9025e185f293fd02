"""The child process: reads one file from standard input, writes one JSON object to standard output, ends.

`{"refused": reason}` or `{"codes": [...], "others": bool}`: texts that look like activation codes, and
whether there are other QR codes. It outputs nothing else of the file; its standard error is discarded.
`qr.process` starts it, stops it, and validates its answer.
"""

import json
import sys
import time
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

from confined.limits import confine
from qr.reader.disguise import is_disguised
from qr.reader.limits import SEARCH_SECONDS
from qr.reader.symbols import Page, Search
from qr.reader.verdict import Unreadable

_MOST_CODES = 8
"""The maximum number of codes in an answer; a file with two is refused already."""
_MOST_CHARACTERS = 400
"""The maximum length of a code in an answer; a longer one is invalid, and still is when truncated."""

_READERS = {
    "png": "qr.reader.pictures",
    "jpeg": "qr.reader.pictures",
    "tiff": "qr.reader.pictures",
    "svg": "qr.reader.vector",
    "pdf": "qr.reader.portable",
}

Pages = Callable[[bytes, str], Iterable[Page]]
"""Decodes a file of a type into pages."""


def pages_of(kind: str) -> Pages:
    """The decoder of this file type. Imports only the libraries that it needs."""
    pages: Pages = import_module(_READERS[kind]).pages
    return pages


def answer(content: bytes, kind: str, pages: Pages, seconds: float = SEARCH_SECONDS) -> dict[str, Any]:
    """The QR codes in the file, or why it is refused."""
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
    result = answer(sys.stdin.buffer.read(), kind, pages)
    sys.stdout.write(json.dumps(result))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
