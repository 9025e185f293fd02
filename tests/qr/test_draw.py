"""Whatever the code, its drawings scan: from a page, from a file and from a terminal."""

import re
from io import BytesIO
from xml.etree import ElementTree as ET

import pytest
import resvg_py
from hypothesis import example, given, settings
from PIL import Image

from models.codes.activation import ActivationCode
from qr import draw
from tests.qr.codes import USUAL, activation_codes
from tests.qr.pictures import encoded
from tests.qr.scanner import scan

BLACK_ON_WHITE, PLAIN = "\x1b[38;5;16;48;5;231m", "\x1b[0m"
HALVES = {" ": (255, 255), "▀": (0, 255), "▄": (255, 0), "█": (0, 0)}


def shown_svg(drawing: str, width: int = 500) -> Image.Image:
    """The drawing on a page. Outside of it the page is dark."""
    picture = Image.open(BytesIO(resvg_py.svg_to_bytes(svg_string=drawing, width=width, height=width)))
    page = Image.new("L", (picture.width + 80, picture.height + 80), 40)
    page.paste(picture.convert("L"), (40, 40), picture.getchannel("A"))
    return page


def shown_terminal(text: str, around: int) -> Image.Image:
    """What the characters look like in a terminal of that shade: each half of one is a square."""
    lines = text.splitlines()
    rows = []
    for line in lines:
        assert line.startswith(BLACK_ON_WHITE)
        assert line.endswith(PLAIN)
        halves = [HALVES[block] for block in line[len(BLACK_ON_WHITE) : -len(PLAIN)]]
        rows += [bytes(upper for upper, _ in halves), bytes(lower for _, lower in halves)]
    picture = Image.frombytes("L", (len(rows[0]), len(rows)), b"".join(rows))
    screen = Image.new("L", (picture.width + 8, picture.height + 8), around)
    screen.paste(picture, (4, 4))
    return screen.resize((screen.width * 6, screen.height * 6), Image.Resampling.NEAREST)


@pytest.mark.covers("F36")
@pytest.mark.timeout(400)  # where one fails, Hypothesis looks for the smallest
@given(code=activation_codes())
@example(code=ActivationCode("00.000.0000a0.0000a0.000000000000", "0" * 100))
@settings(max_examples=40, deadline=None)
def test_every_drawing_of_every_code_is_scanned(code: ActivationCode) -> None:
    assert scan(shown_svg(draw.svg(code))) == [str(code)]
    assert scan(Image.open(BytesIO(draw.png(code)))) == [str(code)]
    assert scan(shown_terminal(draw.terminal(code), around=255)) == [str(code)]
    assert scan(shown_terminal(draw.terminal(code), around=0)) == [str(code)]


@given(code=activation_codes())
@settings(max_examples=25, deadline=None)
def test_a_drawing_is_square_with_a_quiet_zone_of_four_modules(code: ActivationCode) -> None:
    picture = Image.open(BytesIO(draw.png(code)))
    side = int(ET.fromstring(draw.svg(code)).attrib["viewBox"].split()[2])
    module = picture.width // side

    assert picture.size == (side * module, side * module)
    assert module >= 8
    assert picture.width >= 600
    black = Image.eval(picture.convert("L"), lambda grey: 255 - grey).getbbox()
    assert black == (4 * module, 4 * module, (side - 4) * module, (side - 4) * module)


@pytest.mark.parametrize("width", [90, 150, 320, 777, 1400])
def test_a_page_may_show_it_in_any_size(width: int) -> None:
    assert scan(shown_svg(draw.svg(USUAL), width)) == [str(USUAL)]


def test_a_photograph_of_the_screen_scans() -> None:
    page = shown_svg(draw.svg(USUAL), 420).convert("RGB").rotate(8, expand=True)
    seen = Image.open(BytesIO(encoded(page.resize((300, 300)), "JPEG", quality=50)))

    assert scan(seen) == [str(USUAL)]


@pytest.mark.covers("F58")
def test_a_drawing_for_a_page_can_do_nothing_but_be_seen() -> None:
    drawing = draw.svg(USUAL)
    root = ET.fromstring(drawing)

    assert {element.tag.rpartition("}")[2] for element in root.iter()} == {"svg", "path"}
    names = {name for element in root.iter() for name in element.attrib}
    assert names == {"viewBox", "shape-rendering", "role", "aria-label", "fill", "d"}
    assert (root.get("role"), root.get("aria-label")) == ("img", "QR code")
    assert not re.search(r"\d{4}-|LPA|provider|K2-", drawing)


def test_a_picture_holds_nothing_beside_its_pixels() -> None:
    png = draw.png(USUAL)
    picture = Image.open(BytesIO(png))

    assert picture.mode == "1"
    assert picture.info == {}
    assert set(re.findall(b"IHDR|IDAT|IEND|[a-z][A-Za-z]{2}[a-z]Xt|pHYs|eXIf", png)) <= {
        b"IHDR",
        b"IDAT",
        b"IEND",
    }


def test_usual_codes_fit_a_terminal_of_80_columns() -> None:
    longest = ActivationCode("rsp.provider.example", "A" * 220, "1.3.6.1", confirmation_code_required=True)

    for code in (USUAL, longest):
        lines = draw.terminal(code).splitlines()
        assert max(len(line) for line in lines) - len(BLACK_ON_WHITE + PLAIN) <= 80
    assert len(draw.terminal(USUAL).splitlines()) <= 24
