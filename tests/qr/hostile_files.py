"""Files that must be refused: mistakes that people make, and what attackers send. Each has its own reason."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

from PIL import Image

from tests.qr.hostile_drawings import drawings
from tests.qr.letters import Letter, letter, placed, prose, vector
from tests.qr.pictures import OTHER_TEXT, TEXT, WEB_ADDRESS, drawn_png, encoded, photograph, qr, side_by_side
from tests.qr.samples import Sample

Bad = dict[str, tuple[str, Callable[[], bytes], str]]


def png_of(text: str) -> bytes:
    return encoded(qr(text), "PNG")


def jpeg() -> bytes:
    return encoded(qr(), "JPEG", quality=80)


def tiff() -> bytes:
    return encoded(qr(), "TIFF")


def pdf() -> bytes:
    return letter(vector(TEXT, 100, 80, 3))


def half(content: bytes) -> bytes:
    return content[: len(content) // 2]


def archive() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as packed:
        packed.writestr("index.html", "<script>alert(1)</script>")
    return written.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    """A part of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def bomb(width: int, height: int) -> bytes:
    """A white PNG, small as a file."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    packer = zlib.compressobj(9)
    row = b"\0" + b"\xff" * ((width + 7) // 8)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def _png_with(name: bytes, data: bytes) -> bytes:
    png = drawn_png()
    return png[:33] + chunk(name, data) + png[33:]


def _with_wrong_checksum() -> bytes:
    png = bytearray(drawn_png())
    png[30] ^= 0xFF
    return bytes(png)


def _jpeg_with(comment: bytes) -> bytes:
    content = jpeg()
    return content[:2] + b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment + content[2:]


def _entries(*entries: tuple[int, int, int, int]) -> bytes:
    """The directory of a TIFF: tag, type, count, value."""
    packed = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return struct.pack("<H", len(entries)) + packed


def _absurd_tiff() -> bytes:
    """Four thousand million of everything."""
    most = 0xFFFFFFFF
    entries = [(tag, kind, most, most) for tag in range(254, 340) for kind in (3, 4)]
    return b"II*\0\x08\0\0\0" + _entries(*entries) + bytes(4)


def _endless_tiff() -> bytes:
    """A directory whose next is itself, and that holds no picture."""
    return b"II*\0\x08\0\0\0" + _entries((256, 3, 1, 10), (257, 3, 1, 10)) + struct.pack("<I", 8)


def _huge_fax() -> bytes:
    return encoded(Image.new("1", (20_000, 20_000), 1), "TIFF", compression="group4")


def _locked_pdf() -> bytes:
    """Its user password is not the empty one, as the check value says."""
    lock = f"<< /Filter /Standard /V 1 /R 2 /P -4 /O <{'5a' * 32}> /U <{'c3' * 32}> >>"
    return letter(vector(TEXT, 100, 80, 3), trailer=f"/Encrypt {lock} /ID [<{'00' * 16}> <{'00' * 16}>]")


def _strip_pdf() -> bytes:
    written = Letter()
    written.page(prose(["Hello"]), size=(1, 1_000_000))
    return written.written()


def _pdf_bomb() -> bytes:
    """A picture of 65000 by 65000 in a small letter."""
    written = Letter()
    picture = written.add(
        "/Type /XObject /Subtype /Image /Width 65000 /Height 65000 /ColorSpace /DeviceGray "
        "/BitsPerComponent 8 /Filter [/FlateDecode /FlateDecode]",
        zlib.compress(zlib.compress(bytes(100_000_000), 9), 9),
    )
    written.page(placed(0, 0, 0, 500))
    return written.written().replace(b"/XObject <<  >>", b"/XObject << /P0 %d 0 R >>" % picture)


MISTAKES: Bad = {
    "an empty file": ("a.png", lambda: b"", "file_empty"),
    "6 MB": ("a.png", lambda: drawn_png() + bytes(6 * 1024 * 1024), "file_too_large"),
    "a photograph of 6 MB": (
        "a.jpg",
        lambda: encoded(photograph((4000, 3000), noise=120), "JPEG", quality=95),
        "file_too_large",
    ),
    "no ending": ("code", drawn_png, "file_type_unknown"),
    "a GIF": ("code.gif", lambda: encoded(qr(), "GIF"), "file_type_unknown"),
    "a web page": ("code.html", lambda: b"<html></html>", "file_type_unknown"),
    "two endings": ("code.png.exe", drawn_png, "file_type_unknown"),
    "a compressed drawing": ("code.svgz", drawn_png, "file_type_unknown"),
    "a PNG called JPG": ("a.jpg", drawn_png, "file_type_mismatch"),
    "a JPEG called PNG": ("a.png", jpeg, "file_type_mismatch"),
    "a GIF called PNG": ("a.png", lambda: encoded(qr(), "GIF"), "file_type_mismatch"),
    "a WebP called JPG": ("a.jpg", lambda: encoded(qr(), "WEBP"), "file_type_mismatch"),
    "a BMP called TIFF": ("a.tif", lambda: encoded(qr(), "BMP"), "file_type_mismatch"),
    "a PDF called PNG": ("a.png", pdf, "file_type_mismatch"),
    "a PNG called PDF": ("a.pdf", drawn_png, "file_type_mismatch"),
    "a PNG called SVG": ("a.svg", drawn_png, "file_type_mismatch"),
    "a web page called SVG": ("a.svg", lambda: b"<!DOCTYPE html><p>Hello<br>", "file_type_mismatch"),
    "tidy XML called SVG": ("a.svg", lambda: b"<letter><code/></letter>", "file_type_mismatch"),
    "a text called PDF": ("a.pdf", TEXT.encode, "file_type_mismatch"),
    "zeros called TIFF": ("a.tif", lambda: bytes(2000), "file_type_mismatch"),
}
CODES: Bad = {
    "a white sheet": ("a.png", lambda: encoded(Image.new("L", (800, 600), 255), "PNG"), "no_qr_code"),
    "a landscape": ("a.jpg", lambda: encoded(Image.radial_gradient("L"), "JPEG"), "no_qr_code"),
    "a letter without a code": ("a.pdf", lambda: letter("", ""), "no_qr_code"),
    "half a code": ("a.png", lambda: encoded(qr().crop((0, 0, 170, 400)), "PNG"), "no_qr_code"),
    "a code that says nothing": ("a.svg", lambda: b'<svg xmlns="http://www.w3.org/2000/svg"/>', "no_qr_code"),
    "a web address": ("a.png", lambda: png_of(WEB_ADDRESS), "web_address_instead"),
    "a web address in a letter": (
        "a.pdf",
        lambda: letter(vector(WEB_ADDRESS, 60, 80, 3)),
        "web_address_instead",
    ),
    "a telephone number": ("a.png", lambda: png_of("tel:+33612345678"), "phone_number_instead"),
    "another prefix": ("a.png", lambda: png_of(TEXT.replace("LPA", "LPB")), "no_activation_code"),
    "a greeting": ("a.png", lambda: png_of("Hello"), "no_activation_code"),
    "a network": ("a.png", lambda: png_of("WIFI:T:WPA;S:guests;P:secret;;"), "wifi_code_instead"),
    "the number of the SIM": ("a.png", lambda: png_of("8933011122233344455"), "iccid_instead"),
    "a server alone": ("a.png", lambda: png_of("SM-DP+ address: rsp.provider.example"), "code_in_parts"),
    "a link without a code": (
        "a.png",
        lambda: png_of("https://esimsetup.apple.com/esim_qrcode_provisioning"),
        "install_link_without_code",
    ),
    "a code of everybody": ("a.png", lambda: png_of("LPA:1$rsp.provider.example$"), "code_shared"),
    "a confirmation code in the code": ("a.png", lambda: png_of(f"{TEXT}$4711"), "confirmation_code_in_code"),
    "another version": ("a.png", lambda: png_of(TEXT.replace("LPA:1", "LPA:2")), "broken_activation_code"),
    "a link with a broken code": (
        "a.png",
        lambda: png_of("https://esimsetup.apple.com/x?carddata=LPA:1%24nowhere%24AAAA"),
        "broken_activation_code",
    ),
    "no server": ("a.png", lambda: png_of("LPA:1$$K2-1ZQ9AB-7TTY00"), "broken_activation_code"),
    "a low line": (
        "a.png",
        lambda: png_of("LPA:1$rsp.provider.example$K2_1ZQ9AB"),
        "broken_activation_code",
    ),
    "a code that is too long": ("a.png", lambda: png_of(TEXT + "A" * 300), "broken_activation_code"),
    "two codes": (
        "a.png",
        lambda: encoded(side_by_side(qr(), qr(OTHER_TEXT)), "PNG"),
        "several_activation_codes",
    ),
    "a code and a broken one": (
        "a.png",
        lambda: encoded(side_by_side(qr(), qr("LPA:1$x")), "PNG"),
        "several_activation_codes",
    ),
    "two codes on two pages": (
        "a.pdf",
        lambda: letter(vector(TEXT, 100, 80, 3), vector(OTHER_TEXT, 100, 80, 3)),
        "several_activation_codes",
    ),
    "two codes in two frames": (
        "a.png",
        lambda: encoded(qr(), "PNG", save_all=True, append_images=[qr(OTHER_TEXT)]),
        "several_activation_codes",
    ),
    "two codes in two pictures of a TIFF": (
        "a.tif",
        lambda: encoded(qr(), "TIFF", save_all=True, append_images=[qr(OTHER_TEXT)]),
        "several_activation_codes",
    ),
}
DAMAGED: Bad = {
    "half a PNG": ("a.png", lambda: half(drawn_png()), "file_damaged"),
    "half a JPEG": ("a.jpg", lambda: half(encoded(photograph(), "JPEG")), "file_damaged"),
    "half a TIFF": ("a.tif", lambda: half(tiff()), "file_damaged"),
    "half an SVG": (
        "a.svg",
        lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0',
        "file_damaged",
    ),
    "the head of a PDF": ("a.pdf", lambda: b"%PDF-1.7\n" + bytes(300), "file_damaged"),
    "the head of a PNG": ("a.png", lambda: drawn_png()[:8], "file_damaged"),
    "a PNG with a wrong checksum": ("a.png", _with_wrong_checksum, "file_damaged"),
    "a TIFF that points nowhere": ("a.tif", lambda: b"II*\0\xff\xff\xff\x7f" + bytes(100), "file_damaged"),
    "a TIFF with absurd entries": ("a.tif", _absurd_tiff, "file_damaged"),
    "a TIFF that points to itself": ("a.tif", _endless_tiff, "file_damaged"),
    "a PDF without pages": ("a.pdf", lambda: Letter().written(), "file_damaged"),
    "a PDF with a password": ("a.pdf", _locked_pdf, "file_protected"),
}
DISGUISED: Bad = {
    "a PNG that is a ZIP archive": ("a.png", lambda: drawn_png() + archive(), "file_type_mismatch"),
    "a JPEG that is a ZIP archive": ("a.jpg", lambda: jpeg() + archive(), "file_type_mismatch"),
    "a TIFF that is a ZIP archive": ("a.tif", lambda: tiff() + archive(), "file_type_mismatch"),
    "a PDF that is a ZIP archive": ("a.pdf", lambda: pdf() + archive(), "file_type_mismatch"),
    "a PNG that is a PDF": ("a.png", lambda: _png_with(b"tEXt", b"Comment\0" + pdf()), "file_type_mismatch"),
    "a PNG followed by a PDF": ("a.png", lambda: drawn_png() + pdf(), "file_type_mismatch"),
    "a JPEG that is a PDF": ("a.jpg", lambda: _jpeg_with(pdf()), "file_type_mismatch"),
    "a PDF that is a PNG": ("a.pdf", lambda: drawn_png() + pdf(), "file_type_mismatch"),
    "a JPEG that is a web page": ("a.jpg", lambda: _jpeg_with(b"<html><script>"), "file_type_mismatch"),
    "a JPEG followed by a web page": (
        "a.jpg",
        lambda: jpeg() + b"<script>x()</script>",
        "file_type_mismatch",
    ),
    "a JPEG followed by a program": ("a.jpg", lambda: jpeg() + b"MZ\x90\0" + bytes(90), "file_type_mismatch"),
    "a PNG that is a web page": ("a.png", lambda: _png_with(b"tEXt", b"C\0<html>"), "file_type_mismatch"),
    "a PNG followed by anything": ("a.png", lambda: drawn_png() + b"hello", "file_type_mismatch"),
    "a PDF that is a web page": ("a.pdf", lambda: pdf() + b"<script>x()</script>", "file_type_mismatch"),
    "an SVG that is a PDF": ("a.svg", lambda: b"<!-- %PDF-1.7 --><svg/>", "file_type_mismatch"),
    "a PDF with something in front": ("a.pdf", lambda: b"GIF89a" + pdf(), "file_type_mismatch"),
}
TOO_MUCH: Bad = {
    "a PNG of 30000 by 30000": ("a.png", lambda: bomb(30_000, 30_000), "too_many_pixels"),
    "a PNG of 5001 by 5000": ("a.png", lambda: bomb(5_001, 5_000), "too_many_pixels"),
    "a PNG of 7000 by 7000": ("a.png", lambda: bomb(7_000, 7_000), "too_many_pixels"),
    "a fax of 20000 by 20000": ("a.tif", _huge_fax, "too_many_pixels"),
    "a large second picture": (
        "a.tif",
        lambda: encoded(
            qr().convert("1"),
            "TIFF",
            save_all=True,
            compression="group4",
            append_images=[Image.new("1", (9000, 9000))],
        ),
        "too_many_pixels",
    ),
    "a PNG with a text bomb": (
        "a.png",
        lambda: _png_with(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(80_000_000))),
        "file_damaged",
    ),
    "a TIFF of six pictures": (
        "a.tif",
        lambda: encoded(qr(), "TIFF", save_all=True, append_images=[qr()] * 5),
        "too_many_pages",
    ),
    "an animation": (
        "a.png",
        lambda: encoded(qr(), "PNG", save_all=True, append_images=[qr().rotate(2 * n) for n in range(1, 40)]),
        "too_many_pages",
    ),
    "a PDF of a hundred pages": (
        "a.pdf",
        lambda: letter(*[vector(TEXT, 100, 80, 3)] * 100),
        "too_many_pages",
    ),
    "a PDF that is a strip": ("a.pdf", _strip_pdf, "too_many_pixels"),
    "a PDF with a picture bomb": ("a.pdf", _pdf_bomb, "no_qr_code"),
}


def bad_files() -> list[Sample]:
    made = [
        Sample(title, filename, make, refusal)
        for files in (MISTAKES, CODES, DAMAGED, DISGUISED, TOO_MUCH)
        for title, (filename, make, refusal) in files.items()
    ]
    return made + drawings()
