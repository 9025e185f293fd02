"""Detect polyglot files: a picture to one program, an archive or a web page to another."""

import re

_ARCHIVE_END = b"PK\x05\x06"
_ARCHIVE_TAIL = 66_000
"""Bytes at the end of a file in which unpackers look for the end of a ZIP archive."""
_PDF = b"%PDF-"
_PDF_HEAD = 1024
"""Bytes in which PDF readers look for the header, after any other content."""
_MARKUP = re.compile(rb"<(?:script|html|svg|\?php|!doctype\s+html|iframe|body)", re.IGNORECASE)
_MARKUP_HEAD = 4096
"""More bytes than any browser reads to guess a content type (MIME sniffing)."""
_FOREIGN = (
    b"PK\x03\x04",
    _ARCHIVE_END,
    b"Rar!\x1a\x07",
    b"7z\xbc\xaf\x27\x1c",
    _PDF,
    b"\x7fELF",
    b"\xcf\xfa\xed\xfe",
)
_PICTURES = (b"GIF8", b"RIFF", b"BM")
"""Pictures of other types, in front of a PDF; the first bytes of those that are accepted decide already."""
_JPEG_END = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
"""The marker that ends a JPEG's scan data: within it, 0xFF is followed by zero or by a restart marker."""


def is_disguised(content: bytes, kind: str) -> bool:
    """Whether the file could also be read as another type than that of its first bytes."""
    if _ARCHIVE_END in content[-_ARCHIVE_TAIL:]:
        return True
    if kind != "pdf" and _PDF in content[:_PDF_HEAD]:
        return True
    if kind != "svg" and _MARKUP.search(content[:_MARKUP_HEAD]):
        return True
    if kind == "png":
        return bool(_after_png(content).strip(b"\0"))
    if kind == "jpeg":
        return _is_foreign(_after_jpeg(content))
    if kind == "pdf":
        before, _, rest = content.rpartition(b"%%EOF")
        front = content.partition(_PDF)[0]
        return _is_foreign(front) or front.startswith(_PICTURES) or (bool(before) and _is_foreign(rest))
    return False


def _is_foreign(rest: bytes) -> bool:
    """Whether appended data is another file; the previews, films and metadata of cameras do not match."""
    return any(mark in rest for mark in _FOREIGN) or bool(_MARKUP.search(rest)) or rest.startswith(b"MZ")


def _after_png(content: bytes) -> bytes:
    at = 8
    while at + 12 <= len(content):
        length, name = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        at += length + 12
        if name == b"IEND":
            return content[at:]
    return b""


def _after_jpeg(content: bytes) -> bytes:
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xD9:
            return content[at + 2 :]
        if marker == 0xFF:
            at += 1
            continue
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        if marker == 0xDA:
            found = _JPEG_END.search(content, at)
            if not found:
                return b""
            at = found.start()
    return b""
