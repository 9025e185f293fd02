"""The demonstration's chapter about an agent's number: licences are bought, one is assigned, the agent gets
the QR code by e-mail, the number changes hands, and a phone is lost.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx

from models.codes.activation import parse_activation_code
from models.errors import Refused
from models.fleet.inventory import SimState
from models.licences.views import NumberView
from models.people.callers import Caller, Role
from models.people.views import ContactRole
from qr.draw import png
from qr.intake import read_upload
from sandbox.demo.scene import FILES, OPERATOR, Scene
from sandbox.mails import Mail, list_mails, read_mail
from sandbox.stage import wait_until
from starter import callers
from starter.licences.assignments import AssignDraft, AssignmentDesk, ReplaceDraft
from starter.licences.licences import LicenceDesk
from starter.licences.numbers import NumberDesk
from starter.people.contacts import ContactDesk
from starter.people.users import UserDesk

ADD_ON = "voice_sms_data"
QR_CONTACT = "licence-codes@distributor.example"
GINA, HUGO = "gina.roux@acme.example", "hugo.blanc@acme.example"
NUMBER = "+33612340001"
_CODE = "LPA:1$smdp.orange.example$AGENT-{number:04d}-7B1E"


async def licences(scene: Scene) -> None:
    """From the purchase of licences to the charges, on one number that two agents use in turn."""
    scene.timeline.chapter(f"An agent's number {NUMBER} gets an eSIM, changes hands, and a phone is lost")
    chapter = await _prepared(scene)
    await chapter.buy()
    await chapter.convert()
    first = await chapter.assign("Gina's")
    page = await chapter.arrives(first, GINA)
    await chapter.change_user(page)
    second = await chapter.assign("Hugo's")
    await chapter.arrives(second, HUGO)
    await chapter.lose(second)
    await chapter.look_at_charges()


async def _prepared(scene: Scene) -> "_Chapter":
    database, settings = scene.desk.database, scene.qr_desk.settings
    users, contacts = UserDesk(database), ContactDesk(database)
    account = scene.user.account
    await users.create_user(OPERATOR, account, "Olga Owner", "olga@acme.example", role=Role.OWNER)
    await users.create_user(OPERATOR, account, "Adam Admin", "adam@acme.example", role=Role.ADMINISTRATOR)
    chapter = _Chapter(
        scene,
        await callers.user(database, "olga@acme.example"),
        await callers.user(database, "adam@acme.example"),
        LicenceDesk(database),
        NumberDesk(scene.client, database, settings),
        AssignmentDesk(scene.client, database, settings),
        settings.portal_url,
    )
    report = await chapter.numbers.import_numbers(OPERATOR, (FILES / "numbers.csv").read_bytes())
    scene.timeline.says(f"{report.rows} numbers with their agents imported from sandbox/numbers.csv")
    await contacts.add_contact(
        OPERATOR, account, "Telvia Distribution", "Codes", QR_CONTACT, roles=(ContactRole.ESIM_QR_CODE,)
    )
    return chapter


@dataclass
class _Chapter:
    scene: Scene
    owner: Caller
    admin: Caller
    licences: LicenceDesk
    numbers: NumberDesk
    assignments: AssignmentDesk
    portal_url: str
    read: dict[str, int] = field(default_factory=dict)
    """The number of the last e-mail that was read, by address."""

    async def buy(self) -> None:
        """The owner buys two licences; the administrator may not."""
        account = self.scene.user.account
        await self.licences.set_price(OPERATOR, account, ADD_ON, "10.00")
        try:
            await self.licences.buy(self.admin, account, ADD_ON, 2)
            refused = False
        except Refused as refusal:
            self.scene.timeline.says(f"Adam, an administrator, cannot buy licences: {refusal}")
            refused = True
        bought = await self.licences.buy(self.owner, account, ADD_ON, 2, key="demo")
        again = await self.licences.buy(self.owner, account, ADD_ON, 2, key="demo")
        mine = await self.licences.licences(self.owner, account)
        self.scene.timeline.says("Olga, the owner, buys two licences of Voice+SMS+Data at 10.00 EUR a month")
        self.scene.timeline.check(
            "Only the owner buys, and a repeated purchase buys once",
            right=refused and bought.id == again.id and len(mine) == 2,
        )

    async def convert(self) -> None:
        """A shared line gets no eSIM until it is a direct number."""
        try:
            await self.assignments.assign(self.admin, AssignDraft(number=NUMBER, add_on=ADD_ON))
            refused = False
        except Refused as refusal:
            refused = [reason.code for reason in refusal.refusals] == ["number_shared"]
        self.scene.timeline.check("A shared line is refused", right=refused)
        await self.numbers.convert(self.admin, NUMBER, "direct")
        self.scene.timeline.says("Adam converts it to a direct number")

    async def assign(self, whose: str) -> NumberView:
        """A licence is assigned, the distributor delivers, and sends the QR code through its link."""
        placed = await self.assignments.assign(self.admin, AssignDraft(number=NUMBER, add_on=ADD_ON))
        self.scene.timeline.says(f"Adam assigns a licence to {whose} number: {placed.order_id}")
        await self.scene.desk.acknowledge(OPERATOR, placed.order_id)
        await self.scene.desk.processed(OPERATOR, placed.order_id, iccid=self.scene.next_iccid())
        await self._upload()
        number = await self.numbers.number(self.admin, NUMBER)
        self.scene.timeline.check(
            "The number has one active eSIM, and uses a licence",
            right=number.sim_state is SimState.ACTIVE and number.licence_id is not None,
        )
        return number

    async def arrives(self, number: NumberView, address: str) -> str:
        """The agent's e-mail shows the QR code, by itself and behind a link; returns the link."""
        mail = await self._next_mail_to(address, "q")
        pictures = [part for part in mail.attachments if part.content_type == "image/png"]
        code = parse_activation_code(_CODE.format(number=number.sim_id or 0))
        read = await read_upload(pictures[0].content, "code.png") if pictures else None
        self.scene.timeline.check(
            f"{address} gets the QR code within the e-mail, readable by a phone",
            right=read is not None and read.code == code,
        )
        return self._link(mail, "q") or ""

    async def change_user(self, link: str) -> None:
        """The number's user changes: the eSIM stops at once, the old link shows nothing any more."""
        changed = await self.numbers.change_user(self.admin, NUMBER, HUGO)
        number = await self.numbers.number(self.admin, NUMBER)
        self.scene.timeline.says("The number's user changes to Hugo")
        self.scene.timeline.check(
            "Gina's eSIM stops at once, its licence is free, and nothing is assigned by itself",
            right=changed.esim_stopped and (number.sim_id, number.licence_id) == (None, None),
        )
        async with httpx.AsyncClient(timeout=30) as browser:
            answer = await browser.post(f"{link}/png")
        self.scene.timeline.check(
            "The link in Gina's e-mail is dead", right=answer.status_code == httpx.codes.GONE
        )

    async def lose(self, number: NumberView) -> None:
        """A lost phone: its eSIM stops before anything else, and the replacement follows."""
        placed = await self.assignments.replace(self.admin, ReplaceDraft(number=NUMBER, reason="lost"))
        lost = await self.numbers.number(self.admin, NUMBER)
        self.scene.timeline.says(f"Hugo's phone is lost: {placed.order_id} replaces its eSIM")
        self.scene.timeline.check(
            "The lost eSIM is off before the provider has answered; the licence stays",
            right=lost.sim_id is None and lost.licence_id == number.licence_id,
        )
        await self.scene.desk.acknowledge(OPERATOR, placed.order_id)
        await self.scene.desk.processed(OPERATOR, placed.order_id, iccid=self.scene.next_iccid())
        await self._upload()
        replaced = await self.numbers.number(self.admin, NUMBER)
        await self.arrives(replaced, HUGO)
        self.scene.timeline.check(
            "The number has another eSIM",
            right=replaced.sim_state is SimState.ACTIVE and replaced.sim_id != number.sim_id,
        )

    async def look_at_charges(self) -> None:
        """Two licences are charged for the month, whichever agent uses them."""
        found = await self.licences.charges(self.owner, self.scene.user.account)
        self.scene.timeline.says(
            f"Charges of {datetime.now(UTC):%B}: {len(found.charges)} lines, {found.total} {found.currency}"
        )
        self.scene.timeline.check(
            "Both licences are charged, and the sum is that of the lines",
            right=len(found.charges) == 2 and found.total == sum(charge.amount for charge in found.charges),
        )

    async def _upload(self) -> None:
        """The distributor's contact uploads the code of the newest request through the link in the e-mail."""
        sim = (await self.numbers.number(self.admin, NUMBER)).sim_id or 0
        mail = await self._next_mail_to(QR_CONTACT, "u")
        code = png(parse_activation_code(_CODE.format(number=sim)))
        link = self._link(mail, "u")
        async with httpx.AsyncClient(timeout=30) as browser:
            checked = await browser.post(f"{link}/check", files={"file": ("code.png", code, "image/png")})
            found = re.search(r'name="upload_id" value="([^"]+)"', checked.text)
            sent = await browser.post(f"{link}/send", data={"upload_id": found[1] if found else ""})
        self.scene.timeline.check(
            "The distributor is asked for the QR code by itself, and uploads it",
            right=sent.status_code == httpx.codes.OK,
        )

    async def _next_mail_to(self, address: str, page: str) -> Mail:
        """The next e-mail to this address with a link to such a page, which was not read before."""
        folder = self.scene.folder.mailbox

        async def look() -> Mail | None:
            for summary in list_mails(folder):
                if summary.number > self.read.get(address, 0) and address in summary.to:
                    mail = read_mail(folder, summary.number)
                    if self._link(mail, page):
                        return mail
            return None

        found = await wait_until(look, f"an e-mail to {address} with a link")
        self.read[address] = found.summary.number
        return found

    def _link(self, mail: Mail, page: str) -> str | None:
        found = re.search(rf"{re.escape(self.portal_url)}/{page}/[\w-]+", mail.text)
        return found[0] if found else None
