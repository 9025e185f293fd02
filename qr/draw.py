"""Draw an activation code as a QR code for a phone to scan: as SVG for pages, as PNG or in a terminal.

Always drawn from the code, never a copy of the uploaded file (F36): error correction M, the quiet zone of
four modules that ISO/IEC 18004 requires, black on white, no logo. Only the modules contain the code: no
label, no metadata.
"""

from io import BytesIO

from PIL import Image
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode
from qrcode.util import MODE_8BIT_BYTE, QRData

from models.codes.activation import ActivationCode

QUIET_ZONE = 4
"""The width of the white border, in modules."""
_PNG_WIDTH = 600
_SMALLEST_MODULE = 8
"""Pixels per module, so that a picture shown small on a high-resolution screen still scans."""
_BLACK_ON_WHITE = "\x1b[38;5;16;48;5;231m"
"""Fixed colours of the 256: colour schemes redefine the first sixteen, and dark schemes swap them."""
_PLAIN = "\x1b[0m"
_HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}

Modules = list[list[bool]]
"""Rows of a square, True is black; the quiet zone included."""


def svg(code: ActivationCode) -> str:
    """An `<svg>` element to embed in a page; it scales to the width of its container."""
    modules = _modules(code)
    side = len(modules)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" '
        'shape-rendering="crispEdges" role="img" aria-label="QR code">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/>'
        f'<path fill="#000" d="{_outline(modules)}"/></svg>'
    )


def png(code: ActivationCode) -> bytes:
    """A PNG at least about 600 pixels wide, with one bit per pixel and no metadata."""
    modules = _modules(code)
    scale = max(_SMALLEST_MODULE, -(-_PNG_WIDTH // len(modules)))
    side = len(modules) * scale
    picture = Image.new("1", (len(modules), len(modules)), 1)
    for y, row in enumerate(modules):
        for x, black in enumerate(row):
            if black:
                picture.putpixel((x, y), 0)
    written = BytesIO()
    picture.resize((side, side), Image.Resampling.NEAREST).save(written, "PNG", optimize=True)
    return written.getvalue()


def terminal(code: ActivationCode) -> str:
    """Lines of half blocks, two modules per character, black on white in any colour scheme."""
    modules = _modules(code)
    white = [False] * len(modules)
    lines = []
    for number in range(0, len(modules), 2):
        lower = modules[number + 1] if number + 1 < len(modules) else white
        blocks = "".join(_HALVES[pair] for pair in zip(modules[number], lower, strict=True))
        lines.append(f"{_BLACK_ON_WHITE}{blocks}{_PLAIN}\n")
    return "".join(lines)


def _modules(code: ActivationCode) -> Modules:
    try:
        return _drawn(str(code))
    except ValueError:
        # qrcode 8.2 fails on a block of zero bytes, which a long run of zeros becomes, but not in byte mode
        return _drawn(QRData(str(code).encode("ascii"), mode=MODE_8BIT_BYTE))


def _drawn(content: str | QRData) -> Modules:
    drawing = QRCode(error_correction=ERROR_CORRECT_M, border=QUIET_ZONE)
    drawing.add_data(content)
    drawing.make(fit=True)
    return [[bool(module) for module in row] for row in drawing.get_matrix()]


def _outline(modules: Modules) -> str:
    """The SVG path of all runs of black modules."""
    runs = []
    for y, row in enumerate(modules):
        start = None
        for x, black in enumerate([*row, False]):
            if black and start is None:
                start = x
            elif not black and start is not None:
                runs.append(f"M{start} {y}h{x - start}v1h{start - x}z")
                start = None
    return "".join(runs)
