"""The pages of orders in a browser, over a real worker, Temporal server and mailbox."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from playwright.async_api import Browser, Page

from portal.app import create_app
from starter.desks import Desks
from tests.browser.accessibility import accessible, fits
from tests.portal.pages.conftest import give_password
from tests.portal.pages.people import PASSWORD
from tests.system.scene import Scene


class Ordering:
    """Opens browsers of people who are signed in, and remembers what the browsers complained of."""

    def __init__(self, desks: Desks, scene: Scene, chromium: Browser, address: str) -> None:
        self.desks = desks
        self.scene = scene
        self.chromium = chromium
        self.address = address
        self.complaints: list[str] = []

    @asynccontextmanager
    async def signed_in(self, email: str, width: int = 1400, **options: Any) -> AsyncIterator[Page]:
        """A page of this person, who signs in with the form."""
        await give_password(self.desks, email)
        context = await self.chromium.new_context(
            viewport={"width": width, "height": 900},
            base_url=self.address,
            reduced_motion="reduce",
            **options,
        )
        page = await context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self._heard(said.type, said.text))
        page.on("request", lambda asked: self._asked(asked.url))
        try:
            await page.goto("/sign-in")
            await page.get_by_label("E-mail").fill(email)
            await page.get_by_label("Password", exact=True).fill(PASSWORD)
            await page.get_by_role("button", name="Sign in").click()
            yield page
        finally:
            await context.close()

    def _heard(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and "status of 4" not in text and "status of 503" not in text:
            self.complaints.append(text)

    def _asked(self, address: str) -> None:
        if not address.startswith((self.address, "data:")):
            self.complaints.append(address)


@asynccontextmanager
async def ordering(scene: Scene, chromium: Browser) -> AsyncIterator[Ordering]:
    """The portal over the scene, in the test's own event loop, where the scene's connections are."""
    listening = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    settings = scene.settings.model_copy(update={"portal_url": address})
    desks = Desks.of(scene.temporal.client, scene.database, settings)
    app = create_app(desks.links, settings, desks=desks)
    config = uvicorn.Config(app, log_config=None, lifespan="off", ws="none", timeout_graceful_shutdown=5)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve([listening]))
    opened = Ordering(desks, scene, chromium, address)
    try:
        yield opened
    finally:
        server.should_exit = True
        await serving
    listening.close()
    assert opened.complaints == []


async def looks_right(page: Page, name: str) -> None:
    """No violation of accessibility, light and dark, and nothing wider than a narrow screen."""
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        await accessible(page, f"{name}, {scheme}", colours=scheme == "dark")
    await page.emulate_media(color_scheme="light")
    size = page.viewport_size
    assert size is not None
    await page.set_viewport_size({"width": 320, "height": 800})
    await fits(page, f"{name} at 320 px")
    await page.set_viewport_size(size)
