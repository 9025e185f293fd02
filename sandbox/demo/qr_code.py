"""The demonstration's chapter about a QR code: requested, uploaded through the link, notified, downloaded.

It uses what people use: e-mails are read from the mailbox, and their links are opened over HTTP.
"""

import re
from dataclasses import dataclass
from io import BytesIO

import httpx
from PIL import Image
from temporalio.client import Client

from models.codes.activation import ActivationCode, parse_activation_code
from models.codes.requests import RequestStatus
from models.errors import Refused
from models.fleet.inventory import LineView
from models.orders.rules import Action
from models.people.callers import Caller
from models.people.views import ContactRole, UserView
from qr.draw import png
from qr.intake import read_upload
from sandbox.data_dir import DataDir
from sandbox.demo.scene import Scene
from sandbox.mails import list_mails, read_mail
from sandbox.stage import Timeline, wait_until
from starter import callers
from starter.codes.book import CodeBook
from starter.codes.desk import QrDesk
from starter.codes.drafts import QrRequestDraft
from starter.people.contacts import ContactDesk

CONTACT = "qr-codes@distributor.example"
_CODE = "LPA:1$smdp.orange.example$DEMO-4F2A-{number:04d}-9C7B"
_UPLOAD_ID = re.compile(r'name="upload_id" value="([^"]+)"')


def pdf_with(code: ActivationCode) -> bytes:
    """A distributor's PDF as it is in practice: an A4 page with the QR code somewhere on it."""
    page = Image.new("RGB", (1240, 1754), "white")
    page.paste(Image.open(BytesIO(png(code))).convert("RGB").resize((420, 420)), (700, 900))
    written = BytesIO()
    page.save(written, "PDF", resolution=150)
    return written.getvalue()


async def qr_code(scene: Scene) -> None:
    """The code of an eSIM is requested, uploaded as a PDF, and cannot be given to another SIM."""
    line, other = [await scene.line(Action.REPLACE_ESIM) for _ in range(2)]
    scene.timeline.chapter(f"The QR code of the eSIM on line {line.msisdn} is requested, and comes as a PDF")
    chapter = QrChapter(
        scene.timeline, scene.qr_desk, ContactDesk(scene.qr_desk.database), scene.client, scene.folder
    )
    await chapter.play(line, other, scene.user)


@dataclass
class QrChapter:
    """One SIM's code, from the request to the picture that the manager downloads."""

    timeline: Timeline
    desk: QrDesk
    contacts: ContactDesk
    client: Client
    folder: DataDir

    async def play(self, line: LineView, other: LineView, user: UserView) -> None:
        """Request and upload the code of the line's eSIM; then try to import it for another SIM."""
        assert line.sim is not None  # noqa: S101  chosen so
        assert other.sim is not None  # noqa: S101
        sim, code = f"S-{line.sim.id}", parse_activation_code(_CODE.format(number=line.sim.id))
        await self._meet_the_contact(line, user)
        request_id, upload_link = await self._ask(sim, user)
        async with httpx.AsyncClient(follow_redirects=False, timeout=30) as browser:
            await self._upload(browser, upload_link, code)
            shown = await self.desk.show(await self._caller(user), sim)
            self.timeline.check(f"{sim} has this code, version 1", right=shown.code == code)
            await self.client.get_workflow_handle(request_id).result()
            seen = await CodeBook(self.desk.database).request(callers.operator(), request_id)
            self.timeline.check(
                "The request is over, in Temporal and in the database",
                right=seen.status is RequestStatus.IMPORTED,
            )
            await self._download(browser, user, code)
        await self._reuse(f"S-{other.sim.id}", user, code)

    async def _caller(self, user: UserView) -> Caller:
        return await callers.user(self.desk.database, user.email)

    async def _meet_the_contact(self, line: LineView, user: UserView) -> None:
        assert line.sim is not None  # noqa: S101
        assert line.sim.distributor is not None  # noqa: S101
        contact = await self.contacts.add_contact(
            callers.operator(), user.account, line.sim.distributor, "QR desk", CONTACT
        )
        await self.contacts.edit_contact(
            callers.operator(), user.account, f"C-{contact.id}", add_roles=(ContactRole.ESIM_QR_CODE,)
        )
        self.timeline.says(f"{CONTACT} of {line.sim.distributor} gets the role 'eSIM QR Code'")

    async def _ask(self, sim: str, user: UserView) -> tuple[str, str]:
        letter = await self.desk.preview(await self._caller(user), QrRequestDraft(sim=sim))
        self.timeline.says(f"The mail is pre-filled: {letter.subject!r} to {letter.recipients[0].email}")
        made = await self.desk.request(await self._caller(user), QrRequestDraft(sim=sim))
        self.timeline.says(f"{made.request_id}: {made.sentence}")
        link = await self._link_in_the_mail_to(CONTACT, "u")
        self.timeline.says("The mail is there, with an upload link of its own")
        return made.request_id, link

    async def _upload(self, browser: httpx.AsyncClient, link: str, code: ActivationCode) -> None:
        page = await browser.get(link)
        self.timeline.check("The link opens without an account", right=page.status_code == httpx.codes.OK)
        pdf = pdf_with(code)
        checked = await browser.post(f"{link}/check", files={"file": ("letter.pdf", pdf, "application/pdf")})
        found = _UPLOAD_ID.search(checked.text)
        self.timeline.check(
            f"A PDF of {len(pdf) // 1024} kB is read, and the code is shown before it is sent",
            right=found is not None,
        )
        if found is None:
            return
        sent = await browser.post(f"{link}/send", data={"upload_id": found[1]})
        self.timeline.check("Sent: the code is the SIM's", right=sent.status_code == httpx.codes.OK)
        notified = await browser.post(f"{link}/notify")
        self.timeline.check("and the manager is notified", right=notified.status_code == httpx.codes.OK)

    async def _download(self, browser: httpx.AsyncClient, user: UserView, code: ActivationCode) -> None:
        link = await self._link_in_the_mail_to(user.email, "q")
        landing = await browser.get(link)
        self.timeline.check(
            "The link to the code shows nothing to a mail scanner that opens it",
            right=landing.status_code == httpx.codes.OK and code.matching_id not in landing.text,
        )
        picture = await browser.post(f"{link}/png")
        read = await read_upload(picture.content, "code.png")
        self.timeline.check("The downloaded picture is read as the same code", right=read.code == code)

    async def _reuse(self, sim: str, user: UserView, code: ActivationCode) -> None:
        try:
            await self.desk.import_file(await self._caller(user), sim, png(code), "again.png")
            refused = False
        except Refused as refusal:
            self.timeline.says(f"The same code for {sim} is refused: {refusal}")
            refused = True
        self.timeline.check("A code is on one SIM only", right=refused)

    async def _link_in_the_mail_to(self, address: str, path: str) -> str:
        pattern = re.compile(rf"{re.escape(self.desk.settings.portal_url)}/{path}/[\w-]+")

        async def look() -> str | None:
            for mail in reversed(list_mails(self.folder.mailbox)):
                if address in mail.to and (
                    found := pattern.search(read_mail(self.folder.mailbox, mail.number).text)
                ):
                    return found[0]
            return None

        return await wait_until(look, f"a mail to {address} with a link")
