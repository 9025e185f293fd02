"""The pages of orders in a browser, over a real worker, Temporal server and mailbox."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Browser, Page

from tests.browser.accessibility import accessible, fits
from tests.browser.signed_in import Portal, serving_pages
from tests.system.scene import Scene


@dataclass(frozen=True)
class Ordering:
    """The portal over a scene, and the browsers of people who are signed in."""

    portal: Portal
    scene: Scene

    @property
    def address(self) -> str:
        """The portal's address."""
        return self.portal.address

    def signed_in(self, email: str, width: int = 1400, **options: Any) -> AbstractAsyncContextManager[Page]:
        """A page of this person; see `Portal.person`."""
        return self.portal.person(email, width, **options)


@asynccontextmanager
async def ordering(scene: Scene, chromium: Browser) -> AsyncIterator[Ordering]:
    """The portal over the scene, in the test's own event loop, where the scene's connections are."""
    pages = serving_pages(scene.temporal.client, scene.database, scene.settings, chromium)
    async with pages as portal:
        yield Ordering(portal, scene)


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
