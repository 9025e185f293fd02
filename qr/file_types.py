"""The file types that may be uploaded (F34), and their detection by the first bytes of a file (F57)."""

from enum import StrEnum
from pathlib import PurePosixPath


class FileType(StrEnum):
    PNG = "png"
    JPEG = "jpeg"
    SVG = "svg"
    TIFF = "tiff"
    PDF = "pdf"


_BY_ENDING = {
    ".png": FileType.PNG,
    ".jpg": FileType.JPEG,
    ".jpeg": FileType.JPEG,
    ".jpe": FileType.JPEG,
    ".jfif": FileType.JPEG,
    ".svg": FileType.SVG,
    ".tif": FileType.TIFF,
    ".tiff": FileType.TIFF,
    ".pdf": FileType.PDF,
}
ACCEPTED = tuple(_BY_ENDING)
"""Extensions of file names; Windows saves pictures of web pages as `.jfif`."""
_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", FileType.PNG),
    (b"\xff\xd8\xff", FileType.JPEG),
    (b"II*\0", FileType.TIFF),
    (b"MM\0*", FileType.TIFF),
    (b"II+\0", FileType.TIFF),
    (b"MM\0+", FileType.TIFF),
)
_PDF = b"%PDF-"
PDF_HEAD = 1024
"""Bytes within which a PDF may begin, as its readers allow: mail programs put line ends in front."""
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_UTF_8 = b"\xef\xbb\xbf"
_ENOUGH = 1024
"""Bytes that are searched for the beginning of an SVG, after byte order mark and empty lines."""


def claimed_type(filename: str) -> FileType | None:
    """The type by the file name; None if it may not be uploaded."""
    return _BY_ENDING.get(PurePosixPath(filename.strip()).suffix.lower())


def actual_type(content: bytes) -> FileType | None:
    """The type by the first bytes. A text that begins with `<` counts as SVG; the reader checks the rest. In
    front of a PDF something else may stand (R7).
    """
    for beginning, kind in _BEGINNINGS:
        if content.startswith(beginning):
            return kind
    beginning = content[:_ENOUGH]
    if beginning.startswith(_UTF_16):
        beginning = beginning[2:].replace(b"\0", b"")
    text = beginning.removeprefix(_UTF_8).lstrip()
    if text.startswith(b"<"):
        return FileType.SVG
    return FileType.PDF if _PDF in content[: PDF_HEAD + len(_PDF)] else None
