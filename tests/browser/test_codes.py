"""QR codes in a browser, with a real worker, Temporal and mail server."""

import io
import re
from collections.abc import AsyncIterator
from typing import Literal

import pytest
import zxingcpp
from PIL import Image
from playwright.async_api import Browser, FilePayload, Page, expect

from qr import draw
from tests.browser.accessibility import accessible, fits
from tests.browser.signed_in import Portal, serving_pages
from tests.builders import ANA
from tests.system.conftest import idle_scene, scene, temporal
from tests.system.qr_scene import QUENTIN, RITA, QrScene, a_code
from tests.system.scene import Scene
from tests.temporal_server import comes_true

__all__ = ["idle_scene", "scene", "temporal"]
MESSAGE = "Please hurry.\n\nIt is for a new colleague."
BOSS = "boss@acme.example"
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@pytest.fixture
async def codes(scene: Scene) -> QrScene:
    return await QrScene.set_up(scene, contacts=(QUENTIN, RITA))


@pytest.fixture
async def portal(codes: QrScene, chromium: Browser) -> AsyncIterator[Portal]:
    scene = codes.scene
    async with serving_pages(scene.temporal.client, scene.database, scene.settings, chromium) as portal:
        yield portal


def seen(screenshot: bytes) -> list[str]:
    """What a phone reads from a picture of the screen."""
    return [found.text for found in zxingcpp.read_barcodes(Image.open(io.BytesIO(screenshot)))]


async def looked_at(page: Page) -> None:
    """The page as it is now: by day, and by night on a small phone."""
    size = page.viewport_size
    assert size is not None
    for width, scheme in zip((size["width"], 320), SCHEMES, strict=True):
        await page.set_viewport_size({"width": width, "height": size["height"]})
        await page.emulate_media(color_scheme=scheme)
        await accessible(page)
        await fits(page)
    await page.set_viewport_size(size)
    await page.emulate_media(color_scheme="light")


@pytest.mark.covers("P10", "F27", "F28", "F29", "F30", "F31", "F33", "F35", "F36", "F37", "F38", "F65")
async def test_a_manager_requests_a_code_imports_it_notifies_and_shows_it(
    codes: QrScene, portal: Portal
) -> None:
    async with portal.person(ANA) as page:
        await page.goto(f"/sims/{codes.sim}/qr")
        await expect(page.get_by_role("heading", name="No QR code yet")).to_be_visible()
        await looked_at(page)

        await page.get_by_role("link", name="Generate an eSIM QR code").click()
        window = page.get_by_role("dialog", name="E-mail to the distributor")
        await expect(window.get_by_label("Quentin <quentin@telvia.example>")).to_be_checked()
        recipient = await window.get_by_text("Quentin <quentin@telvia.example>").bounding_box()
        assert recipient
        assert recipient["height"] < 30, "on one line"
        await window.get_by_label("Rita <rita@telvia.example>").uncheck()
        await expect(window.get_by_label("Message")).to_contain_text("Ana")
        await looked_at(page)
        await window.get_by_label("Message").fill(MESSAGE)
        await window.get_by_label("Additional recipients").fill("boss at acme")
        await window.get_by_role("button", name="Send").click()

        await expect(page.get_by_label("Additional recipients")).to_have_attribute("aria-invalid", "true")
        await expect(page.get_by_label("Rita <rita@telvia.example>")).not_to_be_checked()
        await expect(page.get_by_label("Message")).to_have_value(MESSAGE)
        await expect(page.locator("#errors")).to_be_focused()
        await looked_at(page)
        await page.get_by_label("Additional recipients").fill(BOSS)
        await page.get_by_role("button", name="Send").click()
        await expect(page.get_by_text("The request has been made.")).to_be_visible()
        await expect(page.get_by_role("link", name="Withdraw the request")).to_be_visible()
        await looked_at(page)
        link = await codes.upload_link()
        (mail,) = [mail for mail in codes.scene.mailbox.mails if QUENTIN in mail.to]
        assert "It is for a new colleague." in mail.text
        await comes_true(lambda: BOSS in codes.scene.mailbox.recipients())
        assert RITA not in codes.scene.mailbox.recipients()
        copies = [mail.text for mail in codes.scene.mailbox.mails if BOSS in mail.to]
        assert link not in copies[0]

        picture: FilePayload = {"name": "code.png", "mimeType": "image/png", "buffer": draw.png(a_code())}
        await page.locator("#file").set_input_files(files=[picture])
        window = page.get_by_role("dialog", name="eSIM QR Code Notification")
        await expect(window).to_be_visible()
        await expect(window.get_by_label("E-mail address")).to_have_value(ANA)
        assert await window.evaluate("dialog => dialog.matches(':modal')"), "it opens by itself"
        await expect(window.get_by_label("E-mail address")).to_be_focused()
        await looked_at(page)
        await window.get_by_label("E-mail address").fill(BOSS)
        await window.get_by_role("button", name="Send the notification").click()
        await expect(page.get_by_text(f"The notification to {BOSS} is on its way.")).to_be_visible()
        await looked_at(page)

        assert a_code().matching_id not in await page.content()
        await page.get_by_role("button", name="Show the QR code").click()
        await expect(page.locator(".qr-plate svg")).to_be_visible()
        assert a_code().matching_id not in page.url
        await looked_at(page)
        for width in (1400, 800, 390):
            await page.set_viewport_size({"width": width, "height": 900})
            await page.locator(".qr-plate").scroll_into_view_if_needed()
            assert seen(await page.screenshot()) == [str(a_code())], width
        await page.evaluate("window.print = () => { document.body.dataset.printed = 'yes' }")
        await page.get_by_role("button", name="Print").click()
        assert await page.evaluate("document.body.dataset.printed") == "yes"
        printed = await page.pdf(format="A4")
        assert printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") == 1
        await page.get_by_role("link", name="Hide the code").click()
        await expect(page.locator("#history")).to_contain_text("The QR code was shown")

        shown = await codes.download_link(BOSS)
        await page.goto(shown)
        await page.get_by_role("button", name="Show the QR code").click()
        await expect(page.locator(".plate svg")).to_be_visible()


@pytest.mark.covers("P13", "F27", "F31", "F33", "F37", "F59")
async def test_all_of_it_works_without_a_script_and_in_french(codes: QrScene, portal: Portal) -> None:
    await portal.desks.sign_in.set_language(await codes.scene.ana(), "fr")
    async with portal.person(ANA, 390, java_script_enabled=False) as page:
        await page.goto(f"/sims/{codes.sim}/qr")
        await page.get_by_role("link", name=re.compile("Générer le QR code")).click()
        await page.get_by_role("button", name="Envoyer").click()
        await expect(page.get_by_text("La demande a été faite.")).to_be_visible()
        for number in (1, 2):
            if number == 2:
                await page.get_by_text("Importer un autre code").click()
            picture: FilePayload = {
                "name": "code.png",
                "mimeType": "image/png",
                "buffer": draw.png(a_code(number)),
            }
            await page.locator("#file").set_input_files(files=[picture])
            await page.get_by_text("Y a-t-il aussi un code de confirmation").click()
            await page.locator("#file_confirmation").fill("4711")
            await page.get_by_role("button", name="Importer le QR code").click()
            await expect(
                page.get_by_role("heading", name=re.compile("Notification du QR code"))
            ).to_be_visible()
        await expect(page.get_by_label("Adresse e-mail")).to_have_value(ANA)
        await page.get_by_role("button", name="Envoyer la notification").click()
        await expect(page.locator("#versions-list tbody tr")).to_have_count(2)
        await page.get_by_role("button", name="Afficher le QR code").click()
        await expect(page.get_by_text("saisissez : 4711")).to_be_visible()
        await expect(page.get_by_role("button", name="Imprimer")).to_be_hidden()
        assert seen(await page.locator(".qr-plate").screenshot()) == [str(a_code(2))]


@pytest.mark.covers("P10", "F31")
async def test_a_request_is_sent_again_and_withdrawn(codes: QrScene, portal: Portal) -> None:
    request = await codes.request()
    first = await codes.upload_link()
    async with portal.person(ANA, 800) as page:
        await page.goto(f"/sims/{codes.sim}/qr")
        await page.get_by_role("link", name="Send the request again").click()
        window = page.get_by_role("dialog", name="E-mail to the distributor")
        await expect(window.get_by_text("This code is requested already.")).to_be_visible()
        await window.get_by_role("button", name="Send the request again").click()
        await expect(page.get_by_text("The request has been sent again.")).to_be_visible()
        await codes.upload_link(mails=2)
        await expect(page.locator(f"#{request}")).to_contain_text("2")

        await page.get_by_role("link", name="Withdraw the request").click()
        await expect(page.get_by_text("This cannot be undone")).to_be_visible()
        await looked_at(page)
        await page.get_by_role("button", name="Withdraw").click()
        await expect(page.get_by_text("The request is withdrawn.")).to_be_visible()
        await expect(page.locator(f"#{request}")).to_contain_text("Withdrawn")
        await page.goto(first)
        await expect(page.get_by_role("heading", name="The QR code is not needed any more")).to_be_visible()


@pytest.mark.covers("F57", "P13")
async def test_a_refused_file_is_explained_beside_its_field_and_another_can_be_chosen(
    codes: QrScene, portal: Portal
) -> None:
    async with portal.person(ANA, 390) as page:
        await page.goto(f"/sims/{codes.sim}/qr")
        picture: FilePayload = {
            "name": "code.pdf",
            "mimeType": "application/pdf",
            "buffer": draw.png(a_code()),
        }
        await page.locator("#file").set_input_files(files=[picture])
        await expect(page.locator("#file-error")).to_contain_text("something else than its name says")
        await expect(page.locator("#file")).to_be_focused()
        await looked_at(page)
        await page.get_by_text("Is there a confirmation code, too?").click()
        await page.locator("#file_confirmation").fill("4711")
        picture["name"] = "code.png"
        await page.locator("#file").set_input_files(files=[picture])
        await expect(page.locator("#qr-notice")).to_be_visible()
        await page.keyboard.press("Escape")
        await page.get_by_role("button", name="Show the QR code").click()
        await expect(page.get_by_text("enter: 4711")).to_be_visible()
