"""Finding QR codes in pictures: first the quick way, then ever harder ones until the time is up.

Of what is found only activation codes are kept; other QR codes are counted, and what they say is dropped.
Other symbologies, Micro QR too, are not looked for.
"""

import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import zxingcpp
from PIL import Image, ImageFile, ImageFilter, ImageOps
from zxingcpp import BarcodeFormat, BarcodeFormats, Binarizer, TextMode

_LOADED = ImageFile
"""Pillow would import this when it first needs it, and by then no file can be opened any more."""
_QR_CODES = BarcodeFormats([BarcodeFormat.QRCodeModel1, BarcodeFormat.QRCodeModel2])
_PREFIX = "LPA:"
_SIZES = (900, 1500, 2400, 600)
"""Pixels of the longer side: noise and blur go where a picture is made smaller, tiny modules need more."""
_LARGEST_BLOWN_UP = 4
_FILTERS: tuple[ImageFilter.Filter | None, ...] = (
    None,
    ImageFilter.GaussianBlur(1.5),
    ImageFilter.UnsharpMask(radius=4, percent=300, threshold=0),
    ImageFilter.MedianFilter(5),
)

View = Callable[[], Image.Image]
"""Renders a page in one way, in 8-bit grey. Called when the quicker views showed too little."""


@dataclass(frozen=True)
class Page:
    """A page, a frame or a whole picture: `views` in the order of what they cost."""

    views: Sequence[View]
    desperate: Sequence[View] = ()
    """Views that help rarely."""


class Sight(NamedTuple):
    """What one picture showed: an activation code, and a QR code that could not be read."""

    found: bool
    unclear: bool


@dataclass
class Search:
    """What was seen so far in all pages of a file."""

    ends: float
    """When no harder look is begun any more, by the monotonic clock."""
    activation_codes: dict[str, None] = field(default_factory=dict, repr=False)
    others: bool = False
    """There is a QR code with something else."""

    def through(self, pages: Iterable[Page]) -> None:
        """Look at every page: two different codes on two pages must not go unnoticed."""
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
        """No time is left to begin anything more."""
        return time.monotonic() > self.ends

    def _look_closer(self, views: Iterable[View]) -> None:
        """Look at a page until an activation code is seen, and nothing that may be another one."""
        for view in views:
            if self.over:
                return
            sight = self._read(view())
            if sight.found and not sight.unclear:
                return

    def _look_hard(self, pages: Iterable[Page]) -> None:
        """Look at the pages in every way there is, until one shows an activation code."""
        for page in pages:
            for view in (*page.views, *page.desperate):
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
            elif text[: len(_PREFIX)].upper() == _PREFIX:
                self.activation_codes[text] = None
                found = True
            else:
                self.others = True
        return Sight(found, unclear)


def _variants(picture: Image.Image) -> Iterator[tuple[Image.Image, Binarizer]]:
    """The picture with a quiet zone and more contrast, in several sizes, blurred and sharpened."""
    framed = ImageOps.expand(ImageOps.autocontrast(picture, cutoff=1), max(picture.size) // 16 + 4, fill=255)
    for grain, size in itertools.product(_FILTERS, _SIZES):
        variant = _resized(framed, size)
        if grain:
            variant = variant.filter(grain)
        yield variant, Binarizer.LocalAverage
        if size == _SIZES[0]:
            yield variant, Binarizer.GlobalHistogram


def _resized(picture: Image.Image, longer: int) -> Image.Image:
    scale = min(longer / max(picture.size), _LARGEST_BLOWN_UP)
    width, height = (max(1, round(side * scale)) for side in picture.size)
    return picture.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=2.0)
