"""The signed-in pages, served in the test's own event loop, and browsers of people who sign in."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from playwright.async_api import Browser, ConsoleMessage, Page
from temporalio.client import Client

from models.people.sign_in import Visit
from portal.app import create_app
from settings import Settings
from starter.desks import Desks
from starter.people.sign_in import begin
from store.session import Database
from tests.builders import OPERATOR
from tests.portal.pages.conftest import give_password
from tests.portal.pages.people import PASSWORD

_REFUSED = tuple(
    f"Failed to load resource: the server responded with a status of {status}" for status in (4, 503)
)
"""What a browser says of an answer that refuses a form, or has it sent again."""

SESSION_ON_LOOPBACK = "esim-session"
"""The cookie's name without TLS."""


@dataclass
class Portal:
    """A portal on a port of its own. `complaints`: failed scripts, broken rules, other hosts asked."""

    address: str
    desks: Desks
    chromium: Browser
    complaints: list[str] = field(default_factory=list)

    @asynccontextmanager
    async def person(
        self, email: str, width: int = 1400, *, by_form: bool = False, **options: Any
    ) -> AsyncIterator[Page]:
        """The browser of a person who has signed in; `by_form`: just now, and sees the page after that."""
        await give_password(self.desks, email)
        context = await self.chromium.new_context(
            viewport={"width": width, "height": 900},
            base_url=self.address,
            reduced_motion="reduce",
            **options,
        )
        page = await context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._heard)
        page.on("request", lambda asked: self._asked(asked.url))
        if by_form:
            await page.goto("/sign-in")
            await page.locator("[name=email]").fill(email)
            await page.locator("[name=password]").fill(PASSWORD)
            await page.locator("form button[type=submit]").first.click()
            await page.wait_for_url(lambda url: "/sign-in" not in url)
        else:
            await context.add_cookies(
                [{"name": SESSION_ON_LOOPBACK, "value": await self._session(email), "url": self.address}]
            )
        try:
            yield page
        finally:
            await context.close()

    async def _session(self, email: str) -> str:
        user = await self.desks.users.user(OPERATOR, email)
        async with self.desks.database.transaction() as connection:
            begun, _ = await begin(connection, user, Visit())
        return begun.token

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(_REFUSED):
            self.complaints.append(message.text)

    def _asked(self, url: str) -> None:
        if not url.startswith((self.address, "data:", "blob:")):
            self.complaints.append(url)


@asynccontextmanager
async def serving_pages(
    client: Client, database: Database, settings: Settings, chromium: Browser
) -> AsyncIterator[Portal]:
    """A portal over this database and Temporal client."""
    listening = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    desks = Desks.of(client, database, settings.model_copy(update={"portal_url": address}))
    app = create_app(desks.links, desks.settings, desks=desks)
    server = uvicorn.Server(
        uvicorn.Config(app, access_log=False, log_config=None, lifespan="off", ws="none", server_header=False)
    )
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    portal = Portal(address, desks, chromium)
    try:
        yield portal
    finally:
        server.should_exit = True
        await serving
        listening.close()
    assert portal.complaints == []
