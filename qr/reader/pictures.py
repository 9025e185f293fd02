"""Decode PNG, JPEG and TIFF with Pillow: every frame in 8-bit grey.

EXIF rotations are ignored, as a QR code is found in any orientation. Each view decodes the file again, so
that only one picture is in memory at a time.
"""

from collections.abc import Callable, Iterator
from functools import partial
from io import BytesIO

from PIL import Image, ImageChops, MpoImagePlugin, TiffImagePlugin

from qr.reader.limits import MOST_PAGES, MOST_PIXELS
from qr.reader.symbols import Page
from qr.reader.verdict import Unreadable

_LOADED = (MpoImagePlugin, TiffImagePlugin)
"""Imported here, as Pillow would import them on such a file, when no file can be opened any more."""
Image.preinit()
Image.MAX_IMAGE_PIXELS = MOST_PIXELS

_FORMATS = {"png": ("png",), "jpeg": ("jpeg", "mpo"), "tiff": ("tiff",)}
_QUICK_JPEG = 1600
"""Pixels of the longer side to which a photograph is first decoded, which saves most of the time."""

Way = Callable[[Image.Image], Image.Image]
"""A conversion of a picture to grey."""


def pages(content: bytes, kind: str) -> Iterator[Page]:
    """The frames of the file; for a JPEG only the first, as others are previews and depth maps."""
    with Image.open(BytesIO(content), formats=_FORMATS[kind]) as picture:
        _check_size(picture)
        if kind == "jpeg":
            sizes = (_QUICK_JPEG, max(picture.size))
            yield Page([partial(_jpeg, content, size) for size in sizes], [partial(_jpeg_in_colour, content)])
            return
        for number in range(MOST_PAGES + 1):
            try:
                picture.seek(number)
            except EOFError:
                return
            if number == MOST_PAGES:
                raise Unreadable("too_many_pages")
            _check_size(picture)
            views, last_resort = (
                [partial(_frame, content, kind, number, way) for way in ways] for ways in _ways(picture)
            )
            yield Page(views, last_resort)


def on_paper(layered: Image.Image, shade: int) -> Image.Image:
    """A picture with transparency, flattened on white (255) or black (0)."""
    layers = layered.convert("RGBA")
    paper = Image.new("L", layers.size, shade)
    paper.paste(layers.convert("L"), mask=layers.getchannel("A"))
    return paper


def _ways(picture: Image.Image) -> tuple[list[Way], list[Way]]:
    """The conversions for this kind of picture, and those of the last resort."""
    if picture.mode.startswith(("I", "F")):
        return [_stretched], []
    if picture.has_transparency_data:
        return [partial(on_paper, shade=shade) for shade in (255, 0)], []
    return [lambda opaque: opaque.convert("L")], [] if picture.mode in ("1", "L") else [_darkest]


def _frame(content: bytes, kind: str, number: int, way: Way) -> Image.Image:
    with Image.open(BytesIO(content), formats=_FORMATS[kind]) as picture:
        picture.seek(number)
        return way(picture)


def _jpeg(content: bytes, longer: int) -> Image.Image:
    """A JPEG in grey, decoded at an eighth, a quarter or half of its size if that is enough."""
    with Image.open(BytesIO(content), formats=_FORMATS["jpeg"]) as picture:
        scale = min(1.0, longer / max(picture.size))
        picture.draft("L", (round(picture.width * scale), round(picture.height * scale)))
        return picture.convert("L")


def _jpeg_in_colour(content: bytes) -> Image.Image:
    with Image.open(BytesIO(content), formats=_FORMATS["jpeg"]) as picture:
        picture.draft("RGB", (_QUICK_JPEG, _QUICK_JPEG))
        return _darkest(picture)


def _darkest(coloured: Image.Image) -> Image.Image:
    """The darkest of the three channels: yellow on white has hardly any contrast in grey."""
    red, green, blue = coloured.convert("RGB").split()
    return ImageChops.darker(ImageChops.darker(red, green), blue)


def _stretched(deep: Image.Image) -> Image.Image:
    """A picture of 16 bits or more, scaled from its darkest to its lightest value."""
    wide = deep if deep.mode == "F" else deep.convert("I").convert("F")
    low, high = (float(end) for end in wide.getextrema())  # type: ignore[arg-type]
    scale = 255 / (high - low) if high > low else 0
    return wide.point(lambda value: value * scale - low * scale).convert("L")


def _check_size(picture: Image.Image) -> None:
    if picture.width * picture.height > MOST_PIXELS:
        raise Unreadable("too_many_pixels")
