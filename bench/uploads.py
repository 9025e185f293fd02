"""Measures reading an uploaded QR code, from its bytes to its activation code: usual files, one at a time."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageFilter

from models.codes.activation import ActivationCode
from qr import draw
from qr.intake import read_upload

CODE = ActivationCode("rsp.provider.example", "K2-1ZQ9AB-7TTY00-PXW4")


@dataclass(frozen=True)
class UploadPace:
    """Seconds that each upload of a kind of file took, by the file's name."""

    taken: Mapping[str, tuple[float, ...]]

    def ms(self, percent: int, filename: str | None = None) -> float:
        """The time that so many percent of the uploads did not exceed (nearest rank), of one kind or all."""
        times = sorted(
            seconds for name, each in self.taken.items() if filename in (None, name) for seconds in each
        )
        return 1000 * times[max(0, -(-len(times) * percent // 100) - 1)]


async def time_uploads(rounds: int) -> UploadPace:
    """Read each file this many times, in turns, after one reading each to warm up."""
    files = usual_files()
    taken: dict[str, list[float]] = {filename: [] for filename in files}
    for number in range(rounds + 1):
        for filename, content in files.items():
            start = time.perf_counter()
            found = await read_upload(content, filename)
            seconds = time.perf_counter() - start
            assert found.code == CODE
            if number:
                taken[filename].append(seconds)
    return UploadPace({filename: tuple(seconds) for filename, seconds in taken.items()})


def usual_files() -> dict[str, bytes]:
    """What distributors upload: a picture from the provider, a photograph of it, a PDF page and an SVG."""
    code = Image.open(BytesIO(draw.png(CODE))).convert("L")
    letter = Image.new("L", (1240, 1754), 255)
    letter.paste(code.resize((330, 330)), (830, 1300))
    return {
        "screenshot.png": draw.png(CODE),
        "photograph.jpg": _encoded(_photograph(code), "JPEG", quality=85),
        "letter.pdf": _encoded(letter, "PDF", resolution=150),
        "drawing.svg": draw.svg(CODE).encode(),
    }


def _photograph(code: Image.Image) -> Image.Image:
    """Twelve megapixels from a phone: turned, unevenly lit, not quite sharp, with noise."""
    table = Image.linear_gradient("L").resize((4000, 3000))
    table.paste(code.resize((1500, 1500)).rotate(12, expand=True, fillcolor=200), (1100, 600))
    soft = table.filter(ImageFilter.GaussianBlur(3))
    return Image.blend(soft, Image.effect_noise(soft.size, 60), 0.2).convert("RGB")


def _encoded(picture: Image.Image, kind: str, **options: float) -> bytes:
    written = BytesIO()
    picture.save(written, kind, **options)
    return written.getvalue()
