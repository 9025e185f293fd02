"""Find QR codes in pictures: first with the fast method, then with slower ones until the time limit.

The search goes on until a text is found that looks as if it held an activation code. Other symbologies,
including Micro QR, are ignored.
"""

import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import zxingcpp
from PIL import Image, ImageFile, ImageFilter, ImageOps
from zxingcpp import BarcodeFormat, BarcodeFormats, Binarizer, TextMode

_LOADED = ImageFile
"""Imported here, as Pillow would import it on first use, when no file can be opened any more."""
_QR_CODES = BarcodeFormats([BarcodeFormat.QRCodeModel1, BarcodeFormat.QRCodeModel2])
PROMISING = re.compile(
    r"lpa\s?(?::|%(?:25)*3a)|%(?:25)*24|carddata=|sm-?dp|activation"
    r"|^[^0-9a-z]{0,9}1[^0-9a-z]{0,9}[$]"
    r"|^\s*[\w.-]+[.][a-z]{2,}\s*[\r\n]\s*[\w-]+\s*$|^\s*[\w-]+\s*[\r\n]\s*[\w.-]+[.][a-z]{2,}\s*$",
    re.IGNORECASE,
)
"""What a text has that `models.codes.reading` makes a code of: a code or a link with it, encoded or not, or a
server beside something else. Whatever has none of it is another QR code.
"""
_LARGEST_BLOWN_UP = 4
_SHARPER = ImageFilter.UnsharpMask(radius=8, percent=300, threshold=0)
_CLOSED = (ImageFilter.MinFilter(5), ImageFilter.MaxFilter(3))
_METHODS: tuple[tuple[tuple[ImageFilter.Filter, ...], tuple[int, ...]], ...] = (
    ((), (900, 1500, 2400, 600)),
    ((ImageFilter.UnsharpMask(radius=4, percent=300, threshold=0),), (900, 600, 1500, 2400)),
    (_CLOSED, (300, 200, 600, 900)),
    ((_SHARPER, _SHARPER), (900, 600)),
    ((ImageFilter.GaussianBlur(1.5),), (900, 1500, 2400, 600)),
    ((ImageFilter.GaussianBlur(4),), (600, 900)),
    ((ImageFilter.MedianFilter(5),), (900, 600, 1500)),
)
"""Filters, and the pixels of the longer side at which each is tried. Downscaling removes noise and blur, tiny
modules need upscaling, a picture out of focus is sharpened. Closing fills the gaps between modules that are
dots or badly printed: first at sizes at which the gaps are narrow, which is also the cheapest.
"""

View = Callable[[], Image.Image]
"""Renders a page in one way, in 8-bit grey. Called only if faster views are not enough."""


@dataclass(frozen=True)
class Page:
    """A page, a frame or a whole picture: `views`, cheapest first."""

    views: Sequence[View]
    last_resort: Sequence[View] = ()
    """Views that rarely help."""


class Sight(NamedTuple):
    """Whether one picture has an activation code, and a QR code that could not be read."""

    found: bool
    unclear: bool


@dataclass
class Search:
    """The results so far in all pages of a file."""

    ends: float
    """The time limit by the monotonic clock: no slower method is started afterwards."""
    activation_codes: dict[str, None] = field(default_factory=dict, repr=False)
    others: dict[str, None] = field(default_factory=dict, repr=False)
    """The texts of QR codes with other content."""

    def through(self, pages: Iterable[Page]) -> None:
        """Search every page: two different codes on two pages must be detected."""
        seen = []
        for page in pages:
            seen.append(page)
            quickest, *others = page.views
            if self._read(quickest()).unclear:
                self._look_closer(others)
        if not self.activation_codes:
            for page in seen:
                self._look_closer(page.views[1:])
        if not self.activation_codes:
            self._look_hard(seen)

    @property
    def over(self) -> bool:
        """Whether the time limit has passed."""
        return time.monotonic() > self.ends

    def _look_closer(self, views: Iterable[View]) -> None:
        """Search a page until an activation code is found, and no unreadable code that may be another one."""
        for view in views:
            if self.over:
                return
            sight = self._read(view())
            if sight.found and not sight.unclear:
                return

    def _look_hard(self, pages: Iterable[Page]) -> None:
        """Search the pages by all methods until an activation code is found."""
        for page in pages:
            for view in (*page.views, *page.last_resort):
                if self.over:
                    return
                for variant, binarizer in _variants(view()):
                    self._read(variant, binarizer)
                    if self.activation_codes or self.over:
                        return

    def _read(self, picture: Image.Image, binarizer: Binarizer = Binarizer.LocalAverage) -> Sight:
        found = unclear = False
        grey = memoryview(picture.tobytes()).cast("B", (picture.height, picture.width))
        symbols = zxingcpp.read_barcodes(
            grey, _QR_CODES, binarizer=binarizer, text_mode=TextMode.Plain, return_errors=True
        )
        for symbol in symbols:
            text = symbol.text.strip()
            if not symbol.valid:
                unclear = True
            elif PROMISING.search(text):
                self.activation_codes[text] = None
                found = True
            else:
                self.others[text] = None
        return Sight(found, unclear)


def _variants(picture: Image.Image) -> Iterator[tuple[Image.Image, Binarizer]]:
    """The picture with a quiet zone and more contrast, in several sizes, blurred and sharpened."""
    framed = ImageOps.expand(ImageOps.autocontrast(picture, cutoff=1), max(picture.size) // 16 + 4, fill=255)
    for filters, sizes in _METHODS:
        for size in sizes:
            variant = _resized(framed, size)
            for one in filters:
                variant = variant.filter(one)
            yield variant, Binarizer.LocalAverage
            if size == sizes[0]:
                yield variant, Binarizer.GlobalHistogram


def _resized(picture: Image.Image, longer: int) -> Image.Image:
    scale = min(longer / max(picture.size), _LARGEST_BLOWN_UP)
    width, height = (max(1, round(side * scale)) for side in picture.size)
    return picture.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=2.0)
