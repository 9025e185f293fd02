"""Files as distributors have them, each with the usual code: every one is taken."""

from collections.abc import Callable
from urllib.parse import quote

from PIL import Image, ImageFilter, ImageOps

from tests.qr.codes import USUAL
from tests.qr.drawings import (
    PUBLIC_TYPE,
    around,
    declared,
    from_inkscape,
    in_millimetres,
    of_squares,
    of_type,
    with_picture,
)
from tests.qr.letters import letter, placed, vector
from tests.qr.pictures import (
    OTHER_TEXT,
    TEXT,
    WEB_ADDRESS,
    coloured,
    dotted,
    drawn_png,
    drawn_svg,
    encoded,
    photograph,
    qr,
    side_by_side,
    transparent,
    with_logo,
    worn,
)
from tests.qr.samples import Sample

APPLE_LINK = "https://esimsetup.apple.com/esim_qrcode_provisioning?carddata=" + quote(TEXT, safe="")
Files = dict[str, tuple[str, Callable[[], bytes]]]


def _clear_palette() -> Image.Image:
    picture = qr().point(lambda grey: grey // 255).convert("L")
    picture.putpalette([0, 0, 0, 255, 255, 255])
    return picture


def _sixteen_bits() -> Image.Image:
    return qr().convert("I").point(lambda grey: grey * 30 + 4000).convert("I;16")


def _largest() -> Image.Image:
    picture = Image.new("RGBA", (5000, 5000), (255, 255, 255, 0))
    picture.paste(transparent(0), (4000, 300))
    return picture


def _blank() -> Image.Image:
    return Image.new("L", (300, 300), 255)


def _turned() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif


def _on_a_desk() -> Image.Image:
    desk = Image.new("L", (3500, 2400), 180)
    desk.paste(qr(module=3), (2700, 1900))
    return desk


PNG: Files = {
    "drawn by this application": ("code.png", drawn_png),
    "an upper-case ending": ("SCAN 1.PNG", lambda: _png(qr())),
    "a name with a path": ("C:\\Scans\\my code.v2.png", lambda: _png(qr())),
    "black and white": ("a.png", lambda: _png(qr().convert("1"))),
    "a palette": ("a.png", lambda: _png(coloured("navy", "ivory").quantize(8))),
    "a palette with transparency": (
        "a.png",
        lambda: encoded(_clear_palette(), "PNG", transparency=1),
    ),
    "black on nothing": ("a.png", lambda: _png(transparent(0))),
    "white on nothing": ("a.png", lambda: _png(transparent(255))),
    "grey with transparency": ("a.png", lambda: _png(transparent(20).convert("LA"))),
    "sixteen bits": ("a.png", lambda: _png(_sixteen_bits())),
    "two frames of the same": (
        "a.png",
        lambda: encoded(qr(), "PNG", save_all=True, append_images=[qr().rotate(90)], default_image=False),
    ),
    "the same code twice": ("a.png", lambda: _png(side_by_side(qr(), qr(module=5)))),
    "beside a web address": ("a.png", lambda: _png(side_by_side(qr(WEB_ADDRESS), qr()))),
    "without its prefix": ("a.png", lambda: _png(qr(TEXT.removeprefix("LPA:")))),
    "an install link of Apple": ("a.png", lambda: _png(qr(APPLE_LINK))),
    "an install link that is not encoded": ("a.png", lambda: _png(qr(APPLE_LINK.replace("%24", "$")))),
    "percent-encoded": ("a.png", lambda: _png(qr(quote(TEXT, safe="")))),
    "a byte-order mark": ("a.png", lambda: _png(qr(f"\ufeff{TEXT}"))),
    "server and code on two lines": (
        "a.png",
        lambda: _png(qr(f"{USUAL.smdp_address}\n{USUAL.matching_id}")),
    ),
    "server and code under labels": (
        "a.png",
        lambda: _png(qr(f"Adresse SM-DP+ : {USUAL.smdp_address}\nCode d'activation : {USUAL.matching_id}")),
    ),
    "with a line break": ("a.png", lambda: _png(qr(f"{TEXT}\r\n"))),
}
HARD: Files = {
    "inverted": ("a.png", lambda: _png(ImageOps.invert(qr()))),
    "a quarter turn": ("a.png", lambda: _png(qr().rotate(90))),
    "a third of a turn": ("a.png", lambda: _png(qr().rotate(33, expand=True, fillcolor=255))),
    "mirrored": ("a.png", lambda: _png(ImageOps.mirror(qr()))),
    "two pixels a module": ("a.png", lambda: _png(qr(module=2))),
    "one pixel a module": ("a.png", lambda: _png(qr(module=1))),
    "no quiet zone": ("a.png", lambda: _png(qr(quiet=0))),
    "no quiet zone, on black": ("a.png", lambda: _png(ImageOps.expand(qr(quiet=1), 40, fill=0))),
    "a logo in the middle": ("a.png", lambda: _png(with_logo())),
    "orange on white": ("a.png", lambda: _png(coloured("orange", "white"))),
    "yellow on white": ("a.png", lambda: _png(coloured("yellow", "white"))),
    "little contrast": ("a.png", lambda: _png(coloured("#888", "#999"))),
    "out of focus": ("a.png", lambda: _png(qr().filter(ImageFilter.GaussianBlur(4)))),
    "far out of focus": ("a.png", lambda: _png(qr().filter(ImageFilter.GaussianBlur(5.5)))),
    "25 megapixels with transparency": ("a.png", lambda: encoded(_largest(), "PNG", compress_level=1)),
    "modules that are dots": ("a.png", lambda: _png(dotted())),
    "modules that are small dots": ("a.png", lambda: _png(dotted(0.55))),
    "a worn print": ("a.png", lambda: _png(worn())),
    "small and out of focus": ("a.png", lambda: _png(qr(module=3).filter(ImageFilter.GaussianBlur(1.6)))),
    "small in a large picture": ("a.png", lambda: _png(_on_a_desk())),
}
JPEG: Files = {
    "a JPEG": ("a.jpg", lambda: encoded(qr(), "JPEG", quality=40)),
    "a progressive JPEG": ("a.jpeg", lambda: encoded(qr().convert("RGB"), "JPEG", progressive=True)),
    "a JPEG for printing": ("a.JPG", lambda: encoded(qr().convert("RGB").convert("CMYK"), "JPEG")),
    "a yellow JPEG": ("a.jpg", lambda: encoded(coloured("yellow", "white"), "JPEG", quality=90)),
    "a photograph": ("IMG_0815.JPG", lambda: encoded(photograph(), "JPEG", quality=80)),
    "a photograph of 12 megapixels": (
        "a.jpg",
        lambda: encoded(photograph((4000, 3000), blur=4, noise=20), "JPEG", quality=70),
    ),
    "a noisy photograph": ("a.jpg", lambda: encoded(photograph(noise=110, seed=8), "JPEG", quality=60)),
    "a blurred photograph": ("a.jpg", lambda: encoded(photograph(blur=5, noise=20), "JPEG", quality=60)),
    "a photograph from the side": ("a.jpg", lambda: encoded(photograph(tilt=0.3), "JPEG", quality=70)),
    "a photograph held upright": ("a.jpg", lambda: encoded(photograph(), "JPEG", exif=_turned())),
    "a photograph with a preview": (
        "a.jpg",
        lambda: encoded(photograph(), "MPO", save_all=True, append_images=[qr(OTHER_TEXT)]),
    ),
    "saved by Windows": ("code.jfif", lambda: encoded(qr(), "JPEG")),
    "another name of a JPEG": ("code.JPE", lambda: encoded(qr(), "JPEG")),
    "a photograph with a film": (
        "a.jpg",
        lambda: encoded(photograph(), "JPEG") + b"\0\0\0\x18ftypmp42\0\0\0\0isommp42" + bytes(500),
    ),
}
TIFF: Files = {
    "a fax": ("a.tif", lambda: encoded(qr().convert("1"), "TIFF", compression="group4")),
    "a TIFF with LZW": ("a.tiff", lambda: encoded(qr().convert("RGB"), "TIFF", compression="tiff_lzw")),
    "a TIFF with JPEG": ("a.tif", lambda: encoded(qr().convert("RGB"), "TIFF", compression="jpeg")),
    "a TIFF with Deflate": (
        "a.tif",
        lambda: encoded(transparent(0), "TIFF", compression="tiff_adobe_deflate"),
    ),
    "a TIFF for printing": ("a.TIF", lambda: encoded(qr().convert("RGB").convert("CMYK"), "TIFF")),
    "a TIFF of sixteen bits": ("a.tif", lambda: encoded(_sixteen_bits(), "TIFF")),
    "a TIFF of fractions": (
        "a.tif",
        lambda: encoded(qr().convert("F").point(lambda grey: grey / 255 + 0), "TIFF"),
    ),
    "a TIFF of five pages": (
        "a.tif",
        lambda: encoded(_blank(), "TIFF", save_all=True, append_images=[_blank(), _blank(), qr(), _blank()]),
    ),
    "a BigTIFF": ("a.tif", lambda: encoded(qr(), "TIFF", big_tiff=True)),
}
SVG: Files = {
    "an SVG drawn by this application": ("a.svg", lambda: drawn_svg().encode()),
    "an SVG in millimetres": ("a.SVG", in_millimetres),
    "an SVG of squares with a style sheet": ("a.svg", lambda: of_squares().encode()),
    "an SVG from a drawing program": ("a.svg", lambda: from_inkscape().encode()),
    "an SVG in UTF-16": ("a.svg", lambda: declared("utf-16").encode("utf-16")),
    "an SVG in Windows-1252": ("a.svg", lambda: declared("windows-1252").encode("windows-1252")),
    "an SVG with its document type": ("a.svg", lambda: of_type(PUBLIC_TYPE)),
    "an SVG with a short document type": ("a.svg", lambda: of_type("svg")),
    "an SVG with a document type without declarations": ("a.svg", lambda: of_type("svg [ ]")),
    "an SVG around a PNG": ("a.svg", lambda: around(drawn_png(), "png").encode()),
    "an SVG around a JPEG": (
        "a.svg",
        lambda: around(encoded(qr(module=6), "JPEG", quality=80), "jpeg").encode(),
    ),
    "an SVG around a PNG, the old way": (
        "a.svg",
        lambda: around(drawn_png(), "png").replace(" href", " xlink:href").encode(),
    ),
    "an SVG with a logo in it": ("a.svg", lambda: with_picture(encoded(qr("A"), "PNG")).encode()),
    "an SVG without a namespace": (
        "a.svg",
        lambda: drawn_svg().replace(' xmlns="http://www.w3.org/2000/svg"', "").encode(),
    ),
    "an SVG with white modules": (
        "a.svg",
        lambda: drawn_svg().replace("#fff", "none").replace("#000", "#fff").encode(),
    ),
}
PDF: Files = {
    "a PDF of a picture": ("a.pdf", lambda: encoded(qr(), "PDF")),
    "a PDF after a line end": ("a.pdf", lambda: b"\r\n" + encoded(qr(), "PDF")),
    "a PDF after a thousand bytes": ("a.pdf", lambda: b"\n" * 1024 + letter(vector(TEXT, 100, 80, 3))),
    "a letter with a picture": ("Letter.PDF", lambda: letter(placed(0, 380, 90, 130), pictures=[qr()])),
    "a letter with a small vector code": ("a.pdf", lambda: letter(vector(TEXT, 420, 80, 1.6))),
    "a letter with a web address": (
        "a.pdf",
        lambda: letter(vector(WEB_ADDRESS, 60, 80, 4) + vector(TEXT, 420, 80, 2)),
    ),
    "a letter with the code on its third page": ("a.pdf", lambda: letter("", "", vector(TEXT, 100, 80, 3))),
    "a letter with the same code on both pages": (
        "a.pdf",
        lambda: letter(vector(TEXT, 100, 80, 3), vector(TEXT, 300, 80, 2)),
    ),
    "a scanned letter": ("a.pdf", lambda: encoded(photograph((1240, 1754), noise=20), "PDF", resolution=150)),
}


def good_files() -> list[Sample]:
    return [
        Sample(title, filename, make)
        for files in (PNG, HARD, JPEG, TIFF, SVG, PDF)
        for title, (filename, make) in files.items()
    ]


def _png(picture: Image.Image) -> bytes:
    return encoded(picture, "PNG")
