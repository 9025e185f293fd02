"""The portal over the two firms' database in a browser, with people who are signed in."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import uvicorn
from playwright.async_api import Browser, ConsoleMessage, Page

from models.language import Language
from models.people.sign_in import Visit
from portal.app import create_app
from settings import Settings
from starter import callers
from starter.desks import Desks
from starter.people.sign_in import begin
from store.session import Database
from temporal.connection import connect
from tests.browser.accessibility import accessible, fits
from tests.builders import OPERATOR
from tests.callers.world import KEYS, NO_TEMPORAL, Known
from tests.portal.desk import InventedDesk
from tests.portal.pages.people import ANA

_REFUSED = "Failed to load resource: the server responded with a status of 4"
LOOKS: tuple[tuple[int, Literal["light", "dark"]], ...] = ((1400, "light"), (320, "dark"))
"""How pages are looked at: on a wide screen by day, and on a small one by night."""


@dataclass
class Site:
    """One portal: opens pages of people, and remembers what the browser complained of."""

    chromium: Browser
    address: str
    database_url: str
    acme: Known
    complaints: list[str] = field(default_factory=list)

    @asynccontextmanager
    async def of(
        self, person: str, width: int = 1400, language: Language = Language.EN, **options: Any
    ) -> AsyncIterator[Page]:
        """A page of a browser in which this person is signed in."""
        context = await self.chromium.new_context(
            viewport={"width": width, "height": 900},
            base_url=self.address,
            reduced_motion="reduce",
            **options,
        )
        token = await self._session(person, language)
        await context.add_cookies([{"name": "esim-session", "value": token, "url": self.address}])
        page = await context.new_page()
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self._asked(request.url))
        try:
            yield page
        finally:
            await context.close()

    async def _session(self, person: str, language: Language) -> str:
        database = Database(self.database_url)
        desks = Desks.of(
            await connect(Settings(temporal_address=NO_TEMPORAL), lazy=True),
            database,
            Settings(secret_keys=KEYS),
        )
        await desks.sign_in.set_language(await callers.user(database, person), language)
        user = await desks.users.user(OPERATOR, person)
        async with database.transaction() as connection:
            begun, _ = await begin(connection, user, Visit())
        await database.close()
        return begun.token

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(_REFUSED):
            self.complaints.append(message.text)

    def _asked(self, url: str) -> None:
        if not url.startswith((self.address, "data:")):
            self.complaints.append(url)


@asynccontextmanager
async def site_over(database_url: str, chromium: Browser, acme: Known) -> AsyncIterator[Site]:
    """The portal over this database, on a free port."""
    database = Database(database_url)
    client = await connect(Settings(temporal_address=NO_TEMPORAL), lazy=True)

    def app(address: str) -> Any:
        settings = Settings(
            database_url=database_url, temporal_address=NO_TEMPORAL, secret_keys=KEYS, portal_url=address
        )
        return create_app(InventedDesk(), settings, desks=Desks.of(client, database, settings))

    listening = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    config = uvicorn.Config(
        app(address), access_log=False, server_header=False, log_config=None, lifespan="off"
    )
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve([listening]))
    yield Site(chromium, address, database_url, acme)
    server.should_exit = True
    await running
    await database.close()


async def look_at_pages(site: Site, paths: tuple[str, ...], language: Language) -> None:
    """Each page fits and is accessible, light and dark; by turns all rules are asked for in one of the looks,
    and that of colours in the other. In English, at night, all in both.
    """
    async with site.of(ANA, 1400, language) as page:
        for at, path in enumerate(paths):
            answer = await page.goto(path)
            assert answer is not None
            assert answer.status == 200, path
            for turn, (width, scheme) in enumerate(LOOKS, at):
                await page.set_viewport_size({"width": width, "height": 900})
                await page.emulate_media(color_scheme=scheme)
                whole = language is Language.EN
                name = f"{path} at {width}, {scheme}"
                await accessible(page, name, colours=turn % 2 == 1 and not whole, every=whole)
                await fits(page, name)
