"""Sanitize SVG and rasterise it with resvg: no declarations, no entities, only elements that draw.

resvg opens files that `href` names, and a browser would run scripts. So a drawing with external references or
active content is refused, and descriptions, texts and metadata of drawing programs are removed before resvg
reads the rest. Pictures in the file itself are PNG or JPEG, within the limits of a picture that is uploaded.
"""

import base64
import encodings.ascii
import encodings.cp1252
import encodings.iso8859_1
import encodings.iso8859_15
import re
from collections.abc import Iterator
from functools import partial
from io import BytesIO
from xml.etree.ElementTree import Element, ParseError, register_namespace, tostring

import resvg_py
from defusedxml.common import DefusedXmlException, DTDForbidden
from defusedxml.ElementTree import DefusedXMLParser
from PIL import Image

from qr.reader.limits import MOST_PIXELS
from qr.reader.pictures import on_paper
from qr.reader.symbols import Page
from qr.reader.verdict import Unreadable

_LOADED = (encodings.ascii, encodings.cp1252, encodings.iso8859_1, encodings.iso8859_15)
"""Encodings beside UTF-8 and UTF-16. Imported here, as Python would import them on use, which is too late."""
_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_SHAPES = {"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"}
_GROUPS = {"svg", "g", "defs", "use", "symbol", "switch"}
_PAINTS = {"style", "clipPath", "mask", "pattern", "linearGradient", "radialGradient", "stop"}
_PICTURE = "image"
_DRAWS = _SHAPES | _GROUPS | _PAINTS | {_PICTURE}
_DROPPED = {"title", "desc", "metadata", "text", "tspan", "textPath"}
_NOTES = (
    "http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd",
    "http://www.inkscape.org/namespaces/inkscape",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "http://creativecommons.org/ns#",
    "http://web.resource.org/cc/",
    "http://purl.org/dc/elements/1.1/",
    "http://www.bohemiancoding.com/sketch/ns",
)
"""Namespaces of the metadata of drawing programs, which do not draw."""
_REFERS = ("href", "src", "base")
_NAMES = ("id", "class")
_REACHES_OUT = re.compile(
    r"""url\(\s*+['"]?+\s*+(?!\#)|image\(|image-set\(|src\(|expression\(|javascript:|[@\\]"""
    r"""|(?:^|[;{\s"'-])filter\s*:(?!\s*none)""",
    re.IGNORECASE,
)
"""In styles: external references, at-rules, escapes that hide them, and filters, which take minutes."""
_IN_THE_FILE = re.compile(r"\s*data:image/(?:png|jpe?g);base64,([A-Za-z0-9+/=\s]+)")
_DTD = re.compile(r"https?://www\.w3\.org/(?:[\w.-]+/)*[\w.-]+\.dtd")
"""The public document types of SVG. The parser loads none."""
_STYLESHEET = re.compile(rb"<\?xml-stylesheet", re.IGNORECASE)
_NUMBER = re.compile(r"\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_LONGER_SIDE = (1000, 3000)
_TALLEST = 40
"""The maximum ratio of height to width, or width to height."""

register_namespace("", _SVG)
register_namespace("xlink", _XLINK)


def pages(content: bytes, kind: str = "svg") -> Iterator[Page]:
    """The drawing, on white and on black, in two sizes."""
    drawing = _cleaned(content)
    yield Page(
        [partial(_rasterised, drawing, longer, shade) for longer in _LONGER_SIDE for shade in (255, 0)],
    )


def _rasterised(drawing: str, longer: int, shade: int) -> Image.Image:
    """Both sides are given: with one of them resvg would keep the drawing's own ratio, however extreme."""
    try:
        png = resvg_py.svg_to_bytes(
            svg_string=drawing, width=longer, height=longer, dpi=96, skip_system_fonts=True
        )
    except ValueError as failure:
        raise Unreadable("too_demanding" if "limit" in str(failure) else "file_damaged") from None
    with Image.open(BytesIO(png), formats=("png",)) as picture:
        return on_paper(picture, shade)


class _Parser(DefusedXMLParser):  # type: ignore[misc]
    """Takes a document type that declares nothing, as drawing programs write it (R6)."""

    def __init__(self, **forbidden: bool) -> None:
        super().__init__(**forbidden)
        for declares in ("ElementDeclHandler", "AttlistDeclHandler", "NotationDeclHandler"):
            setattr(self.parser, declares, self._declared)

    def defused_start_doctype_decl(
        self, name: str, system_id: str | None, public_id: str | None, has_internal_subset: int
    ) -> None:
        if name.lower().rpartition(":")[2] != "svg" or (system_id and not _DTD.fullmatch(system_id)):
            raise DTDForbidden(name, system_id, public_id)

    @staticmethod
    def _declared(*_: object) -> None:
        raise DTDForbidden("svg", None, None)


def _cleaned(content: bytes) -> str:
    parser = _Parser(forbid_dtd=True)
    try:
        parser.feed(content)
        root = parser.close()
    except DTDForbidden as declared:
        raise Unreadable("file_unsafe" if declared.name.lower() != "html" else "file_type_mismatch") from None
    except DefusedXmlException:
        raise Unreadable("file_unsafe") from None
    except ParseError:
        raise Unreadable("file_damaged" if b"svg" in content.lower() else "file_type_mismatch") from None
    if _named(root.tag) != (_SVG, "svg"):
        raise Unreadable("file_type_mismatch")
    if _STYLESHEET.search(content):
        raise Unreadable("file_unsafe")
    _check_shape(root)
    pixels = 0
    for element in list(root.iter()):
        _check(element)
        pixels += _pixels(element)
        if pixels > MOST_PIXELS:
            raise Unreadable("too_many_pixels")
        element[:] = [child for child in element if not _is_dropped(child)]
    return tostring(root, encoding="unicode")


def _named(tag: str) -> tuple[str, str]:
    """Namespace and name; without a namespace, SVG is assumed."""
    space, _, name = tag.rpartition("}")
    return space.lstrip("{") or _SVG, name


def _is_dropped(element: Element) -> bool:
    space, name = _named(element.tag)
    return space in _NOTES or name in _DROPPED


def _check(element: Element) -> None:
    space, name = _named(element.tag)
    if space in _NOTES:
        return
    if space != _SVG or name not in _DRAWS | _DROPPED:
        raise Unreadable("file_unsafe")
    element.tag = f"{{{_SVG}}}{name}"
    if name == "style" and _REACHES_OUT.search("".join(element.itertext())):
        raise Unreadable("file_unsafe")
    for key, value in list(element.attrib.items()):
        if name == _PICTURE and key.rpartition("}")[2] == "href":
            continue
        if not _is_kept(key, value):
            del element.attrib[key]


def _pixels(element: Element) -> int:
    """The size of a picture in the file, whose data are written anew. Raises `Unreadable` for any other."""
    if _named(element.tag)[1] != _PICTURE:
        return 0
    found = 0
    for key in [key for key in element.attrib if key.rpartition("}")[2] == "href"]:
        data = _IN_THE_FILE.fullmatch(element.attrib[key])
        if data is None:
            raise Unreadable("file_unsafe")
        content = base64.b64decode(data[1])
        with Image.open(BytesIO(content), formats=("png", "jpeg")) as picture:
            found += picture.width * picture.height
            kind = str(picture.format).lower()
        element.attrib[key] = f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
    return found


def _is_kept(key: str, value: str) -> bool:
    """Whether an attribute is kept. Raises `Unreadable` for active content and external references."""
    space, _, name = key.rpartition("}")
    lower = name.lower()
    if (
        lower.startswith("on")
        or (lower in _REFERS and not value.strip().startswith("#"))
        or (lower == "filter" and value.strip() != "none")
    ):
        raise Unreadable("file_unsafe")
    if (space and space.lstrip("{") != _XLINK) or lower.startswith(("data-", "aria-")):
        return False
    if lower not in _NAMES and _REACHES_OUT.search(value):
        raise Unreadable("file_unsafe")
    return True


def _check_shape(root: Element) -> None:
    """Refuse an extreme aspect ratio: the rasterised drawing would be too large."""
    sizes = [_length(root.get(name)) for name in ("width", "height")]
    box = re.split(r"[\s,]+", (root.get("viewBox") or "").strip())
    if len(box) == 4:
        sizes += [_length(side) for side in box[2:]]
    for wide, high in zip(sizes[::2], sizes[1::2], strict=True):
        if wide and high and not 1 / _TALLEST <= wide / high <= _TALLEST:
            raise Unreadable("too_many_pixels")


def _length(text: str | None) -> float | None:
    found = _NUMBER.match(text or "")
    if not found or (text or "").strip().endswith("%"):
        return None
    number = float(found[0])
    if number <= 0 or number > 1e9:
        raise Unreadable("too_many_pixels" if number > 0 else "file_damaged")
    return number
