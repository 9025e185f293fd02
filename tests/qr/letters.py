"""PDF letters, written by hand: text, vector and picture QR codes, and what is wrong with some."""

import zlib
from collections.abc import Iterable, Sequence

from PIL import Image

from tests.qr.pictures import qr

_A4 = (595, 842)


class Letter:
    """A PDF in the making. Objects 1 to 3 are the catalogue, the pages and the font."""

    def __init__(self, trailer: str = "", catalogue: str = "") -> None:
        self._objects: list[bytes] = []
        self._trailer = trailer
        self._pages: list[int] = []
        self._catalogue = catalogue

    def add(self, entries: str, stream: bytes | None = None) -> int:
        """An object, with its number."""
        body = entries.encode()
        if stream is not None:
            body = b"<< %s /Length %d >>\nstream\n%s\nendstream" % (body, len(stream), stream)
        self._objects.append(body)
        return len(self._objects) + 3

    def page(self, drawing: str, pictures: Sequence[Image.Image] = (), size: tuple[int, int] = _A4) -> None:
        """A page of drawing operators; its pictures are /P0, /P1 and so on."""
        numbers = [self._picture(picture) for picture in pictures]
        named = " ".join(f"/P{place} {number} 0 R" for place, number in enumerate(numbers))
        content = self.add("/Filter /FlateDecode", zlib.compress(drawing.encode()))
        self._pages.append(
            self.add(
                f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {size[0]} {size[1]}] /Contents {content} 0 R "
                f"/Resources << /Font << /F1 3 0 R >> /XObject << {named} >> >> >>"
            )
        )

    def _picture(self, picture: Image.Image) -> int:
        return self.add(
            f"/Type /XObject /Subtype /Image /Width {picture.width} /Height {picture.height} "
            "/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode",
            zlib.compress(picture.convert("L").tobytes()),
        )

    def written(self) -> bytes:
        kids = " ".join(f"{number} 0 R" for number in self._pages)
        first = (
            f"<< /Type /Catalog /Pages 2 0 R {self._catalogue} >>".encode(),
            f"<< /Type /Pages /Count {len(self._pages)} /Kids [{kids}] >>".encode(),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        )
        out, places = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", []
        for number, body in enumerate([*first, *self._objects], 1):
            places.append(len(out))
            out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
        table = "".join(f"{place:010d} 00000 n \n" for place in places)
        size = len(places) + 1
        entries = f"<< /Size {size} /Root 1 0 R {self._trailer} >>"
        end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n{entries}"
        return out + f"{end}\nstartxref\n{len(out)}\n%%EOF\n".encode()


def prose(lines: Iterable[str]) -> str:
    """Drawing operators of the text of a letter."""
    shown = " ".join(f"({line}) Tj T*" for line in lines)
    return f"BT /F1 11 Tf 14 TL 70 770 Td {shown} ET"


TEXT = prose(
    ["Dear customer,", "", "your new eSIM is ready. Scan the QR code with your phone."]
    + ["Lorem ipsum."] * 20
)


def placed(number: int, left: int, bottom: int, side: int) -> str:
    """Drawing operators of a picture."""
    return f"q {side} 0 0 {side} {left} {bottom} cm /P{number} Do Q"


def vector(text: str, left: float, bottom: float, module: float) -> str:
    """Drawing operators of a QR code made of rectangles."""
    code = qr(text, module=1, quiet=0)
    squares = [
        f"{left + x * module:.2f} {bottom + (code.height - 1 - y) * module:.2f} {module:.2f} {module:.2f} re"
        for y in range(code.height)
        for x in range(code.width)
        if code.getpixel((x, y)) == 0
    ]
    return "0 g " + " ".join(squares) + " f"


def letter(
    *drawings: str, pictures: Sequence[Image.Image] = (), trailer: str = "", catalogue: str = ""
) -> bytes:
    """A letter whose pages have one text and the given drawings; the first has the pictures."""
    written = Letter(trailer, catalogue)
    for number, drawing in enumerate(drawings):
        written.page(f"{TEXT}\n{drawing}", pictures if number == 0 else ())
    return written.written()
