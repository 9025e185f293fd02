"""Administration in a browser: profiles, contacts in two steps, employees, groups, settings."""

import pytest
from playwright.async_api import Page, expect

from models.orders.rules import TARGETS
from models.people.views import ContactRole
from tests.browser.ordering import Ordering, looks_right
from tests.browser.test_ordering import BEN, OLGA, portal
from tests.builders import ACCOUNT, ANA, OPERATOR
from tests.system.conftest import idle_scene, scene, temporal

__all__ = ["idle_scene", "portal", "scene", "temporal"]
pytestmark = pytest.mark.covers("P11")


async def opened(page: Page, section: str) -> None:
    """Open a section from the navigation."""
    await page.get_by_role("navigation").get_by_role("link", name="Administration").first.click()
    await page.get_by_role("link", name=section, exact=True).click()


@pytest.mark.covers("F39", "F40", "F41", "F61", "P5")
async def test_a_profile_is_made_and_its_switches_decide_what_is_offered(portal: Ordering) -> None:
    async with portal.signed_in(OLGA) as olga, portal.signed_in(ANA) as ana:
        await olga.goto("/administration")
        await looks_right(olga, "administration")
        await opened(olga, "Authorised actions profiles")
        await looks_right(olga, "profiles")
        await olga.get_by_role("link", name="Default").click()
        await expect(olga.get_by_text("Enabled", exact=True)).to_have_count(len(TARGETS))
        await expect(olga.get_by_role("link", name="Delete…")).to_have_count(0)
        await opened(olga, "Authorised actions profiles")
        await olga.get_by_role("link", name="New profile").click()
        await looks_right(olga, "new profile")
        await olga.get_by_label("Name").fill("Night shift")
        await olga.get_by_role("button", name="Create").click()
        await expect(olga.get_by_role("checkbox", checked=True)).to_have_count(0)
        await looks_right(olga, "switches")
        await portal.portal.desks.users.edit_user(OPERATOR, ANA, profile="Night shift")
        await ana.goto("/inventory/D-1?slot=1")
        await expect(ana.get_by_role("heading", level=1)).to_be_visible()
        await expect(ana.get_by_role("link", name="Switch to eSIM")).to_have_count(0)
        await _says_why_it_is_not_offered(olga)
        switch = olga.get_by_role("group", name="Switch to eSIM")
        await switch.get_by_label("Line 1").check()
        await olga.get_by_role("button", name="Save").click()
        await expect(olga.get_by_text("The changes to Night shift are saved.")).to_be_visible()
        await expect(olga.get_by_text("Enabled", exact=True)).to_have_count(1)
        await looks_right(olga, "profile")
        await ana.reload()
        await expect(ana.get_by_role("link", name="Switch to eSIM")).to_be_visible()
        await olga.get_by_role("link", name="Delete…").click()
        await looks_right(olga, "delete profile")
        await olga.get_by_label("Profile that its users get").select_option("Default")
        await olga.get_by_role("button", name="Delete").click()
        await expect(olga.get_by_text("The profile Night shift is deleted.")).to_be_visible()
        await expect(olga.get_by_role("row", name="Night shift")).to_have_count(0)
    assert (await portal.portal.desks.users.user(OPERATOR, ANA)).profile == "Default"


async def _says_why_it_is_not_offered(olga: Page) -> None:
    """An administrator asks for Ana why the switch is absent; the page of the switches stays as it is."""
    page = await olga.context.new_page()
    await page.goto("/inventory/D-1?slot=1")
    await page.get_by_role("link", name="Why is an action not offered?").click()
    offer = page.locator("#offer-switch_to_esim")
    await expect(offer).to_contain_text("Offered")
    await page.get_by_role("main").get_by_role("textbox").fill(ANA)
    await page.get_by_role("main").get_by_role("button").click()
    await expect(offer).to_contain_text("not enabled in your profile")
    await expect(offer).not_to_contain_text("Offered")
    await page.close()


@pytest.mark.covers("F42")
async def test_a_contact_is_made_in_two_steps_and_removed(portal: Ordering) -> None:
    async with portal.signed_in(OLGA, by_form=True) as olga:
        await opened(olga, "Distributors and contacts")
        await looks_right(olga, "distributors")
        await olga.get_by_role("link", name="Telvia").click()
        await looks_right(olga, "contacts")
        await olga.get_by_role("link", name="New contact").first.click()
        await looks_right(olga, "contact, first step")
        await olga.get_by_label("Name").fill("Lea Petit")
        await olga.get_by_label("E-mail address").fill("lea@telvia.example")
        await olga.get_by_role("button", name="Continue to the roles").click()
        await expect(olga.get_by_role("checkbox", checked=True)).to_have_count(0)
        await looks_right(olga, "contact, second step")
        await olga.get_by_label("eSIM QR Code").check()
        await olga.get_by_role("button", name="Save").click()
        await expect(olga.get_by_text("Has it", exact=True)).to_have_count(1)
        await looks_right(olga, "contact")
        (lea,) = await portal.portal.desks.contacts.contacts(OPERATOR, role=ContactRole.ESIM_QR_CODE)
        assert lea.email == "lea@telvia.example"
        await olga.get_by_role("link", name="Remove…").click()
        await looks_right(olga, "remove contact")
        await olga.get_by_role("button", name="Remove").click()
        await expect(olga.get_by_text("Lea Petit is removed.")).to_be_visible()
    left = await portal.portal.desks.contacts.contacts(OPERATOR)
    assert "Lea Petit" not in {contact.name for contact in left}


async def test_employees_groups_and_settings_are_edited(portal: Ordering) -> None:
    async with portal.signed_in(OLGA, by_form=True) as olga:
        await opened(olga, "Employees")
        await looks_right(olga, "employees")
        await olga.get_by_role("link", name="Add an employee").first.click()
        await olga.get_by_label("Name").fill("Gina Roth")
        await olga.get_by_label("E-mail address").fill("gina")
        await olga.locator("[name=email]").evaluate("field => { field.type = 'text'; }")
        await olga.get_by_role("button", name="Add").click()
        await expect(olga.locator("#email-error")).to_contain_text("not an e-mail address")
        await looks_right(olga, "employee, refused")
        await olga.get_by_label("E-mail address").fill("gina@acme.example")
        await olga.get_by_role("button", name="Add").click()
        await expect(olga.get_by_text("Uses no SIM")).to_be_visible()
        await looks_right(olga, "employee")
        await opened(olga, "Management groups")
        await olga.get_by_label("Name").fill("Night")
        await olga.get_by_role("button", name="Create").click()
        await expect(olga.get_by_text("The group Night is there.")).to_be_visible()
        await looks_right(olga, "groups")
        row = olga.get_by_role("row", name="Night")
        await row.get_by_role("link", name="Delete…").click()
        await looks_right(olga, "delete group")
        await olga.get_by_role("button", name="Delete").click()
        await expect(olga.get_by_role("row", name="Night")).to_have_count(0)
        await opened(olga, "Account settings")
        await looks_right(olga, "settings")
        await olga.get_by_role("link", name="Edit").first.click()
        await looks_right(olga, "settings of e-mails")
        await olga.get_by_label("Contact address").fill("fleet@acme.example")
        await olga.get_by_role("button", name="Save").click()
        await expect(olga.get_by_text("fleet@acme.example")).to_be_visible()
        await olga.locator("#reminders").get_by_role("link", name="Edit").click()
        await looks_right(olga, "reminders")
        await olga.get_by_label("Days to the acknowledgement").fill("5")
        await olga.get_by_role("button", name="Save").click()
        await expect(olga.get_by_text("5 days", exact=True)).to_be_visible()
        await opened(olga, "Service users")
        await olga.get_by_role("link", name="New service user").first.click()
        await looks_right(olga, "new service user")
        await olga.get_by_label("Name").fill("Shop")
        await olga.get_by_label("E-mail address").fill("shop@acme.example")
        await olga.get_by_role("button", name="Create").click()
        await expect(olga.get_by_text("Now choose what its key may do.")).to_be_visible()
        await opened(olga, "Service users")
        await olga.get_by_role("link", name="Shop").click()
        await looks_right(olga, "service user")
    account = await portal.portal.desks.accounts.account(OPERATOR, ACCOUNT)
    assert account.contact_email == "fleet@acme.example"


async def test_who_may_only_look_sees_no_button(portal: Ordering) -> None:
    async with portal.signed_in(BEN, by_form=True, java_script_enabled=False) as ben:
        for section in ("Authorised actions profiles", "Employees", "Management groups", "Account settings"):
            await opened(ben, section)
            await expect(ben.locator("main form[method=post]")).to_have_count(0)
            await expect(ben.get_by_role("link", name="New profile")).to_have_count(0)
            await expect(ben.get_by_role("link", name="Edit")).to_have_count(0)
