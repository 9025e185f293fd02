"""A phone scans the code from the screen: what the browser paints decodes to the same code (F36)."""

import io
from typing import Literal

import pytest
import zxingcpp
from PIL import Image

from models.codes.activation import LONGEST_CODE, ActivationCode
from tests.browser.conftest import Viewer

_LONG_HOST = ".".join(["smdp-plus", "x" * 63, "y" * 63, "operator", "example"])
CODES = {
    "short": ActivationCode("a.io", ""),
    "usual": ActivationCode("smdp.operator.example", "K2-1GH7QB-0Z4P1D"),
    "upper-case": ActivationCode("SMDP.OPERATOR.EXAMPLE", "QR-G-5C-1LS-1W1Z9P7"),
    "all fields": ActivationCode("smdp.operator.example", "X", "1.3.6.1.4.1.31746", True),
    "longest": ActivationCode(_LONG_HOST, "Z" * (LONGEST_CODE - len(_LONG_HOST) - 3)),
}

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def seen(screenshot: bytes) -> str:
    """What a scanner reads from a picture of the screen."""
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(screenshot)))
    return found.text


def test_the_longest_code_is_as_long_as_can_be() -> None:
    assert len(str(CODES["longest"]).removeprefix("LPA:")) == LONGEST_CODE


@pytest.mark.covers("F36")
@pytest.mark.parametrize("code", CODES.values(), ids=CODES.keys())
async def test_the_screen_is_scanned(viewer: Viewer, code: ActivationCode) -> None:
    viewer.desk.code = code
    async with viewer.page(390) as page:
        await page.goto(viewer.download)
        await page.get_by_role("button", name="Show the QR code").click()
        drawn = page.locator(".plate svg")
        for width, height in ((390, 844), (1280, 800)):
            await page.set_viewport_size({"width": width, "height": height})
            box = await drawn.bounding_box()
            assert box is not None
            assert box["width"] >= (240 if width == 390 else 400)
            assert box["width"] == pytest.approx(box["height"], abs=1)
            for scheme in SCHEMES:
                await page.emulate_media(color_scheme=scheme)
                assert seen(await page.screenshot()) == str(code), (width, scheme)


@pytest.mark.covers("F36")
@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("width", [390, 1280])
async def test_the_code_and_what_installs_it_are_seen_at_once(
    viewer: Viewer, width: int, language: str
) -> None:
    async with viewer.page(width, locale=language) as page:
        await page.goto(viewer.download)
        await page.locator("form button").click()
        plate = await page.locator(".plate").bounding_box()  # once it is there
        assert seen(await page.screenshot()) == str(viewer.desk.code)
        assert plate is not None
        for phone in ("iPhone", "Android"):
            button = await page.get_by_role("link", name=phone).bounding_box()
            assert button is not None
            assert button["y"] + button["height"] <= (plate["y"] if width == 390 else 800)


@pytest.mark.covers("F36")
async def test_it_is_black_on_white_in_the_dark(viewer: Viewer) -> None:
    async with viewer.page(390, color_scheme="dark", forced_colors="active") as page:
        await page.goto(viewer.download)
        await page.get_by_role("button", name="Show the QR code").click()
        picture = Image.open(io.BytesIO(await page.locator(".plate svg").screenshot())).convert("L")
    assert picture.getpixel((6, 6)) == 255
    assert picture.getextrema() == (0, 255)
    assert picture.histogram()[255] > picture.width * picture.height / 2


@pytest.mark.covers("F38", "F58")
@pytest.mark.parametrize("script", [True, False])
async def test_the_downloaded_file_holds_the_code(viewer: Viewer, *, script: bool) -> None:
    async with viewer.page(390, java_script_enabled=script) as page:
        await page.goto(viewer.download)
        await page.get_by_role("button", name="Show the QR code").click()
        async with page.expect_download() as download:
            await page.get_by_role("button", name="Download as PNG").click()
        file = await download.value
        assert file.suggested_filename == "esim-qr-4711.png"
        assert seen((await file.path()).read_bytes()) == str(viewer.desk.code)


async def test_the_code_is_copied_as_text(viewer: Viewer) -> None:
    async with viewer.page(390) as page:
        await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        await page.goto(viewer.download)
        await page.get_by_role("button", name="Show the QR code").click()
        await page.get_by_text("The code as text").click()
        await page.get_by_role("button", name="Copy: Whole code").click()
        await page.get_by_text("Copied").wait_for()
        assert await page.evaluate("navigator.clipboard.readText()") == str(viewer.desk.code)
