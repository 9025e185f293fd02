"""The child process: reads one file from standard input, writes one JSON object to standard output, ends.

`{"refused": reason}` or `{"codes": [...], "others": [...]}`: the texts of QR codes that look as if they held
an activation code, and of those that do not. It outputs nothing else of the file; its standard error is
discarded.
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
"""The maximum number of texts of each kind in an answer; a file with two codes is refused already."""
_MOST_CHARACTERS = 4097
"""The maximum length of a text in an answer; a longer one is refused, and still is when truncated."""

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
    return {"codes": _shortened(search.activation_codes), "others": _shortened(search.others)}


def _shortened(texts: Iterable[str]) -> list[str]:
    return [text[:_MOST_CHARACTERS] for text in texts][:_MOST_CODES]


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
