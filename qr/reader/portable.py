"""Render PDF files with PDFium: no scripts, no forms, no network."""

from collections.abc import Iterator
from functools import partial

import pypdfium2
from PIL import Image
from pypdfium2 import raw

from qr.reader.limits import MOST_PAGES
from qr.reader.symbols import Page
from qr.reader.verdict import Unreadable

_DPI = (200, 400)
_POINTS_PER_INCH = 72
_MOST_RENDERED = (8_000_000, 20_000_000)
"""The maximum pixels of a page at each resolution: a poster is rendered coarser."""
_LOCKED = (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY)


def pages(content: bytes, kind: str = "pdf") -> Iterator[Page]:
    """The pages of a PDF file."""
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as failure:
        raise Unreadable("file_protected" if failure.err_code in _LOCKED else "file_damaged") from None
    if len(document) > MOST_PAGES:
        raise Unreadable("too_many_pages")
    if not len(document):
        raise Unreadable("file_damaged")
    for page in document:
        yield Page([partial(_rendered, page, *way) for way in zip(_DPI, _MOST_RENDERED, strict=True)])


def _rendered(page: pypdfium2.PdfPage, dpi: int, most: int) -> Image.Image:
    width, height = page.get_size()
    if not (width > 0 and height > 0):
        raise Unreadable("file_damaged")
    scale = min(dpi / _POINTS_PER_INCH, (most / (width * height)) ** 0.5)
    if max(width, height) * scale > most / 100:
        raise Unreadable("too_many_pixels")
    bitmap = page.render(scale=scale, grayscale=True, may_draw_forms=False)
    size = (bitmap.width, bitmap.height)
    return Image.frombuffer("L", size, bytes(bitmap.buffer), "raw", "L", bitmap.stride, 1)
