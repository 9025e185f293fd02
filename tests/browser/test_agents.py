"""Agents are added, edited and deactivated in a browser; an order waits for an address (L1, L27, L38)."""

import pytest
from playwright.async_api import Browser, expect

from tests.browser.licences_office import HUGO, assigned, office_of
from tests.browser.ordering import looks_right
from tests.licences_world import ADAM, GINA, number_msisdn
from tests.system.conftest import idle_scene, scene, temporal
from tests.system.scene import Scene

__all__ = ["idle_scene", "scene", "temporal"]


@pytest.mark.covers("L1", "L27", "L38")
async def test_an_order_waits_for_the_address_of_its_agent_and_says_so(
    scene: Scene, chromium: Browser
) -> None:
    async with office_of(scene, chromium, email=None) as office:
        await office.bought()
        await scene.sql("UPDATE agents SET phone_confirmed_at = esim_now()")
        async with office.portal.person(ADAM) as page:
            await page.goto("/agents")
            await looks_right(page, "agents")
            await page.get_by_role("link", name="Add an agent").click()
            await looks_right(page, "new agent")
            await page.get_by_label("Name").fill("Ines Moreau")
            await page.get_by_label("E-mail address").fill(HUGO)
            await page.get_by_role("button", name="Add an agent").click()
            await expect(page.locator("#errors")).to_contain_text("an agent with this address already")
            await page.get_by_label("E-mail address").fill("ines@acme.example")
            await page.get_by_label("Language").select_option("fr")
            await page.get_by_role("button", name="Add an agent").click()
            await expect(page.get_by_text("Ines Moreau is added.")).to_be_visible()
            await looks_right(page, "agent")
            await page.get_by_role("link", name="Deactivate").click()
            await looks_right(page, "deactivate")
            await page.get_by_role("button", name="Deactivate").click()
            await expect(page.get_by_text("is deactivated and uses no number")).to_be_visible()

            await page.goto("/numbers/N-1/integrations")
            order = await assigned(page)
            sim = await office.world.processed(order)
            assert sim
            await office.world.order_held_for(order, "no_agent_address")
            await page.reload()
            await expect(page.get_by_text("The agent has no e-mail address for the QR code.")).to_be_visible()
            await looks_right(page, "held")
            await page.goto("/numbers?view=held")
            await page.get_by_role("link", name=number_msisdn(1)).click()
            await page.get_by_role("link", name="Integrations").click()
            await page.get_by_role("link", name="Give the agent an e-mail address").click()
            await looks_right(page, "edit agent")
            await page.get_by_label("E-mail address").fill(GINA)
            await page.get_by_role("button", name="Save").click()
            await expect(page.get_by_text("The changes to Gina are saved.")).to_be_visible()
            await office.world.order_held_for(order)
            await page.get_by_role("link", name=number_msisdn(1)).click()
            await expect(page.get_by_text("has no e-mail address")).to_have_count(0)

            await page.goto("/agents/AG-1/deactivate")
            await page.get_by_role("button", name="Deactivate").click()
            await expect(page.get_by_role("heading", name="No number")).to_be_visible()
            await page.goto("/numbers/N-1/integrations")
            await expect(page.get_by_text("No agent uses this number").first).to_be_visible()
            await expect(page.locator("#esim").get_by_text("Active")).to_have_count(0)
