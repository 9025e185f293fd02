"""A real browser before the real pages. Skipped where there is none."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright

from tests.browser.serving import CHROMIUM, CHROMIUM_OPTIONS, serving
from tests.portal.desk import DOWNLOAD, UPLOAD, InventedDesk

_REFUSED = "Failed to load resource: the server responded with a status of 4"


@dataclass
class Viewer:
    """Opens pages of one portal, and remembers what the browser complained of and asked for."""

    browser: Browser
    address: str
    desk: InventedDesk
    complaints: list[str] = field(default_factory=list)
    asked_for: list[str] = field(default_factory=list)

    @property
    def upload(self) -> str:
        return f"{self.address}/u/{UPLOAD}"

    @property
    def download(self) -> str:
        return f"{self.address}/q/{DOWNLOAD}"

    @asynccontextmanager
    async def page(self, width: int = 1280, **options: Any) -> AsyncIterator[Page]:
        height = 844 if width < 600 else 800
        context = await self.browser.new_context(viewport={"width": width, "height": height}, **options)
        page = await context.new_page()
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.asked_for.append(request.url))
        try:
            yield page
        finally:
            await context.close()

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(_REFUSED):
            self.complaints.append(message.text)


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no chromium is installed: the pages are not looked at")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=list(CHROMIUM_OPTIONS), timeout=60_000
        )
        yield browser
        await browser.close()


@pytest.fixture
def desk() -> InventedDesk:
    return InventedDesk()


@pytest.fixture
def address(desk: InventedDesk) -> Iterator[str]:
    with serving(desk) as address:
        yield address


@pytest.fixture
async def viewer(chromium: Browser, address: str, desk: InventedDesk) -> AsyncIterator[Viewer]:
    """Whatever a test does: no script fails, no rule of the policy is broken, nobody else is asked."""
    viewer = Viewer(chromium, address, desk)
    yield viewer
    assert viewer.complaints == []
    assert [url for url in viewer.asked_for if not url.startswith((address, "data:"))] == []
