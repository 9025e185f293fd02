"""The pages of licences over a real worker: Olga owns the account, Adam assigns, Gina and Hugo are agents."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from playwright.async_api import Browser, Locator, Page, expect

from models.licences.numbers import LineType
from models.people.views import ContactRole
from qr.draw import png
from starter.licences.licences import LicenceDesk
from tests.browser.signed_in import Portal, serving_pages
from tests.builders import ACCOUNT, OPERATOR
from tests.licences_world import GINA, OLGA, add_agent, add_number, licences_world
from tests.system.licences.scene import Licensed
from tests.system.qr_scene import QUENTIN, a_code
from tests.system.scene import Scene

ADD_ON = "voice_sms_data"
HUGO = "hugo@acme.example"
PRICES = {"voice_sms": "8.00", "voice_sms_data": "10.00", "voice_sms_data_pro": "16.00"}


@dataclass
class Office:
    """The portal, and what happens outside of it."""

    portal: Portal
    world: Licensed
    orders: int = 0

    @property
    def scene(self) -> Scene:
        """The worker, the database and the mailbox."""
        return self.world.scene

    async def bought(self, add_on: str = "voice_sms_data", quantity: int = 1) -> None:
        """Olga has bought licences."""
        desk = LicenceDesk(self.scene.database)
        await desk.buy(await self.scene.ana(OLGA), ACCOUNT, add_on, quantity)

    async def delivered(self, order: str) -> str:
        """The distributor acknowledges and processes the order, and imports the code; the eSIM."""
        self.orders += 1
        sim = await self.world.processed(order, 500 + self.orders)
        link = await self.world.upload_link(mails=self.orders)
        async with self.world.browser() as browser:
            assert (await self.world.upload(browser, link, self.code())).status_code == 200
        return sim

    def code(self) -> bytes:
        """A picture of the code of the last order."""
        return png(a_code(self.orders))


@asynccontextmanager
async def office_of(
    scene: Scene, chromium: Browser, *, email: str | None = GINA, line_type: LineType = LineType.DIRECT
) -> AsyncIterator[Office]:
    """Numbers 1 (Gina's) and 2 (nobody's), prices, and the distributor's contact; no licence yet."""
    await licences_world(scene.database)
    world = Licensed(scene)
    world._keep_what_arrives()
    await world.contact(QUENTIN, ContactRole.ESIM_QR_CODE)
    gina = await add_agent(scene.database, email=email, phone_confirmed=False)
    await add_agent(scene.database, "Hugo", HUGO)
    world.number_id = await add_number(scene.database, 1, gina, line_type=line_type)
    await add_number(scene.database, 2)
    desk = LicenceDesk(scene.database)
    for add_on, amount in PRICES.items():
        await desk.set_price(OPERATOR, ACCOUNT, add_on, amount)
    pages = serving_pages(scene.temporal.client, scene.database, scene.settings, chromium)
    async with pages as portal:
        yield Office(portal, world)


def order_in(page: Page) -> Locator:
    """The link to the open order on a number's tab Integrations."""
    return page.locator("#order").get_by_role("link", name="order-")


async def assigned(page: Page) -> str:
    """Assign any free licence of the add-on on the number's tab; the order."""
    await page.get_by_role("link", name="Assign eSIM licence").click()
    await page.locator(f"input[value={ADD_ON}]").check()
    await page.get_by_role("button", name="Continue").click()
    await page.get_by_role("button", name="Assign").click()
    await expect(page.get_by_role("status").get_by_text("The licence is assigned")).to_be_visible()
    return await order_in(page).inner_text()
