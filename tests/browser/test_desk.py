"""The provider desk in a browser, and the link in an order's e-mail, over a real worker (P9)."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, Page, expect

from models.orders.lifecycle import OrderStatus
from models.people.callers import Role
from tests.browser.ordering import Ordering, looks_right, ordering
from tests.builders import ACCOUNT, OPERATOR, item, line, world
from tests.system.conftest import idle_scene, scene, temporal
from tests.system.scene import Scene, msisdn
from tests.temporal_server import eventually

DESK, CONTACT, OLGA = "desk@telvia.example", "orders@telvia.example", "olga@acme.example"
ICCIDS = ("8933012345678901231", "8933012345678901249")
__all__ = ["idle_scene", "scene", "temporal"]


@pytest.fixture
async def portal(scene: Scene, chromium: Browser) -> AsyncIterator[Ordering]:
    """Dan works for the distributor; Olive, its order contact, has no account."""
    desks = await world(scene.database, *(line(number) for number in range(1, 5)), packs=(item(),))
    await desks.users.create_user(
        OPERATOR, ACCOUNT, "Dan", DESK, role=Role.PROVIDER_DESK, distributor="Telvia"
    )
    async with ordering(scene, chromium) as opened:
        yield opened


async def _status(portal: Ordering, order: str, status: OrderStatus) -> None:
    await eventually(lambda: portal.scene.desk.order(OPERATOR, order), lambda found: found.status is status)


@pytest.mark.covers("P9", "F12", "F15", "F18", "F22")
async def test_a_desk_works_down_its_queue_and_comes_back_to_the_same_place(portal: Ordering) -> None:
    first, second = [await portal.scene.placed(number, key=f"q{number}") for number in (1, 2)]
    async with portal.signed_in(DESK, by_form=True) as dan:
        await expect(dan).to_have_url(f"{portal.address}/desk")
        rows = dan.locator("#desk tbody tr")
        await expect(rows).to_have_count(2)
        await expect(rows.first).to_contain_text(msisdn(1))
        await looks_right(dan, "queue")
        await dan.get_by_role("link", name="To acknowledge").click()
        await dan.get_by_role("link", name=f"Acknowledge: {msisdn(1)}").click()
        await expect(dan.get_by_text("A temporary eSIM is created")).to_be_visible()
        await dan.get_by_role("button", name="Acknowledge").click()
        await expect(dan).to_have_url(f"{portal.address}/desk?view=acknowledge#row-{second}")
        await expect(dan.get_by_text(f"{first} is acknowledged")).to_be_visible()
        await expect(rows).to_have_count(1)
        await dan.get_by_role("link", name="To process").click()
        await dan.get_by_role("link", name=f"ICCID: {msisdn(1)}").click()
        await dan.get_by_label("ICCID of the eSIM").fill("8933")
        await dan.get_by_role("button", name="Enter the ICCID").click()
        await expect(dan.locator("#iccid-error")).to_contain_text("18 to 20 digits")
        await dan.get_by_label("ICCID of the eSIM").fill(ICCIDS[0])
        await dan.get_by_role("button", name="Enter the ICCID").click()
        await expect(rows.first).to_contain_text(ICCIDS[0])
        await dan.get_by_role("link", name=f"Processed: {msisdn(1)}").click()
        await expect(dan.get_by_text("This cannot be undone")).to_be_visible()
        await dan.get_by_label("I understand").check()
        await dan.get_by_role("button", name="Processed").click()
        await expect(dan.get_by_text(f"{first} is processed")).to_be_visible()
        await expect(dan.get_by_text("Nothing is to be processed")).to_be_visible()
        await looks_right(dan, "empty queue")
        await dan.get_by_role("link", name="Show all that waits").click()
        await dan.get_by_role("link", name=f"Cancel: {msisdn(2)}").click()
        await dan.get_by_label("I want to cancel").check()
        await dan.get_by_role("button", name="Cancel the order").click()
        await expect(dan.get_by_text("No order waits for you")).to_be_visible()
    await _status(portal, first, OrderStatus.PROCESSED)
    await _status(portal, second, OrderStatus.CANCELLED)
    sim = (await portal.scene.line(1)).sim
    assert sim is not None
    assert sim.iccid == ICCIDS[0]


@pytest.mark.covers("P9", "A21")
async def test_a_desk_answers_many_orders_by_a_file_that_is_shown_first(portal: Ordering) -> None:
    orders = [await portal.scene.placed(number, key=f"f{number}") for number in (1, 2, 3)]
    async with portal.signed_in(DESK, by_form=True) as dan:
        await dan.get_by_role("link", name="Steps by file").click()
        await looks_right(dan, "file")
        content = (
            "order,iccid,action\n"
            f"{orders[0]},{ICCIDS[0]},\n{orders[1]},8933,\n{orders[2]},,cancel\norder-none,,\n"
        )
        await dan.locator("[name=file]").set_input_files(
            {"name": "steps.csv", "mimeType": "text/csv", "buffer": content.encode()}
        )
        await expect(dan.get_by_text("Nothing is done yet")).to_be_visible()
        await expect(dan.locator("#refused-rows tbody tr")).to_have_count(2)
        await expect(dan.locator("#accepted-rows tbody tr")).to_have_count(2)
        await looks_right(dan, "preview")
        await dan.get_by_label("I have checked the rows").check()
        await dan.get_by_role("button", name="Do these rows: 2").click()
        await expect(dan.get_by_role("heading", name="Steps of orders")).to_be_visible()
        await _status(portal, orders[0], OrderStatus.PROVIDER_PROCESSING)
        await _status(portal, orders[2], OrderStatus.CANCELLED)

        async def done() -> str:
            await dan.reload()
            return await dan.inner_text("main")

        await eventually(done, lambda said: "2 of 2" in said or "Done" in said)
        await expect(dan.get_by_role("link", name=orders[0])).to_be_visible()
        await looks_right(dan, "report")
    assert (await portal.scene.desk.order(OPERATOR, orders[1])).status is OrderStatus.SUBMITTED
    assert (await portal.scene.desk.order(OPERATOR, orders[0])).iccid == ICCIDS[0]


@asynccontextmanager
async def _visitor(portal: Ordering, *, java_script_enabled: bool = True) -> AsyncIterator[Page]:
    """A browser in which nobody is signed in."""
    context = await portal.portal.chromium.new_context(
        viewport={"width": 1400, "height": 900},
        reduced_motion="reduce",
        base_url=portal.address,
        java_script_enabled=java_script_enabled,
    )
    page = await context.new_page()
    page.on("pageerror", lambda error: portal.portal.complaints.append(str(error)))
    try:
        yield page
    finally:
        await context.close()


async def _link(portal: Ordering, order: str) -> str:
    """The path of the link in the order's e-mail, on this portal."""
    mailbox = portal.scene.mailbox

    async def texts() -> list[str]:
        return [mail.text for mail in mailbox.mails if order in mail.subject and CONTACT in mail.to]

    found = await eventually(texts, bool)
    (token,) = re.findall(r"/o/([\w-]+)", found[-1])
    return f"/o/{token}"


@pytest.mark.covers("P9", "F12", "F18", "F48", "S5")
async def test_the_contact_who_got_the_order_answers_it_by_the_link_without_an_account(
    portal: Ordering,
) -> None:
    order = await portal.scene.placed(1, key="link")
    link = await _link(portal, order)
    async with _visitor(portal) as olive:
        await olive.goto(link)
        await expect(olive.get_by_text(order)).to_be_visible()
        await expect(olive.get_by_role("link", name="Processed")).to_have_count(0)
        await looks_right(olive, "link")
        await olive.get_by_role("link", name="Acknowledge").click()
        await looks_right(olive, "link: acknowledge")
        await olive.get_by_role("button", name="Acknowledge").click()
        await expect(olive.get_by_text("Thank you: the order is acknowledged.")).to_be_visible()
        await _status(portal, order, OrderStatus.PROVIDER_PROCESSING)
        await olive.get_by_role("link", name="Processed").click()
        await olive.get_by_label("I understand").check()
        await olive.get_by_role("button", name="Processed").click()
        await expect(olive.locator("#iccid-error")).to_contain_text("not known")
        await looks_right(olive, "link: refused")
        await olive.get_by_label("ICCID of the eSIM").fill(ICCIDS[0])
        await olive.get_by_label("I understand").check()
        await olive.get_by_role("button", name="Processed").click()
        await expect(olive.get_by_role("heading", name="The order is processed")).to_be_visible()
        await looks_right(olive, "link: over")
        await olive.goto(f"{link}/cancel")
        await expect(olive.get_by_role("button")).to_have_count(0)
    found = await portal.scene.desk.order(OPERATOR, order)
    people = await portal.scene.desk.people(OPERATOR, found)
    actors = {event.actor for event in found.events if event.type == "order.processed"}
    assert [CONTACT in people[actor] for actor in actors] == [True]


@pytest.mark.covers("P9", "F22", "F51")
async def test_a_contact_cancels_by_the_link_and_a_late_report_is_kept(portal: Ordering) -> None:
    order, other = [await portal.scene.placed(number, key=f"c{number}") for number in (1, 2)]
    link, late = await _link(portal, order), await _link(portal, other)
    async with _visitor(portal, java_script_enabled=False) as olive:
        await olive.goto(link)
        await olive.get_by_role("link", name="Cancel the order").click()
        await olive.get_by_label("Reason").fill("Not available in this country")
        await olive.get_by_label("I want to cancel").check()
        await olive.get_by_role("button", name="Cancel the order").click()
        await expect(olive.get_by_role("heading", name="The order is cancelled")).to_be_visible()
        await portal.scene.desk.acknowledge(OPERATOR, other)
        await olive.goto(f"{late}/processed")
        await portal.scene.desk.cancel(OPERATOR, other)
        await olive.get_by_label("ICCID of the eSIM").fill(ICCIDS[1])
        await olive.get_by_label("I understand").check()
        await olive.get_by_role("button", name="Processed").click()
        await expect(olive.get_by_role("alert")).to_contain_text("cancelled already")
    assert (await portal.scene.desk.order(OPERATOR, order)).cancel_reason == "Not available in this country"
    assert (await portal.scene.desk.order(OPERATOR, other)).incident


@pytest.mark.covers("P12")
async def test_an_owner_begins_at_the_dashboard_and_follows_a_number_to_its_list(portal: Ordering) -> None:
    await portal.scene.desks.users.create_user(OPERATOR, ACCOUNT, "Olga", OLGA, role=Role.OWNER)
    order = await portal.scene.placed(1, key="d1")
    second = await portal.scene.placed(2, key="d2")
    ten = "UPDATE orders SET status_since = status_since - interval '10 days' WHERE id = :id"
    await portal.scene.sql(ten, id=order)
    async with portal.signed_in(OLGA, by_form=True) as olga:
        await expect(olga).to_have_url(f"{portal.address}/dashboard")
        tiles = olga.locator(".tiles li")
        for number, words in enumerate(
            ("To be acknowledged2", "At the provider0", "Late orders1", "Held work0")
        ):
            await expect(tiles.nth(number)).to_contain_text(words)
        await expect(tiles.first).to_contain_text("longest: 10 days")
        await portal.scene.desk.cancel(OPERATOR, second)
        await olga.reload()
        await expect(tiles.first).to_contain_text("To be acknowledged1")
        await expect(olga.get_by_role("img", name="0 orders were processed, 1 cancelled")).to_be_visible()
        await olga.get_by_text("Show as a table").click()
        await expect(olga.locator("#days tbody tr")).to_have_count(30)
        await expect(olga.locator("#days tbody tr").first.get_by_role("cell").last).to_have_text("1")
        await looks_right(olga, "dashboard")
        await olga.get_by_role("link", name="To be acknowledged").click()
        await expect(olga.get_by_role("link", name=order)).to_have_count(0)
        await expect(olga.locator("#orders tbody tr")).to_have_count(1)
        link = await _link(portal, order)
        await olga.goto(f"/orders/{order}")
        await olga.get_by_role("link", name="Links of the e-mails").click()
        await looks_right(olga, "links")
        await olga.get_by_role("link", name="Revoke the link").click()
        await olga.get_by_role("button", name="Revoke the link").click()
        await expect(olga.get_by_text("it opens nothing any more")).to_be_visible()
        answer = await olga.goto(link)
        assert answer is not None
        assert answer.status == 410


@pytest.mark.covers("P11", "S4")
async def test_an_administrator_has_an_order_e_mailed_again_and_its_new_link_opens_it(
    portal: Ordering,
) -> None:
    scene = portal.scene
    await scene.desks.users.create_user(OPERATOR, ACCOUNT, "Olga", OLGA, role=Role.OWNER)
    order = await scene.placed(1, key="again")
    first = await _link(portal, order)
    await eventually(lambda: scene.events(order), lambda events: "mail.sent" in events)
    async with portal.signed_in(OLGA) as olga:
        await olga.goto(f"/orders/{order}/links")
        await olga.get_by_role("link", name="Revoke the link").click()
        await olga.get_by_role("button", name="Revoke the link").click()
        await olga.get_by_role("link", name="E-mail the order again").click()
        await expect(olga.get_by_text("with the role “Order” now: ")).to_be_visible()
        await looks_right(olga, "e-mail again")
        await olga.get_by_role("button", name="E-mail the order again").click()
        await expect(olga.get_by_role("alert")).to_contain_text("less than a minute ago")
        await scene.sql("UPDATE mails SET updated_at = updated_at - interval '2 minutes' RETURNING id")
        await olga.get_by_role("button", name="E-mail the order again").click()
        await expect(olga.get_by_text("is being e-mailed to the distributor again")).to_be_visible()
        await scene.mailbox.got(CONTACT, CONTACT)
        await expect(olga.get_by_text("The order is e-mailed to the distributor again")).to_be_visible()
        second = await _link(portal, order)
        for link, status in ((first, 410), (second, 200)):
            answer = await olga.goto(link)
            assert answer is not None
            assert answer.status == status, link
