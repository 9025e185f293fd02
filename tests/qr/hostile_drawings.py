"""SVG files that act, reach out or exhaust: none is rendered. What they show is a good code, so that only the
danger can be the reason why they are refused.
"""

import base64

from PIL import Image

from tests.qr.pictures import drawn_png, drawn_svg, encoded
from tests.qr.samples import Sample

_HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
_DATA_PNG = "data:image/png;base64," + base64.b64encode(drawn_png()).decode()
_LARGE, _HALF = (
    "data:image/png;base64," + base64.b64encode(encoded(Image.new("1", size, 1), "PNG")).decode()
    for size in ((7000, 7000), (4000, 4000))
)
_DATA_SVG = "data:image/svg+xml;base64," + base64.b64encode(drawn_svg().encode()).decode()
_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))

INSIDE = {
    "a script": "<script>alert(1)</script>",
    "a script of another namespace": '<x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>',
    "a script in the notes": '<metadata><x:script xmlns:x="http://www.w3.org/1999/xhtml"/></metadata>',
    "a frame": '<foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml" src="/"/></foreignObject>',
    "an event": '<rect width="1" height="1" onload="alert(1)"/>',
    "an event in capitals": '<rect width="1" height="1" OnClick="alert(1)"/>',
    "a link": '<a href="javascript:alert(1)"><rect width="1" height="1"/></a>',
    "an animation that acts": '<set attributeName="href" to="javascript:alert(1)"/>',
    "a picture of the web": '<image href="WEB/x.png" width="9" height="9"/>',
    "a picture of the web, the old way": '<image xlink:href="WEB/x.png" width="9" height="9"/>',
    "a picture of this machine": '<image href="file://FILE" width="9" height="9"/>',
    "a picture of this machine, by its path": '<image href="FILE" width="9" height="9"/>',
    "a picture of another type in the file": f'<image href="{_DATA_PNG.replace("png", "webp")}" width="9"/>',
    "a picture with another address": f'<image href="{_DATA_PNG}" xlink:href="FILE" width="9" height="9"/>',
    "a text that calls itself a picture": '<image href="data:image/png,LPA:1$a.example$B" width="9"/>',
    "a drawing in the drawing": f'<image xlink:href="{_DATA_SVG}" width="9" height="9"/>',
    "a shape of another file": '<use href="FILE#a"/>',
    "a shape of the web": '<use xlink:href="WEB/x.svg#a"/>',
    "a shape of passwords": '<use xlink:href="file:///etc/passwd#root"/>',
    "another base": '<g xml:base="WEB/"><use href="#a"/></g>',
    "an imported style": "<style>@import 'WEB/x.css';</style>",
    "a font of the web": "<style>@font-face { font-family: x; src: url(WEB/f) }</style>",
    "a style with an address": "<style>rect { fill: url( 'WEB/x.svg#a' ) }</style>",
    "a style with an escape": "<style>rect { fill: u\\72l(WEB/x) }</style>",
    "a colour of the web": '<rect width="1" height="1" fill="url(WEB/x.svg#a)"/>',
    "a colour of this machine": '<rect width="1" height="1" style="fill:url(FILE#a)"/>',
    "a style behind an element": "<style><g/>@import 'WEB/x.css';</style>",
    "a cursor": '<rect width="1" height="1" style="cursor:url(x.cur)"/>',
    "two hundred blurs": "<filter id='f'>" + "<feGaussianBlur stdDeviation='90'/>" * 200 + "</filter>",
    "a blur by its name": '<g style="filter:blur(90px)"><rect width="9" height="9"/></g>',
    "a blur in the style": "<style>rect { filter: blur(90px) }</style>",
    "a filter that is somewhere": '<rect width="9" height="9" filter="url(#f)"/>',
}
"""What stands in a drawing with a good code. FILE must not be read, and WEB must not be asked."""
_TWICE = "".join(f'<g id="u{n}">' + f'<use href="#u{n - 1}"/>' * 10 + "</g>" for n in range(1, 12))
_SQUARE = '<rect width="9" height="9"/>'
WHOLE = {
    "an SVG of a thousand million laughs": (
        f'<!DOCTYPE svg [<!ENTITY l0 "ha">{_LAUGHS}]>{drawn_svg()}',
        "file_unsafe",
    ),
    "an SVG with a file as an entity": (
        f'<!DOCTYPE svg [<!ENTITY x SYSTEM "file://FILE">]>{drawn_svg()}',
        "file_unsafe",
    ),
    "an SVG with a DTD of the web": (f'<!DOCTYPE svg SYSTEM "WEB/x.dtd">{drawn_svg()}', "file_unsafe"),
    "an SVG with a DTD beside a public one": (
        f'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "WEB/svg11.dtd">{drawn_svg()}',
        "file_unsafe",
    ),
    "an SVG that declares an entity of a drawing program": (
        f'<!DOCTYPE svg [<!ENTITY ns_svg "http://www.w3.org/2000/svg">]>{drawn_svg()}',
        "file_unsafe",
    ),
    "an SVG that declares an event for every shape": (
        f'<!DOCTYPE svg [<!ATTLIST path onload CDATA "alert(1)">]>{drawn_svg()}',
        "file_unsafe",
    ),
    "an SVG around a picture of 49 megapixels": (
        f'{_HEAD} viewBox="0 0 9 9"><image width="9" height="9" href="{_LARGE}"/></svg>',
        "too_many_pixels",
    ),
    "an SVG around pictures of 32 megapixels": (
        f'{_HEAD} viewBox="0 0 9 9">' + f'<image width="9" height="9" href="{_HALF}"/>' * 2 + "</svg>",
        "too_many_pixels",
    ),
    "an SVG around half a picture": (
        f'{_HEAD} viewBox="0 0 9 9"><image width="9" height="9" href="{_DATA_PNG[:80]}"/></svg>',
        "file_damaged",
    ),
    "an SVG with a style sheet of the web": (
        f'<?xml-stylesheet href="WEB/x.css"?>{drawn_svg()}',
        "file_unsafe",
    ),
    "an SVG that is a tower": (f'{_HEAD} width="10" height="100000000">{_SQUARE}</svg>', "too_many_pixels"),
    "an SVG that is a beam": (f'{_HEAD} viewBox="0 0 9000000 1">{_SQUARE}</svg>', "too_many_pixels"),
    "an SVG without a height": (f'{_HEAD} width="10" height="0">{_SQUARE}</svg>', "file_damaged"),
    "an SVG of a hundred thousand million squares": (
        f'{_HEAD} viewBox="0 0 9 9"><g id="u0">{_SQUARE}</g>{_TWICE}</svg>',
        "too_demanding",
    ),
    "an SVG of layers upon layers": (
        f'{_HEAD} viewBox="0 0 9 9">' + '<g opacity=".9">' * 500 + _SQUARE + "</g>" * 500 + "</svg>",
        "too_demanding",
    ),
    "an SVG of sixty thousand large circles": (
        f'{_HEAD} viewBox="0 0 9 9"><radialGradient id="r"><stop stop-opacity=".1"/></radialGradient>'
        + '<circle fill="url(#r)" r="9"/>' * 60_000
        + "</svg>",
        "too_demanding",
    ),
    "an SVG as deep as a well": (
        f"{_HEAD}>{'<g>' * 20_000}{'</g>' * 20_000}</svg>",
        "too_demanding",
    ),
}
"""Drawings that are dangerous as a whole."""


def drawings(path: str = "/etc/passwd", web: str = "http://127.0.0.1:9") -> list[Sample]:
    """All of them, reaching out for a file and a server."""
    inside = {f"an SVG with {title}": (_inside(part), "file_unsafe") for title, part in INSIDE.items()}
    return [
        Sample(title, "a.svg", content.replace("FILE", path).replace("WEB", web).encode, refusal)
        for title, (content, refusal) in {**inside, **WHOLE}.items()
    ]


def _inside(part: str) -> str:
    opened = drawn_svg().replace('<svg xmlns="http://www.w3.org/2000/svg"', _HEAD, 1)
    return opened.replace("</svg>", f"{part}</svg>")
