"""The demonstration's chapter about the web pages: people sign in with the sandbox's passwords, and do what
they would do in a browser, from the sign-in to the swap seen in the inventory.
"""

from contextlib import AsyncExitStack
from dataclasses import dataclass
from http import HTTPStatus

from models.catalogue.views import PackView
from models.fleet.inventory import LineView
from models.orders.rules import DISCARD_WARNING, Action
from models.people.callers import Role
from sandbox.demo.browser import Browser, signed_in
from sandbox.demo.scene import OPERATOR, Scene
from starter.people.sandbox_people import SignIn, sign_ins
from starter.people.users import UserDesk

_ROLES = (Role.MANAGER, Role.PROVIDER_DESK, Role.VIEWER)
_PURCHASE = "PO-2026-118"
_MAY_NOT = "Your role does not allow this"


async def pages(scene: Scene) -> None:
    """The fleet's story in a browser: a manager orders, the distributor's staff report, a viewer looks on."""
    people = {one.role: one for one in await sign_ins(OPERATOR, scene.desk.database, scene.folder.path)}
    line, pack = await line_for(scene, people[Role.PROVIDER_DESK])
    scene.timeline.chapter(f"In the web pages, a fleet manager switches line {line.msisdn} to an eSIM")
    address = scene.qr_desk.settings.portal_url
    async with AsyncExitStack() as opened:
        manager, provider, viewer = [
            await opened.enter_async_context(signed_in(address, people[role].address, people[role].password))
            for role in _ROLES
        ]
        chapter = _Chapter(scene, line, pack, manager)
        await chapter.finds()
        await chapter.refused(viewer)
        order = await chapter.orders()
        iccid = await chapter.reported(provider, order)
        await chapter.sees(iccid)
        await scene.check_swapped(order, line, iccid)


async def line_for(scene: Scene, desk: SignIn) -> tuple[LineView, PackView]:
    """A line, and the eSIM for it from this person's distributor, who delivers it."""
    distributor = (await UserDesk(scene.desk.database).user(OPERATOR, desk.address)).distributor
    while True:  # `line` refuses when the fleet has no other one
        line = await scene.line(Action.SWITCH_TO_ESIM, with_employee=True)
        shop = await scene.catalogue.shop(await scene.caller(), line.msisdn)
        for pack in shop.packs:
            if pack.distributor == distributor:
                return line, pack


@dataclass
class _Chapter:
    """One line, and the fleet manager's browser."""

    scene: Scene
    line: LineView
    pack: PackView
    manager: Browser

    async def finds(self) -> None:
        """The manager filters the inventory, and opens the line's slot."""
        seen = self.manager.page
        self.scene.timeline.says(
            "A fleet manager, the distributor's staff and a viewer sign in with passwords"
        )
        self.check("The manager comes to the inventory", seen.heading == "Inventory" and len(seen.rows) > 1)
        await self.manager.open("/inventory")
        seen = await self.manager.send("Apply", provider=self.line.provider, sim_type="physical")
        _, *rows = seen.rows
        self.scene.timeline.says(
            f"Filtered by provider {self.line.provider}, physical SIMs: {len(rows)} rows"
        )
        self.check(
            "Each row is one of these",
            bool(rows) and all(self.line.provider in row and "Physical SIM" in row for row in rows),
        )
        seen = await self.manager.send("Apply", q=self.line.msisdn)
        self.check(
            "The phone number finds its one row", [self.line.msisdn in row for row in seen.rows[1:]] == [True]
        )

    async def refused(self, viewer: Browser) -> None:
        """A viewer sees the line, and is refused the order in plain words."""
        device = f"/lines/L-{self.line.id}"
        seen = await viewer.open(device)
        offered = Action.SWITCH_TO_ESIM.label in seen.links
        await viewer.open(f"/shop?line=L-{self.line.id}&action=switch")
        said = next(iter(viewer.page.alerts), "")
        self.scene.timeline.says(f"The viewer opens the shop's address: {viewer.status}, {said}")
        self.check(
            "A viewer sees the line without a button to order, and is refused in plain words",
            self.line.msisdn in seen.words
            and not offered
            and viewer.status == HTTPStatus.FORBIDDEN
            and _MAY_NOT in said,
        )

    async def orders(self) -> str:
        """The manager orders from the device's page; the order's number."""
        await self.manager.open(f"/lines/L-{self.line.id}")
        seen = await self.manager.click(Action.SWITCH_TO_ESIM.label)
        if self.manager.path == "/shop":
            seen = await self.manager.send("Put into the cart", pack=f"P-{self.pack.id}")
        seen = await self.manager.send("Continue", purchase_reference=_PURCHASE)
        self.check("Before it is placed, the page warns", DISCARD_WARNING in seen.words)
        await self.manager.send("Order")
        self.check(
            "Without the box ticked nothing is placed, and what was typed stays",
            self.manager.status == HTTPStatus.UNPROCESSABLE_ENTITY and _PURCHASE in self.manager.page.words,
        )
        seen = await self.manager.send("Order", confirmed="yes")
        order = self.manager.path.split("/")[2]
        self.scene.timeline.says(f"{order} is submitted (pack {self.pack.name!r}, {_PURCHASE})")
        self.check("The page says the order's number", order in seen.words)
        return order

    async def reported(self, provider: Browser, order: str) -> str:
        """The distributor's staff acknowledge, enter the ICCID and report it processed; the ICCID."""
        iccid = self.scene.next_iccid()
        listed = await provider.open("/orders")
        self.check("The distributor's staff see the order in their list", order in listed.words)
        await provider.open(f"/orders/{order}")
        await provider.click("Acknowledge")
        await provider.send("Acknowledge")
        self.scene.timeline.says("The distributor's staff acknowledge it")
        row = await self.row()
        self.check(
            "The manager sees the SIM-Temp in the inventory, beside the SIM in place",
            "SIM-Temp" in row and str(self.line.sim and self.line.sim.iccid) in row,
        )
        await provider.click("Enter the ICCID")
        await provider.send("Enter the ICCID", iccid=iccid)
        await provider.click("Processed")
        await provider.send("Processed", confirmed="yes")
        self.scene.timeline.says(f"They enter ICCID {iccid}, and report the order processed")
        return iccid

    async def sees(self, iccid: str) -> None:
        """The swap is in the grid, and in the history of the device in words."""
        row = await self.row()
        self.check(
            "The manager sees the swap in the inventory",
            iccid in row and "eSIM" in row and "Active" in row and "SIM-Temp" not in row,
        )
        seen = await self.manager.click(iccid)
        self.check("The device's history says it in words", "The eSIM was activated" in seen.words)

    async def row(self) -> str:
        """The line's row in the inventory."""
        seen = await self.manager.open(f"/inventory?q={self.line.msisdn.removeprefix('+')}")
        return next((row for row in seen.rows if self.line.msisdn in row), "")

    def check(self, sentence: str, right: bool) -> None:
        """Print and count a check."""
        self.scene.timeline.check(sentence, right=right)
