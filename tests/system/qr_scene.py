"""A scene with an eSIM, a distributor's contacts and the portal behind the links in mails."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from models.codes.activation import ActivationCode, parse_activation_code
from models.codes.requests import EmailPreview, QrHistory, RequestStatus
from models.people.views import ContactDetails, ContactRole
from portal.app import create_app
from qr.draw import png
from starter.codes.book import CodeBook
from starter.codes.desk import QrDesk
from starter.codes.drafts import QrRequestDraft
from starter.codes.link_desk import LinkDesk
from tests.builders import ACCOUNT, ANA, OPERATOR, Cells, item, line, world
from tests.system.scene import Scene, msisdn
from tests.temporal_server import comes_true, eventually

QUENTIN = "quentin@telvia.example"
RITA = "rita@telvia.example"
MATCHING_ID = "SENTINEL-4F2A-91C7-{number:04d}"


def a_code(number: int = 1) -> ActivationCode:
    return parse_activation_code("LPA:1$smdp.example.com$" + MATCHING_ID.format(number=number))


class QrScene:
    """What a test does about QR codes, and what can be seen of it from outside."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.desk = QrDesk(scene.temporal.client, scene.database, scene.settings)
        self.book = CodeBook(scene.database)
        self.sim = ""

    @classmethod
    async def set_up(cls, scene: Scene, *lines: Cells, contacts: tuple[str, ...] = (QUENTIN,)) -> "QrScene":
        """Ana's account with an eSIM on line 1, and contacts of Telvia who may be asked for its code."""
        rows = lines or (line(1, sim_type="esim"), line(2, sim_type="esim"))
        await world(scene.database, *rows, packs=(item(),))
        made = cls(scene)
        for address in contacts:
            await made.contact(address, ContactRole.ESIM_QR_CODE)
        made.sim = await made.sim_of(1)
        return made

    async def contact(self, address: str, *roles: str) -> ContactDetails:
        name = address.split("@", maxsplit=1)[0].capitalize()
        return await self.scene.desks.contacts.add_contact(OPERATOR, ACCOUNT, "Telvia", name, address, roles)

    async def sim_of(self, number: int) -> str:
        sim = (await self.scene.desks.fleet.line(OPERATOR, msisdn(number))).sim
        assert sim is not None
        return f"S-{sim.id}"

    async def request(self, **changes: Any) -> str:
        """A request for the code of line 1's eSIM; its id."""
        draft = QrRequestDraft.model_validate({"sim": self.sim} | changes)
        return (await self.desk.request(await self.scene.ana(), draft)).request_id

    async def preview(self, sim: str = "") -> EmailPreview:
        """The e-mail that a request for line 1's or this eSIM would send."""
        return await self.desk.preview(await self.scene.ana(), QrRequestDraft(sim=sim or self.sim))

    async def upload_link(self, address: str = QUENTIN, mails: int = 1) -> str:
        """The path of the upload link in the last of so many mails to this address."""
        return await self._link(address, "u", mails)

    async def download_link(self, address: str = ANA, mails: int = 1) -> str:
        return await self._link(address, "q", mails)

    async def _link(self, address: str, kind: str, mails: int) -> str:
        pattern = re.compile(rf"{re.escape(self.scene.settings.portal_url)}(/{kind}/[\w-]+)")

        def found() -> list[str]:
            texts = [mail.text for mail in self.scene.mailbox.mails if address in mail.to]
            return [match[1] for text in texts for match in pattern.finditer(text)]

        await comes_true(lambda: len(found()) >= mails)
        assert len(found()) == mails
        return found()[-1]

    @asynccontextmanager
    async def browser(self) -> AsyncIterator[httpx.AsyncClient]:
        """Somebody who opens the links, with no account."""
        app = create_app(LinkDesk(self.desk), self.scene.settings)
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://portal") as client:
            yield client

    async def upload(
        self, browser: httpx.AsyncClient, link: str, content: bytes | None = None, name: str = "code.png"
    ) -> httpx.Response:
        """The file is checked and, if it is right, sent; the last page that was seen."""
        file = {"file": (name, png(a_code()) if content is None else content)}
        checked = await browser.post(f"{link}/check", files=file)
        found = re.search(r'name="upload_id" value="([^"]+)"', checked.text)
        return await browser.post(f"{link}/send", data={"upload_id": found[1]}) if found else checked

    async def history(self, sim: str | None = None) -> QrHistory:
        return await self.book.history(OPERATOR, sim or self.sim)

    async def events(self, sim: str | None = None) -> list[str]:
        return [event.type for event in (await self.history(sim)).events]

    async def becomes(self, request_id: str, status: RequestStatus) -> None:
        await eventually(lambda: self.book.request(OPERATOR, request_id), lambda seen: seen.status is status)

    async def held_for(self, request_id: str, reason: str | None) -> None:
        await eventually(
            lambda: self.book.request(OPERATOR, request_id), lambda seen: seen.held_reason == reason
        )
