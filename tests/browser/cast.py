"""Who plays in the pictures: orders of every status, most of them held by a mail server that refuses them."""

import re
from dataclasses import dataclass, field
from itertools import zip_longest

from temporalio.client import Client

from models.fleet.inventory import LineView, SimKind
from models.orders.lifecycle import OrderKind
from models.people.callers import Caller
from models.people.views import ContactRole
from sandbox.stage import TOP
from settings import Settings
from starter import callers
from starter.codes.desk import QrDesk
from starter.codes.drafts import QrRequestDraft
from starter.orders.desk import OrderDesk
from starter.orders.drafts import OrderDraft
from store.session import Database
from tests.builders import OPERATOR, DataDesks
from tests.system.scene import Mailbox
from tests.temporal_server import eventually

ACCOUNT, ANA, CONTACT = "Acme Logistics", "ana.ruiz@acme.example", "codes@distributor.example"
REFUSES, TAKES = "550 5.1.1 No such user", "250 2.0.0 taken"
HELD = 9


@dataclass
class Cast:
    """Plays on the sandbox's demonstration fleet."""

    client: Client
    database: Database
    settings: Settings
    mailbox: Mailbox
    held: list[str] = field(default_factory=list)
    processed: str = ""
    sim_with_code: str = ""
    query = 'HoldReason="mail_rejected"'

    def __post_init__(self) -> None:
        self.desks = DataDesks(self.database)
        self.desk = OrderDesk(self.client, self.database, self.settings)
        self.qr_desk = QrDesk(self.client, self.database, self.settings)
        self._lines: list[LineView] = []

    async def play(self) -> None:
        """Some orders go all the way; then the mail server begins to refuse."""
        await self.desks.fleet.import_fleet(OPERATOR, (TOP / "sandbox" / "fleet.csv").read_bytes())
        await self.desks.catalogue.import_catalogue(
            OPERATOR, (TOP / "sandbox" / "catalogue.csv").read_bytes()
        )
        await self.desks.users.create_user(OPERATOR, ACCOUNT, "Ana Ruiz", ANA)
        self._lines = mixed(
            [line for line in await self.desks.fleet.lines(OPERATOR, account=ACCOUNT) if line.sim]
        )
        await self._ask_for_a_code()
        await self._refused_once_then_processed()
        self.mailbox.answer = REFUSES
        self.held = [await self._placed() for _ in range(HELD)]
        for order_id in self.held:
            await self._becomes_held(order_id)

    async def _ana(self) -> Caller:
        return await callers.user(self.database, ANA)

    async def run_of(self, order_id: str) -> str:
        """The end of the address of the order's page in the Web UI."""
        description = await self.client.get_workflow_handle(order_id).describe()
        return f"{order_id}/{description.run_id}"

    async def upload_link(self) -> str:
        return await self._link_in_a_mail_to(CONTACT, "u")

    async def download_link(self) -> str:
        return await self._link_in_a_mail_to(ANA, "q")

    async def _refused_once_then_processed(self) -> None:
        """One whose history tells of the refusal, the retry and everything after it."""
        self.mailbox.answer = REFUSES
        order_id = self.processed = await self._placed()
        await self._becomes_held(order_id)
        self.mailbox.answer = TAKES
        await self.desk.retry(OPERATOR, order_id)
        await eventually(
            lambda: self.desk.order(OPERATOR, order_id),
            lambda order: "mail.sent" in [event.type for event in order.events],
        )
        await self.desk.acknowledge(OPERATOR, order_id)
        await self.desk.processed(OPERATOR, order_id, iccid="8933100000000000011")
        await self.client.get_workflow_handle(order_id).result()

    async def _ask_for_a_code(self) -> None:
        line = next(line for line in self._lines if line.sim and line.sim.kind is SimKind.ESIM)
        self._lines.remove(line)
        assert line.sim is not None
        assert line.sim.distributor is not None
        roles = (ContactRole.ESIM_QR_CODE,)
        await self.desks.contacts.add_contact(
            OPERATOR, ACCOUNT, line.sim.distributor, "Claire Petit", CONTACT, roles
        )
        await self.qr_desk.request(await self._ana(), QrRequestDraft(sim=f"S-{line.sim.id}"))
        self.sim_with_code = f"S-{line.sim.id}"
        await self.upload_link()

    async def _placed(self) -> str:
        """An order for the next line that something can be ordered for."""
        while True:
            line = self._lines.pop(0)
            packs = (await self.desks.catalogue.shop(await self._ana(), line.msisdn)).packs
            if packs and line.sim:
                break
        esim = line.sim.kind is SimKind.ESIM
        draft = OrderDraft(
            kind=OrderKind.REPLACE_ESIM if esim else OrderKind.SWITCH_TO_ESIM,
            line=line.msisdn,
            pack=str(packs[0].id),
            discard_confirmed=True,
        )
        return (await self.desk.place(await self._ana(), draft)).order_id

    async def _becomes_held(self, order_id: str) -> None:
        await eventually(lambda: self.desk.order(OPERATOR, order_id), lambda order: order.held_reason)

    async def _link_in_a_mail_to(self, address: str, kind: str) -> str:
        pattern = re.compile(rf"{re.escape(self.settings.portal_url)}/{kind}/[\w-]+")

        async def look() -> list[str]:
            return [
                match[0]
                for mail in self.mailbox.mails
                if address in mail.to
                for match in pattern.finditer(mail.text)
            ]

        return (await eventually(look, bool))[-1]


def mixed(lines: list[LineView]) -> list[LineView]:
    """Providers and kinds of SIM by turns."""
    alike: dict[tuple[str, str], list[LineView]] = {}
    for line in lines:
        if line.sim:
            alike.setdefault((line.sim.kind, line.provider), []).append(line)
    return [line for turn in zip_longest(*alike.values()) for line in turn if line]
