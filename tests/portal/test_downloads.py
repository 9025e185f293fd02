"""What whoever was sent a link to a code does with it (F36, F38, F60)."""

import io
from urllib.parse import quote

import httpx
import pytest
import zxingcpp
from PIL import Image

from models.codes.activation import ActivationCode
from models.errors import Refused
from tests.portal.desk import CODE, DOWNLOAD, UPLOAD, InventedDesk

PAGE = f"/q/{DOWNLOAD}"
_ASKS = {
    "en": "If the phone asks for a confirmation code, enter:",
    "fr": "Si le téléphone demande un code de confirmation, saisissez\u00a0:",
}


@pytest.mark.covers("F38", "F60")
async def test_opening_the_link_shows_no_code_and_uses_nothing_up(
    browser: httpx.AsyncClient, desk: InventedDesk
) -> None:
    answer = await browser.get(PAGE)
    assert answer.status_code == 200
    for fact in ("4711", "Nordlicht Mobile", "11 March 2027, 10:20 UTC", "Show the QR code"):
        assert fact in answer.text
    for secret in (CODE.matching_id, CODE.smdp_address, "LPA:"):
        assert secret not in answer.text
    await browser.head(PAGE)
    await browser.get(f"{PAGE}/png", follow_redirects=True)
    assert set(desk.done) == {"download_page"}


@pytest.mark.covers("F36", "F38")
async def test_the_button_shows_the_code_with_all_ways_to_install_it(
    browser: httpx.AsyncClient, desk: InventedDesk
) -> None:
    answer = await browser.post(PAGE)
    assert answer.status_code == 200
    assert desk.done["reveal"] == 1
    data = quote(str(CODE), safe="")
    for vendor in ("apple", "android"):
        link = f'href="https://esimsetup.{vendor}.com/esim_qrcode_provisioning?carddata={data}"'
        assert link in answer.text
    for sentence in ("Mobile Service", "Add eSIM", "confirm: it is required", "with the camera"):
        assert sentence in answer.text
    assert f">{CODE.smdp_address}</code>" in answer.text
    assert f">{CODE.matching_id}</code>" in answer.text
    assert "confirmation code" not in answer.text


async def test_a_code_that_asks_for_a_confirmation_code_says_so(
    browser: httpx.AsyncClient, desk: InventedDesk
) -> None:
    desk.code = ActivationCode("smdp.example", "X", confirmation_code_required=True)
    assert "ask for a confirmation code, which is not on this page" in (await browser.post(PAGE)).text


@pytest.mark.covers("R8")
@pytest.mark.parametrize("flagged", [True, False])
async def test_the_confirmation_code_is_shown_with_the_code_and_not_before(
    browser: httpx.AsyncClient, desk: InventedDesk, *, flagged: bool
) -> None:
    desk.code = ActivationCode("smdp.example", "X", confirmation_code_required=flagged)
    desk.confirmation_code = "CONFIRM-<0815>"
    assert "CONFIRM" not in (await browser.get(PAGE)).text
    shown = {language: await browser.post(PAGE, headers={"Accept-Language": language}) for language in _ASKS}
    for language, sentence in _ASKS.items():
        escaped = '<strong class="code-text">CONFIRM-&lt;0815&gt;</strong>'
        assert f"{sentence} {escaped}" in shown[language].text
        assert "which is not on this page" not in shown[language].text


@pytest.mark.covers("F38", "F58")
async def test_the_file_is_a_picture_to_keep_and_never_a_page(
    browser: httpx.AsyncClient, desk: InventedDesk
) -> None:
    answer = await browser.post(f"{PAGE}/png")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-disposition"] == 'attachment; filename="esim-qr-4711.png"'
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    (read,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(answer.content)))
    assert read.text == str(CODE)
    assert desk.done["download"] == 1


@pytest.mark.covers("F60")
@pytest.mark.parametrize("code", ["link_expired", "link_revoked"])
async def test_a_link_that_is_over_shows_nothing(
    browser: httpx.AsyncClient, desk: InventedDesk, code: str
) -> None:
    desk.fails["download_page"] = Refused.because(code)
    for answer in (await browser.get(PAGE), await browser.post(PAGE), await browser.post(f"{PAGE}/png")):
        assert answer.status_code == 410
        assert "Ask the sender for a new one." in answer.text
        assert CODE.matching_id not in answer.text
    assert not desk.done["reveal"] + desk.done["download"]


@pytest.mark.covers("F60")
async def test_a_link_is_of_no_use_for_anything_else(browser: httpx.AsyncClient) -> None:
    assert (await browser.post(f"/q/{UPLOAD}")).status_code == 404
    assert (await browser.get(f"/u/{DOWNLOAD}")).status_code == 404
    assert (await browser.post(f"{PAGE}x/png")).status_code == 404


async def test_too_many_tries_are_told(browser: httpx.AsyncClient, desk: InventedDesk) -> None:
    desk.fails["reveal"] = Refused.because("too_many_tries")
    answer = await browser.post(PAGE)
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "600"
