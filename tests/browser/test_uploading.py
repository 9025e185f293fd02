"""A distributor's contact uploads a code from a phone or a desk, with JavaScript and without (F35, F37)."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from models.errors import Refused
from tests.browser.conftest import Viewer
from tests.portal.desk import CODE, GOOD, Ended

MEGABYTE = 1024 * 1024
_DROP = """([names, content]) => {
  const files = new DataTransfer();
  for (const name of names) files.items.add(new File([content], name, {type: "image/png"}));
  const zone = document.querySelector(".zone");
  for (const kind of ["dragenter", "dragover", "drop"]) {
    zone.dispatchEvent(new DragEvent(kind, {dataTransfer: files, bubbles: true, cancelable: true}));
  }
}"""


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return _file(tmp_path / "code.png", GOOD)


def _file(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


async def choose(page: Page, file: Path) -> None:
    async with page.expect_file_chooser() as chooser:
        await page.get_by_text("Choose a file").click()
    await (await chooser.value).set_files(file)


@pytest.mark.covers("F35", "F37")
@pytest.mark.parametrize("width", [390, 1280])
async def test_a_file_is_chosen_checked_and_sent_and_the_window_opens(
    viewer: Viewer, width: int, good: Path
) -> None:
    async with viewer.page(width) as page:
        await page.goto(viewer.upload)
        await choose(page, good)
        await expect(page.get_by_role("heading", name="Is this the right code?")).to_be_focused()
        await expect(page.get_by_text(CODE.smdp_address)).to_be_visible()
        assert "send" not in viewer.desk.done
        await page.get_by_role("button", name="Send").click()
        window = page.locator("dialog:modal")
        await expect(window).to_be_visible()
        for fact in ("Ana Lopes", "ana@acme.example"):
            await expect(window.get_by_text(fact)).to_be_visible()
        assert await window.locator("input, textarea").count() == 0
        await window.get_by_role("button", name="Send the notification").click()
        await expect(page.get_by_role("heading", name="The notification is on its way")).to_be_visible()
    assert viewer.desk.done["send"] == viewer.desk.done["notify_manager"] == 1


@pytest.mark.covers("F35", "F37")
@pytest.mark.parametrize("width", [390, 1280])
async def test_all_of_it_works_without_javascript(viewer: Viewer, width: int, good: Path) -> None:
    async with viewer.page(width, java_script_enabled=False) as page:
        await page.goto(viewer.upload)
        await expect(page.get_by_label("File with the QR code")).to_be_visible()
        await page.set_input_files("#file", good)
        await page.get_by_role("button", name="Check the file").click()
        await expect(page.get_by_text(CODE.smdp_address)).to_be_visible()
        await page.get_by_role("button", name="Send").click()
        await expect(page.get_by_text("ana@acme.example")).to_be_visible()
        await page.get_by_role("button", name="Send the notification").click()
        await expect(page.get_by_role("heading", name="The notification is on its way")).to_be_visible()
    assert viewer.desk.done["send"] == viewer.desk.done["notify_manager"] == 1


async def test_a_file_is_dropped(viewer: Viewer) -> None:
    async with viewer.page() as page:
        await page.goto(viewer.upload)
        await page.evaluate(_DROP, [["code.png"], GOOD.decode()])
        await expect(page.get_by_role("heading", name="Is this the right code?")).to_be_visible()
    assert viewer.desk.received == [("code.png", len(GOOD))]


async def test_two_files_at_once_are_not_sent(viewer: Viewer) -> None:
    async with viewer.page() as page:
        await page.goto(viewer.upload)
        await page.evaluate(_DROP, [["a.png", "b.png"], GOOD.decode()])
        await expect(page.get_by_role("alert")).to_have_text("Choose one file only.")
    assert viewer.desk.received == []


@pytest.mark.covers("R8")
async def test_the_confirmation_code_goes_with_the_file(viewer: Viewer, good: Path) -> None:
    async with viewer.page(390) as page:
        await page.goto(viewer.upload)
        await page.get_by_text("Is there a confirmation code, too?").click()
        await page.locator("#file-confirmation").fill("4711")
        await page.set_input_files("#file", good)
        await expect(page.get_by_text("entered; it is shown with the QR code")).to_be_visible()


async def test_a_code_is_typed_in(viewer: Viewer) -> None:
    async with viewer.page(390) as page:
        await page.goto(viewer.upload)
        await page.get_by_text("Type the activation code instead").click()
        field = page.get_by_label("Activation code")
        await field.fill("LPA:1$nonsense")
        await page.get_by_role("button", name="Check the code").click()
        await expect(page.get_by_role("alert")).to_contain_text("it does not have the form")
        await expect(field).to_have_value("LPA:1$nonsense")
        await field.fill(str(CODE))
        await page.get_by_role("button", name="Check the code").click()
        await expect(page.get_by_role("heading", name="Is this the right code?")).to_be_visible()


@pytest.mark.parametrize("script", [True, False])
async def test_a_refused_file_is_explained_and_another_one_taken(
    viewer: Viewer, tmp_path: Path, good: Path, *, script: bool
) -> None:
    async with viewer.page(390, java_script_enabled=script) as page:
        await page.goto(viewer.upload)
        for file in (_file(tmp_path / "bad.png", b"bad"), good):
            await page.set_input_files("#file", file)
            if not script:
                await page.get_by_role("button", name="Check the file").click()
            if file is not good:
                await expect(page.get_by_role("alert")).to_contain_text("no QR code")
                await expect(page.get_by_role("alert")).to_contain_text("bad.png")
                if script:
                    await expect(page.get_by_role("alert")).to_be_in_viewport()
        await expect(page.get_by_role("heading", name="Is this the right code?")).to_be_visible()
        await page.get_by_role("link", name="Choose another").click()
        await expect(page.get_by_role("heading", name="Upload the QR code")).to_be_visible()


async def test_a_file_too_large_is_not_even_sent(viewer: Viewer, tmp_path: Path) -> None:
    async with viewer.page(390) as page:
        await page.goto(viewer.upload)
        await page.set_input_files("#file", _file(tmp_path / "big.png", bytes(5 * MEGABYTE + 1)))
        await expect(page.get_by_role("alert")).to_contain_text("larger than 5 MB")
        await expect(page.get_by_role("alert")).to_contain_text("big.png")
        await expect(page.locator("#file")).to_be_focused()
    assert not any(url.endswith("/check") for url in viewer.asked_for)


@pytest.mark.parametrize("size", [7 * MEGABYTE, 24 * MEGABYTE])
async def test_without_javascript_the_answer_to_a_file_too_large_arrives(
    viewer: Viewer, tmp_path: Path, size: int
) -> None:
    async with viewer.page(390, java_script_enabled=False) as page:
        await page.goto(viewer.upload)
        await page.set_input_files("#file", _file(tmp_path / "big.png", bytes(size)))
        await page.get_by_role("button", name="Check the file").click()
        await expect(page.get_by_role("alert")).to_contain_text("Files of up to 5 MB")


async def test_a_slow_upload_shows_its_progress_and_can_be_cancelled(viewer: Viewer, tmp_path: Path) -> None:
    async with viewer.page(390) as page:
        await page.goto(viewer.upload)
        connection = await page.context.new_cdp_session(page)
        await connection.send(
            "Network.emulateNetworkConditions",
            {"offline": False, "latency": 1, "downloadThroughput": -1, "uploadThroughput": 300_000},
        )
        await page.set_input_files("#file", _file(tmp_path / "slow.png", GOOD + bytes(4 * MEGABYTE)))
        await expect(page.get_by_role("status")).to_have_text(re.compile(r"Uploading · [1-9]\d? %"))
        await expect(page.get_by_text("slow.png")).to_be_visible()
        await page.get_by_role("button", name="Cancel").click()
        await expect(page.get_by_text("Choose a file")).to_be_visible()
    assert viewer.desk.received == []


async def test_a_broken_connection_is_said_and_tried_again(viewer: Viewer, good: Path) -> None:
    async with viewer.page(390) as page:
        await page.goto(viewer.upload)
        await page.context.set_offline(True)
        await page.set_input_files("#file", good)
        await expect(page.get_by_role("alert")).to_contain_text("Check your connection")
        await page.context.set_offline(False)
        await page.set_input_files("#file", good)
        await expect(page.get_by_role("heading", name="Is this the right code?")).to_be_visible()
    viewer.complaints = [said for said in viewer.complaints if "ERR_INTERNET_DISCONNECTED" not in said]


async def test_a_link_that_ends_meanwhile_is_told_in_place(viewer: Viewer, good: Path) -> None:
    async with viewer.page(390) as page:
        await page.goto(viewer.upload)
        viewer.desk.fails["upload_page"] = Refused.because("link_revoked")
        await page.set_input_files("#file", good)
        await expect(page.get_by_role("heading", name="This link is no longer valid")).to_be_focused()


@pytest.mark.covers("F37")
async def test_the_window_is_put_aside_and_opened_again(viewer: Viewer, good: Path) -> None:
    async with viewer.page() as page:
        await page.goto(viewer.upload)
        await page.set_input_files("#file", good)
        await page.get_by_role("button", name="Send").click()
        await page.get_by_role("button", name="Not now").click()
        await expect(page.locator("dialog")).to_be_hidden()
        again = page.get_by_role("button", name="Send a notification")
        await expect(again).to_be_focused()
        await again.click()
        await expect(page.locator("dialog:modal")).to_be_visible()
        await page.reload()
        await expect(page.get_by_text("Nothing was changed.")).to_be_attached()
    assert "notify_manager" not in viewer.desk.done


@pytest.mark.covers("F37")
@pytest.mark.parametrize("script", [True, False])
async def test_whoever_comes_back_is_thanked_and_tells_then(viewer: Viewer, *, script: bool) -> None:
    viewer.desk.ended = Ended()
    async with viewer.page(390, java_script_enabled=script) as page:
        await page.goto(viewer.upload)
        await expect(page.get_by_role("heading", name="The QR code was received on 4 March")).to_be_visible()
        await expect(page.get_by_text("ana@acme.example")).to_be_visible()
        await page.get_by_role("button", name="Send the notification").click()
        await expect(page.get_by_role("heading", name="The notification is on its way")).to_be_visible()
    assert viewer.desk.done["notify_manager"] == 1


async def test_the_keyboard_is_enough(viewer: Viewer, good: Path) -> None:
    async with viewer.page() as page:
        page.on("filechooser", lambda _: None)  # from here on, not from the key's press on
        await page.goto(viewer.upload)
        await page.keyboard.press("Tab")
        await expect(page.get_by_text("Is there a confirmation code, too?")).to_be_focused()
        await page.keyboard.press("Tab")
        await expect(page.locator("#file")).to_be_focused()
        ring = await page.locator(".zone").evaluate("zone => getComputedStyle(zone).outlineStyle")
        assert ring == "solid"
        async with page.expect_file_chooser() as chooser:
            await page.keyboard.press("Space")
        await (await chooser.value).set_files(good)
        await expect(page.get_by_role("heading", name="Is this the right code?")).to_be_focused()
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("button", name="Send the notification")).to_be_focused()
