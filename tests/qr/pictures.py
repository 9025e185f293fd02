"""Pictures of QR codes as people make them: screenshots, prints, photographs. The same bytes every time."""

import random
from functools import cache
from io import BytesIO
from typing import Any

import qrcode
from PIL import Image, ImageDraw, ImageFilter

from qr import draw
from tests.qr.codes import OTHER, USUAL

TEXT, OTHER_TEXT = str(USUAL), str(OTHER)
WEB_ADDRESS = "https://www.provider.example/esim/help"
QUIET = 4


def qr(text: str = TEXT, module: int = 8, quiet: int = QUIET) -> Image.Image:
    """A QR code in grey, as another program would draw it."""
    drawing = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=quiet)
    drawing.add_data(text)
    matrix = drawing.get_matrix()
    grey = bytes(0 if black else 255 for row in matrix for black in row)
    picture = Image.frombytes("L", (len(matrix), len(matrix)), grey)
    return picture.resize((len(matrix) * module,) * 2, Image.Resampling.NEAREST)


def encoded(picture: Image.Image, kind: str, **options: Any) -> bytes:
    """The picture as a file."""
    written = BytesIO()
    picture.save(written, kind, **options)
    return written.getvalue()


@cache
def drawn_png() -> bytes:
    return draw.png(USUAL)


@cache
def drawn_svg() -> str:
    return draw.svg(USUAL)


def side_by_side(*pictures: Image.Image) -> Image.Image:
    """Pictures in a row on white, with room between them."""
    page = Image.new("L", (sum(p.width + 60 for p in pictures), max(p.height for p in pictures) + 60), 255)
    left = 30
    for picture in pictures:
        page.paste(picture, (left, 30))
        left += picture.width + 60
    return page


def transparent(ink: int) -> Image.Image:
    """Modules of one shade on nothing."""
    mask = qr(module=10).point(lambda grey: 255 - grey)
    layers = Image.new("RGBA", mask.size, (0, 0, 0, 0))
    layers.paste((ink, ink, ink, 255), mask=mask)
    return layers


def coloured(ink: str, paper: str) -> Image.Image:
    code = qr(module=10)
    picture = Image.new("RGB", code.size, paper)
    picture.paste(ink, mask=code.point(lambda grey: 255 - grey))
    return picture


def with_logo() -> Image.Image:
    """A logo over the middle, as marketing likes it: error correction makes up for it."""
    picture = qr(module=10).convert("RGB")
    middle = picture.width // 2
    ImageDraw.Draw(picture).ellipse((middle - 28, middle - 28, middle + 28, middle + 28), fill="crimson")
    return picture


def dotted(part: float = 0.7) -> Image.Image:
    """Modules that are dots, of that part of their width, as designers like them."""
    modules, size = qr(module=1), 16
    picture = Image.new("L", (modules.width * size, modules.height * size), 255)
    draw, gap = ImageDraw.Draw(picture), size * (1 - part) / 2
    for y in range(modules.height):
        for x in range(modules.width):
            if modules.getpixel((x, y)) == 0:
                left, top = x * size + gap, y * size + gap
                draw.ellipse((left, top, left + size * part, top + size * part), fill=0)
    return picture


def worn() -> Image.Image:
    """A print with white scratches."""
    picture, chance = qr(module=10), random.Random(4)
    draw = ImageDraw.Draw(picture)
    for _ in range(60):
        x, y = chance.randrange(picture.width), chance.randrange(picture.height)
        draw.line((x, 0, y, picture.height), fill=255, width=1)
    return picture


def photograph(
    size: tuple[int, int] = (1600, 1200),
    noise: int = 40,
    blur: float = 1.2,
    tilt: float = 0.12,
    seed: int = 7,
) -> Image.Image:
    """A printed code on a table: from the side, a bit out of focus, in bad light."""
    sheet = Image.new("L", size, 120)
    code = qr(module=max(4, size[1] // 80))
    turned = code.rotate(17, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)
    sheet.paste(turned, ((size[0] - turned.width) // 2, (size[1] - turned.height) // 2))
    sheet = sheet.transform(size, Image.Transform.PERSPECTIVE, _leaning(size, tilt), Image.Resampling.BICUBIC)
    light = Image.linear_gradient("L").resize(size)
    sheet = Image.blend(sheet, light, 0.3).filter(ImageFilter.GaussianBlur(blur))
    return Image.blend(sheet, _grain(size, seed), noise / 255)


def _grain(size: tuple[int, int], seed: int) -> Image.Image:
    noise = random.Random(seed).randbytes(size[0] * size[1])
    return Image.frombytes("L", size, noise)


def _leaning(size: tuple[int, int], tilt: float) -> tuple[float, ...]:
    """The eight numbers of a picture whose right side is further away."""
    width, height = size
    return (1 + tilt, 0, -tilt * width / 2, tilt / 2, 1 + tilt, -tilt * height / 2, tilt / width, 0)
