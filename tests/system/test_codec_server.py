"""The Temporal command and the Web UI read encrypted orders through the portal, and nothing without it."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial

import pytest
from playwright.async_api import Browser, Page, expect

from sandbox.temporal_server import find_temporal
from store.key_ring import KeyRing
from tests.browser.conftest import chromium
from tests.browser.serving import serving
from tests.builders import OPERATOR
from tests.portal.desk import InventedDesk
from tests.system.encrypted import EncryptedScene, encrypted_scene
from tests.system.scene import Scene
from tests.temporal_server import eventually

__all__ = ["chromium", "encrypted_scene"]

expect.set_options(timeout=30_000)

KEY = KeyRing.new_key()
TOKEN = secrets.token_hex(32)
SUMMARY = "Switch line L-1, slot 1, to eSIM (Orange)"
MESSAGE = "The mail server refused the content"
DETAILS = "Signal `retry` to continue"


@dataclass
class Held:
    """An order that is held, on a server whose Web UI and a portal are there to look at it."""

    scene: Scene
    order_id: str
    web_ui: str
    portal: str

    async def command(self, *words: str, token: str | None = TOKEN) -> str:
        """What `temporal workflow` prints; without a token it does not ask the portal."""
        codec = ("--codec-endpoint", f"{self.portal}/codec", "--codec-auth", f"Bearer {token}")
        process = await asyncio.create_subprocess_exec(
            *(str(find_temporal()), "workflow", *words),
            *("--address", self.scene.temporal.address, *(codec if token else ())),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        printed, _ = await asyncio.wait_for(process.communicate(), 60)
        assert process.returncode == 0, printed.decode()
        return printed.decode()

    async def is_held(self, still: bool = True) -> None:
        reason = partial(self.scene.desk.order, OPERATOR, self.order_id)
        await eventually(reason, lambda order: (order.held_reason is not None) is still)


@pytest.fixture
async def held(encrypted_scene: EncryptedScene) -> AsyncIterator[Held]:
    scene = await encrypted_scene.with_keys(KEY)
    web_ui = encrypted_scene.server.ui_url
    with serving(InventedDesk(), payload_keys=KEY, codec_origin=web_ui, codec_token=TOKEN) as portal:
        async with scene.worker():
            scene.mailbox.answer = "550 5.1.1 no such user"
            found = Held(scene, await scene.placed(1), web_ui, portal)
            await found.is_held()
            yield found


@pytest.mark.covers("W3")
async def test_the_command_reads_and_steers_through_the_portal(held: Held) -> None:
    about = ("--workflow-id", held.order_id)
    history = await held.command("show", "--detailed", *about)
    for text in (SUMMARY, MESSAGE, "line_id: 1"):
        assert text in history
    assert SUMMARY in await held.command("describe", *about)
    assert DETAILS in await held.command("metadata", *about)
    assert '"status":"submitted"' in await held.command("query", "--type", "state", *about)
    held.scene.mailbox.answer = "250 2.0.0 taken"
    await held.command(
        "signal", "--query", f"WorkflowId = '{held.order_id}'", "--name", "retry", "--reason", "x", "--yes"
    )
    await held.is_held(still=False)


async def test_the_command_alone_reads_nothing_and_still_steers(held: Held) -> None:
    about = ("--workflow-id", held.order_id)
    for words in (("show", "--detailed", *about), ("show", "--output", "json", *about), ("describe", *about)):
        printed = await held.command(*words, token=None)
        assert held.order_id in printed
        for text in (SUMMARY, MESSAGE, "line_id"):
            assert text not in printed
    held.scene.mailbox.answer = "250 2.0.0 taken"
    await held.command("signal", "--name", "retry", *about, token=None)
    await held.is_held(still=False)


@pytest.mark.covers("W3")
async def test_the_web_ui_shows_orders_once_an_operator_has_shown_the_token(
    held: Held, chromium: Browser
) -> None:
    context = await chromium.new_context(viewport={"width": 1400, "height": 1200})
    page = await context.new_page()
    await name_the_portal(page, held)
    run_id = (await held.scene.temporal.client.get_workflow_handle(held.order_id).describe()).run_id
    order = f"{held.web_ui}/namespaces/default/workflows/{held.order_id}/{run_id}"
    await page.goto(f"{order}/history")
    await expect(page.get_by_text("submit_to_provider").first).to_be_visible()
    for text in (SUMMARY, "line_id"):
        await expect(page.get_by_text(text)).to_have_count(0)

    await page.goto(f"{held.portal}/codec")
    await page.get_by_label("Token").fill(TOKEN)
    await page.get_by_role("button", name="Continue").click()
    await expect(page.get_by_role("heading")).to_have_text("This browser may read encrypted payloads")

    await page.goto(f"{order}/history")
    await expect(page.get_by_text("line_id").first).to_be_visible()
    await expect(page.get_by_text(SUMMARY).first).to_be_visible()
    await page.get_by_text("Activity Task Failed").first.click()
    await expect(page.get_by_text(MESSAGE).first).to_be_visible()
    await page.get_by_test_id("user-metadata-tab").click()
    details = page.frame_locator("iframe").last
    await expect(details.get_by_text("Updates that can be sent now").first).to_be_visible()
    await context.close()


async def name_the_portal(page: Page, held: Held) -> None:
    """What docs/encryption.md says to do in a Web UI that nobody has configured."""
    await page.goto(f"{held.web_ui}/namespaces/default/workflows")
    await page.get_by_test_id("data-encoder-status").first.click()
    dialog = page.get_by_role("dialog").filter(has=page.get_by_test_id("data-encoder-title"))
    await dialog.get_by_text("Use my browser setting and ignore Cluster-level setting.").click()
    await dialog.get_by_test_id("data-encoder-endpoint-input").fill(f"{held.portal}/codec")
    await dialog.get_by_text("Include cross-origin credentials").click()
    await dialog.get_by_test_id("confirm-modal-button").click()
