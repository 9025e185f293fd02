"""`make pictures`: what operators and contacts see, for the README, the runbook and the tour of the portal.

`python -m tests.browser.take_pictures` plays some orders on a throw-away sandbox whose mail server refuses
most of them, looks at the Temporal Web UI and the portal with a browser, and writes `docs/pictures/`. The
pictures of the tour are taken on another sandbox, in which some weeks pass.
"""

import asyncio
import json
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

from playwright.async_api import Browser, FilePayload, async_playwright, expect

from models.codes.activation import parse_activation_code
from models.people.callers import Role
from qr.draw import png
from sandbox.stage import TOP, running_sandbox
from settings import Settings
from starter.people.sandbox_people import sign_ins
from store.session import Database
from telemetry.leaving import leave
from temporal.connection import connect
from tests.browser.cast import TAKES, Cast
from tests.browser.pictures import PICTURES, SCREEN, a_page, keep, sign_in
from tests.browser.portal_pictures import of_the_tour
from tests.browser.serving import CHROMIUM, CHROMIUM_OPTIONS
from tests.builders import OPERATOR
from tests.system.scene import a_mailbox

COLUMNS = ("Workflow ID", "OrderStatus", "OrderKind", "Provider", "HoldReason", "Start")
PATIENCE_MILLISECONDS = 30_000
"""How long what a picture shows may take to appear, also on a machine that does other things."""
CODE = parse_activation_code("LPA:1$smdp.operator.example$DEMO-4F2A-0001-9C7B")


async def of_the_web_ui(browser: Browser, web_ui: str, cast: Cast) -> None:
    """The list filtered by `HoldReason`, a held order's details, and the history of one that went on."""
    workflows = f"{web_ui}/namespaces/default/workflows"
    async with a_page(browser) as page:
        columns = json.dumps({"default": [{"label": label} for label in COLUMNS]})
        await page.add_init_script(f"localStorage.setItem('namespace-workflow-table-columns', {columns!r})")
        await page.goto(f"{workflows}?query={quote(cast.query)}")
        await expect(page.get_by_text("mail_rejected").nth(1)).to_be_visible()
        await keep(page, "held-orders")
        await page.goto(f"{workflows}/{await cast.run_of(cast.held[0])}/history")
        await page.get_by_test_id("user-metadata-tab").click()
        details = page.frame_locator("iframe").last
        await expect(details.get_by_text("Updates that can be sent now").first).to_be_visible()
        await keep(page, "order-details")
        order = f"{workflows}/{await cast.run_of(cast.processed)}"
        for tab, heading in (("timeline", "Timeline"), ("history", "Event History")):
            await page.goto(f"{order}/{tab}?sort=ascending")
            if tab == "history":
                await page.get_by_text("Compact").click()
            await expect(page.get_by_text("Send an e-mail to people").first).to_be_visible()
            title = page.get_by_role("heading", name=heading)
            await title.evaluate("it => it.scrollIntoView()")
            await keep(page, f"order-{tab}", title)


async def of_the_portal(browser: Browser, cast: Cast) -> None:
    """A contact uploads a code from a phone; the manager who is told of it looks at it."""
    cast.mailbox.answer = TAKES
    async with a_page(browser, phone=True) as page:
        await page.goto(await cast.upload_link())
        await expect(page.get_by_text("Choose a file")).to_be_visible()
        await keep(page, "portal-upload")
        file = FilePayload(name="code.png", mimeType="image/png", buffer=png(CODE))
        await page.set_input_files("#file", files=[file])
        await expect(page.get_by_role("heading", name="Is this the right code?")).to_be_visible()
        await keep(page, "portal-preview")
        await page.get_by_role("button", name="Send").click()
        await page.get_by_role("button", name="Send the notification").click()
        await page.goto(await cast.download_link())
        await page.get_by_role("button", name="Show the QR code").click()
        await expect(page.get_by_role("heading", name="Install the eSIM")).to_be_visible()
        await keep(page, "portal-download")


async def of_the_pages(browser: Browser, cast: Cast, folder: Path) -> None:
    """The inventory, a device, an order and a QR code as the sandbox's administrator sees them."""
    people = await sign_ins(OPERATOR, cast.database, folder)
    who = next(one for one in people if one.role == Role.ADMINISTRATOR)
    portal, sim = cast.settings.portal_url, cast.sim_with_code
    async with a_page(browser) as page:
        await page.set_viewport_size(SCREEN)
        await sign_in(page, portal, who)
        await page.goto(f"{portal}/inventory")
        await expect(page.get_by_role("heading", name="Inventory")).to_be_visible()
        await keep(page, "pages-inventory")
        await page.goto(f"{portal}/orders/{cast.processed}")
        await expect(page.get_by_text("Processed by the provider").first).to_be_visible()
        await keep(page, "pages-order")
        await page.get_by_role("link", name="+33").first.click()
        await expect(page.get_by_role("heading", name="History")).to_be_visible()
        await keep(page, "pages-detail")
        await page.goto(f"{portal}/sims/{sim}/qr")
        await page.get_by_role("button", name="Show the QR code").click()
        await expect(page.locator(".qr-plate svg")).to_be_visible()
        await keep(page, "pages-qr-code")


async def take(chromium: str) -> None:
    """Play, look, and write every picture."""
    PICTURES.mkdir(exist_ok=True)
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_OPTIONS))
        await of_held_work(browser)
        await of_the_tour(browser)
        await browser.close()


async def of_held_work(browser: Browser) -> None:
    """The pictures of README and runbook, on a sandbox whose mail server refuses orders."""
    with tempfile.TemporaryDirectory(prefix="esim-pictures-") as folder:
        async with a_mailbox() as mailbox:
            smtp_url = f"smtp://127.0.0.1:{mailbox.port}"
            async with running_sandbox(Path(folder), {"ESIM_SMTP_URL": smtp_url}) as (data, addresses):
                settings = Settings(
                    data_dir=data.path,
                    database_url=addresses.database_url,
                    temporal_address=addresses.temporal_address,
                    portal_url=addresses.portal_url,
                )
                database = Database(settings.database_url)
                cast = Cast(await connect(settings), database, settings, mailbox)
                try:
                    await cast.play()
                    await of_the_web_ui(browser, addresses.temporal_ui_url, cast)
                    await of_the_portal(browser, cast)
                    await of_the_pages(browser, cast, data.path)
                finally:
                    await database.close()


def main() -> int:
    """Take the pictures from a shell."""
    if CHROMIUM is None:
        print("The pictures are taken with chromium; install it first.", file=sys.stderr)
        return 1
    asyncio.run(take(CHROMIUM))
    for picture in sorted(PICTURES.glob("*.png")):
        print(f"{picture.relative_to(TOP)}  {picture.stat().st_size // 1024} kB")
    return 0


if __name__ == "__main__":
    leave(main())
