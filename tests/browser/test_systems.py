"""API keys and webhooks in a browser, over a real worker, relay and receiver (A1, A11, P11)."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest
from playwright.async_api import Browser, expect

from models.people.callers import Role, UserKind
from tests.browser.ordering import Ordering, looks_right, ordering
from tests.builders import ACCOUNT, OPERATOR, run
from tests.system.conftest import idle_scene, scene, temporal
from tests.system.scene import Scene
from tests.temporal_server import eventually
from tests.webhooks.hooked import ADAM, Hooked, hooked

__all__ = ["idle_scene", "scene", "temporal"]


@pytest.fixture
async def at_work(idle_scene: Scene, chromium: Browser) -> AsyncIterator[tuple[Ordering, Hooked]]:
    """A portal, a relay, and an endpoint whose receiver is on this machine."""
    async with (
        hooked(idle_scene, "line.groups_changed") as endpoint,
        ordering(idle_scene, chromium) as portal,
    ):
        yield portal, endpoint


@pytest.mark.covers("P11", "A1", "A18", "A11", "A17")
async def test_a_key_and_a_webhook_are_made_tried_mended_and_taken_away(
    at_work: tuple[Ordering, Hooked],
) -> None:
    portal, endpoint = at_work
    await portal.portal.desks.users.create_user(
        OPERATOR, ACCOUNT, "Shop", "shop@acme.example", role=Role.VIEWER, kind=UserKind.SERVICE
    )
    async with portal.signed_in(ADAM) as adam:
        await adam.goto("/administration")
        await adam.get_by_role("link", name="API keys").click()
        await looks_right(adam, "no key")
        await adam.get_by_role("link", name="New API key").click()
        await looks_right(adam, "new key")
        await adam.get_by_label("Name").fill("Shop backend")
        await adam.get_by_role("button", name="Make the key").click()
        await expect(adam.get_by_text("Copy the key now")).to_be_visible()
        await looks_right(adam, "key made")
        text = await adam.locator(".secret code").inner_text()
        async with httpx.AsyncClient(base_url=portal.address) as shop:
            shop.headers["Authorization"] = f"Bearer {text}"
            assert (await shop.get("/api/v1/orders")).status_code == 200
            await adam.get_by_role("link", name="I have copied it").click()
            await expect(adam.get_by_text("See orders")).to_be_visible()
            await looks_right(adam, "key")
            assert text not in await adam.content()
            await adam.get_by_role("link", name="Revoke…").click()
            await looks_right(adam, "revoke")
            await adam.get_by_role("button", name="Revoke").click()
            await expect(adam.get_by_text("Shop backend is revoked.")).to_be_visible()
            assert (await shop.get("/api/v1/orders")).status_code == 401

        receiver = endpoint.receiver
        receiver.always(500)
        receiver.text = "out of stock"
        await adam.goto("/administration/webhooks/new")
        await looks_right(adam, "new webhook")
        await adam.get_by_role("textbox", name="Address").fill(receiver.url)
        await adam.get_by_label("Only what is ticked below").check()
        await adam.get_by_role("checkbox", name="Jobs", exact=True).check()
        await adam.get_by_role("button", name="Make the webhook").click()
        await looks_right(adam, "webhook made")
        assert (await adam.locator(".secret code").inner_text()).startswith("whsec_")

        await endpoint.happens()
        await endpoint.until(failures=1)
        await adam.goto(f"/administration/webhooks/{endpoint.id}")
        row = adam.get_by_role("row", name=re.compile("The management groups were changed"))
        await expect(row.get_by_text("Answered with status 500")).to_be_visible()
        await looks_right(adam, "failed attempt")
        await adam.get_by_role("button", name="Send a ping").click()
        await expect(adam.get_by_text("The receiver did not take the ping")).to_be_visible()
        await looks_right(adam, "ping refused")
        receiver.always(204)
        await adam.get_by_role("button", name="Send a ping").click()
        await expect(adam.get_by_text("The receiver took the ping")).to_be_visible()
        await row.first.get_by_role("button", name=re.compile("^Send again")).click()
        await expect(adam.get_by_text("Events that are sent again: 1.")).to_be_visible()
        await eventually(
            lambda: run(
                portal.scene.database, "SELECT 1 FROM webhook_attempts WHERE next_attempt_at IS NOT NULL"
            ),
            lambda waiting: not waiting,
        )
        await adam.reload()
        await expect(row.first.get_by_text("Sent", exact=True)).to_be_visible()

        await adam.get_by_role("link", name="Rotate the secret…").click()
        await looks_right(adam, "rotate")
        await adam.get_by_role("button", name="Make another secret").click()
        await adam.get_by_role("link", name="I have copied it").click()
        await adam.get_by_role("button", name="Disable").click()
        await expect(adam.get_by_text("Disabled by a user: nothing is sent")).to_be_visible()
        await looks_right(adam, "disabled")
        await adam.get_by_role("link", name="Delete…").click()
        await adam.get_by_role("button", name="Delete").click()
        await expect(adam.get_by_text("The webhook is deleted.")).to_be_visible()
        await looks_right(adam, "webhooks")
        await adam.get_by_role("link", name="Types of events").click()
        await looks_right(adam, "event types")
