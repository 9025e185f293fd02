"""SVG files of the usual code, as drawing programs and other generators write them."""

import base64

import qrcode
import qrcode.image.svg

from tests.qr.pictures import TEXT, drawn_svg, qr

_SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def in_millimetres() -> bytes:
    drawing = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M)
    drawing.add_data(TEXT)
    written: bytes = drawing.make_image(image_factory=qrcode.image.svg.SvgPathImage).to_string()
    return written


def _squares(element: str) -> str:
    code = qr(module=1)
    return "".join(
        element.format(x=x, y=y)
        for y in range(code.height)
        for x in range(code.width)
        if code.getpixel((x, y)) == 0
    )


def of_squares() -> str:
    side = qr(module=1).width
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><!-- a comment -->{_SVG} width="{side}mm" height="{side}mm" '
        f'viewBox="0 0 {side} {side}"><title>QR code</title>'
        "<style>.m{fill:#000} .p{fill:url( '#paper' )}</style>"
        '<defs data-name="C:\\paper@2x"><linearGradient id="paper"><stop stop-color="#fff"/></linearGradient>'
        '<rect id="m" class="m" width="1" height="1"/></defs>'
        f'<rect class="p" width="{side}" height="{side}"/>'
        + _squares('<use xlink:href="#m" x="{x}" y="{y}"/>')
        + '<text x="1" y="2" font-family="Arial">Scan me</text></svg>'
    )


def from_inkscape() -> str:
    side = qr(module=1).width
    return (
        f'{_SVG} xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" '
        'xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd" '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:cc="http://creativecommons.org/ns#" '
        'inkscape:export-filename="C:\\Users\\me\\code.png" '
        f'width="210mm" height="297mm" viewBox="0 0 210 297" id="svg8">'
        '<sodipodi:namedview id="base" inkscape:zoom="0.35"/>'
        '<metadata><rdf:RDF><cc:Work rdf:about=""><cc:license rdf:resource="https://x.example/"/></cc:Work>'
        '</rdf:RDF></metadata><g inkscape:label="Layer 1" style="fill:#000000;filter:none" '
        f'transform="translate(90 200) scale({40 / side})">'
        + _squares('<path d="M{x},{y}h1v1h-1z"/>')
        + "</g></svg>"
    )


PUBLIC_TYPE = 'svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd"'


def of_type(declared: str) -> bytes:
    """The code with this document type."""
    return f'<?xml version="1.0" standalone="no"?>\n<!DOCTYPE {declared}>{drawn_svg()}'.encode()


def around(picture: bytes, kind: str) -> str:
    """Nothing but a picture, as generators of QR codes write it; its data are on several lines."""
    data = base64.encodebytes(picture).decode()
    image = f'<image width="300" height="300" href="data:image/{kind};base64,{data}"/>'
    return f'{_SVG} viewBox="0 0 300 300">{image}</svg>'


def with_picture(logo: bytes) -> str:
    """The code, and a small picture in the middle of it."""
    data = base64.b64encode(logo).decode()
    image = f'<image x="18" y="18" width="3" height="3" href="data:image/png;base64,{data}"/>'
    return drawn_svg().replace("</svg>", f"{image}</svg>")


def declared(encoding: str) -> str:
    return f'<?xml version="1.0" encoding="{encoding}"?>\n' + drawn_svg().replace(
        "<path", "<desc>\u00e9t\u00e9</desc><path", 1
    )
