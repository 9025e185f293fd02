"""The owner buys licences and sees what they cost; an administrator requests them (L2, L3, L32 to L40)."""

import csv
import io
import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from playwright.async_api import Browser, Page, expect

from starter.licences.licences import LicenceDesk
from tests.browser.licences_office import Office, office_of
from tests.browser.ordering import looks_right
from tests.builders import ACCOUNT, OPERATOR
from tests.licences_world import ADAM, OLGA
from tests.system.conftest import idle_scene, scene, temporal
from tests.system.scene import Scene
from tests.temporal_server import eventually

TIMES = "\u00d7"
_NOTIFIED = "SELECT id FROM licence_requests WHERE notified_at IS NOT NULL"
__all__ = ["idle_scene", "scene", "temporal"]


@pytest.fixture
async def office(scene: Scene, chromium: Browser) -> AsyncIterator[Office]:
    async with office_of(scene, chromium) as office:
        yield office


def amount_of(text: str) -> Decimal:
    """The first amount of euros in a text."""
    found = re.search(r"€([\d,]+\.\d\d)", text)
    assert found, text
    return Decimal(found[1].replace(",", ""))


async def cells(page: Page, add_on: str) -> list[str]:
    """Price, bought, in use and free of an add-on on the Plan tab."""
    texts = await page.locator(f"#{add_on} td").all_inner_texts()
    return [text.split("\n")[0].strip() for text in texts[:4]]


@pytest.mark.covers("L1", "L2", "L37")
async def test_an_administrator_requests_licences_and_the_owner_buys_them(office: Office) -> None:
    mailbox = office.scene.mailbox
    async with office.portal.person(ADAM) as adam, office.portal.person(OLGA) as olga:
        await adam.goto("/licences")
        await expect(adam.get_by_role("link", name="Buy")).to_have_count(0)
        assert (await adam.request.get("/licences/buy")).status == 403
        await adam.get_by_role("link", name="Request licences").click()
        await looks_right(adam, "request")
        await adam.get_by_label("Add-on").select_option("voice_sms_data")
        await adam.get_by_label("Number of licences").fill("2")
        await adam.get_by_label("Note").fill("For the new team in Lyon.")
        await adam.get_by_role("button", name="Send the request").click()
        await expect(adam.get_by_text("Every owner gets an e-mail.")).to_be_visible()
        await expect(adam.get_by_role("row", name=f"2 {TIMES} Voice+SMS+Data")).to_be_visible()
        await mailbox.got(OLGA)
        assert "For the new team in Lyon." in mailbox.mails[0].text
        await eventually(lambda: office.scene.sql(_NOTIFIED), bool)
        await adam.reload()
        await expect(adam.get_by_text("The owners are notified")).to_be_visible()
        await looks_right(adam, "requests")

        await olga.goto("/licences")
        assert await cells(olga, "voice_sms_data") == ["€10.00", "0", "0", "0"]
        await looks_right(olga, "plan")
        await olga.get_by_role("link", name=f"Buy 2 {TIMES} Voice+SMS+Data, as requested").click()
        await expect(olga.get_by_role("radio", name="Voice+SMS+Data You")).to_be_checked()
        await expect(olga.get_by_label("Number of licences")).to_have_value("2")
        await olga.get_by_role("button", name="Continue").click()
        await expect(olga.get_by_text("this answers: 1.")).to_be_visible()
        await olga.get_by_role("button", name="Buy for").click()
        await expect(
            olga.get_by_role("status").get_by_text(f"2 {TIMES} Voice+SMS+Data are bought")
        ).to_be_visible()
        assert await cells(olga, "voice_sms_data") == ["€10.00", "2", "0", "2"]
        await expect(olga.get_by_text("Requested by administrators")).to_have_count(0)
        await adam.goto("/licences/requests?view=all")
        await expect(adam.get_by_text("Answered by purchase")).to_be_visible()
        assert mailbox.recipients() == [OLGA], "each owner is notified once"


async def _bought(page: Page, add_on: str, quantity: int) -> tuple[Decimal, str]:
    """Buy on the pages: what is charged today, and all that was said before."""
    await page.goto(f"/licences/buy?add_on={add_on}&quantity={quantity}")
    await page.get_by_role("button", name="Continue").click()
    said = await page.locator("main").inner_text()
    button = page.get_by_role("button", name="Buy for")
    amount = amount_of(await button.inner_text())
    await button.click()
    await expect(page.get_by_role("status").get_by_text("are bought")).to_be_visible()
    return amount, said


@pytest.mark.covers("L2", "L3", "L32", "L33", "L34", "L35", "L36", "L40")
async def test_what_is_said_before_a_purchase_is_charged_and_the_csv_adds_up_to_it(office: Office) -> None:
    (today,) = await office.scene.sql("SELECT timezone('Europe/Paris', esim_now())::date AS date")
    other = today.date.day + 9 if today.date.day < 15 else today.date.day - 9
    desk = LicenceDesk(office.scene.database)
    await desk.set_billing(OPERATOR, ACCOUNT, cycle_day=other)
    async with office.portal.person(OLGA) as olga:
        await olga.goto("/licences/buy")
        await olga.get_by_role("button", name="Continue").click()  # the browser asks for the add-on
        assert "/confirm" not in olga.url
        await looks_right(olga, "buy")
        await olga.goto("/licences/buy/confirm?add_on=voice_sms_data&quantity=0")
        await expect(olga.locator("#errors")).to_contain_text("Number of licences")
        await olga.goto("/licences/buy/confirm?add_on=voice_sms_data&quantity=3")
        await looks_right(olga, "buy, confirm")
        amount, said = await _bought(olga, "voice_sms_data", 3)
        assert amount == 3 * _prorated(Decimal(10), today.date, other), "to the end of the cycle"
        assert f"3 {TIMES} €10.00 = €30.00" in said, "and what follows monthly"

        await olga.goto("/licences/list")
        await looks_right(olga, "licences")
        await olga.get_by_role("link", name="LI-", exact=False).first.click()
        licence = olga.url.rpartition("/")[2]
        await olga.get_by_role("link", name="Change the add-on").click()
        await looks_right(olga, "change")
        pro = olga.locator("label", has_text="Voice+SMS+Data Pro")
        upgrade = amount_of(await pro.inner_text())
        await pro.click()
        await olga.get_by_role("button", name="Change").click()
        await expect(olga.get_by_text(f"{licence} is Voice+SMS+Data Pro now.")).to_be_visible()
        await expect(olga.get_by_role("row", name="Upgrade")).to_contain_text(f"€{upgrade}")
        await looks_right(olga, "licence")
        await olga.get_by_role("link", name="Change the add-on").click()
        await olga.locator("input[value=voice_sms]").check()
        await olga.get_by_role("button", name="Change").click()
        await expect(olga.get_by_role("status").get_by_text("becomes Voice+SMS on")).to_be_visible()

        await olga.goto("/licences")
        await olga.get_by_role("link", name="Give back").click()
        await olga.locator("input[value=voice_sms_data]").check()
        await olga.get_by_label("How many").fill("3")
        await olga.get_by_role("button", name="Give back").click()
        await expect(olga.locator("#errors")).to_contain_text("2, fewer than the 3 asked for")
        await looks_right(olga, "give back")
        await olga.get_by_label("How many").fill("1")
        await olga.get_by_role("button", name="Give back").click()
        await expect(olga.get_by_role("status").get_by_text("Given back: LI-")).to_be_visible()
        await desk.set_price(OPERATOR, ACCOUNT, "voice_sms_data", "12.00")
        again, said = await _bought(olga, "voice_sms_data", 1)
        price = olga.locator("#voice_sms_data td").first
        await expect(price).to_contain_text("€10.00")
        await expect(price).to_contain_text(f"€12.00 from {_renewal(today.date, other).day} ")
        assert again == 0, "within the period that is paid"
        assert "At no cost" in said

        await olga.get_by_role("link", name="Charges", exact=True).click()
        total = amount_of(await olga.locator("#total").inner_text())
        await looks_right(olga, "charges")
        async with olga.expect_download() as download:
            await olga.get_by_role("link", name="Download CSV").click()
        path = await (await download.value).path()
        rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
        assert sum(Decimal(row["amount"]) for row in rows) == total == amount + upgrade, "as they were"
        assert [row["reason"] for row in rows].count("first") == 3
        await olga.get_by_role("link", name="Previous").click()
        await expect(olga.get_by_role("heading", name="Nothing is charged in this month")).to_be_visible()


def _renewal(today: date, cycle_day: int) -> date:
    """The first day of the next billing cycle; `cycle_day` is a day that each month has."""
    first = today.replace(day=cycle_day)
    return first if first > today else (first.replace(day=28) + timedelta(days=5)).replace(day=cycle_day)


def _prorated(price: Decimal, today: date, cycle_day: int) -> Decimal:
    """A month's price for the days that are left of the cycle, today included, to the cent."""
    end = _renewal(today, cycle_day)
    begin = (end.replace(day=1) - timedelta(days=1)).replace(day=cycle_day)
    return (price * (end - today).days / (end - begin).days).quantize(Decimal("0.01"), ROUND_HALF_UP)


@pytest.mark.covers("L32", "P13")
async def test_a_licence_is_given_back_in_french_without_a_script(office: Office) -> None:
    await office.bought()
    await office.portal.desks.sign_in.set_language(await office.scene.ana(OLGA), "fr")
    async with office.portal.person(OLGA, 390, java_script_enabled=False) as olga:
        await olga.goto("/licences/list")
        await olga.get_by_role("link", name="LI-").click()
        await olga.get_by_role("link", name="Rendre").click()
        await expect(olga.get_by_text("pas remboursé")).to_be_visible()
        await olga.get_by_role("button", name="Rendre").click()
        await expect(olga.get_by_text("Cette licence est rendue.")).to_be_visible()
        await expect(olga.get_by_text("Rendue", exact=True)).to_be_visible()
        await expect(olga.get_by_role("link", name="Changer l\u2019option")).to_have_count(0)
