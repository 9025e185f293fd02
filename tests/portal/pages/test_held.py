"""Held work: each row leads to the page where the work can be seen (P15)."""

import re
from collections.abc import Mapping

import pytest

from models.errors import Unavailable
from models.orders.lifecycle import HoldReason
from starter import callers
from starter.desks import Desks
from store.operations import holds
from tests.builders import run
from tests.callers.world import ZED, Known
from tests.portal.pages.conftest import SignIn
from tests.portal.pages.people import ANA, CLEO, Browser


async def seen(browser: Browser) -> Mapping[str, str]:
    """Where each row leads; "" where it is no link."""
    text = (await browser.get("/held")).text
    found = re.findall(r'<tr role="row" id="row-([\w-]+)"(?: data-href="[^"]*?(/[^"]*)")?', text)
    return {work: href.removeprefix("https://portal.example") for work, href in found}


@pytest.mark.covers("P15")
async def test_held_work_leads_to_the_page_where_it_is_seen(
    browser: SignIn, desks: Desks, acme: Known
) -> None:
    with pytest.raises(Unavailable):
        await desks.mailed.invite(await callers.user(desks.database, ANA), ZED)
    (mail,) = await run(desks.database, "SELECT id FROM user_mails")
    job = acme.job.replace("J-", "job-")
    change = "number-change-abcdefghijklmnop"
    await run(
        desks.database,
        "INSERT INTO number_changes (id, account_id, number_id, change, actor)"
        " SELECT :id, account_id, id, 'delete', 'operator' FROM numbers RETURNING id",
        id=change,
    )
    async with desks.database.transaction() as connection:
        for work in (acme.order, job, mail.id, acme.licence_request, change):
            await holds.hold(connection, work, "submit", HoldReason.MAIL_REJECTED)
    (sim,) = await run(desks.database, "SELECT sim_id FROM qr_requests WHERE id = :id", id=acme.request)
    ana = await browser(ANA)
    places = await seen(ana)
    assert places[acme.order] == f"/orders/{acme.order}"
    assert places[acme.request] == f"/sims/S-{sim.sim_id}/qr"
    assert places[job] == f"/jobs/{acme.job}"
    assert places[mail.id] == f"/people/{acme.user}"
    assert places[acme.licence_request] == "/licences/requests"
    assert places[change] == f"/numbers/{acme.number}"
    for work, path in places.items():
        if path:
            assert (await ana.get(path)).status_code == 200, work
    assert not set(places) & set(await seen(await browser(CLEO)))


@pytest.mark.covers("P15")
async def test_what_two_steps_wait_for_is_said_once(browser: SignIn, desks: Desks, acme: Known) -> None:
    async with desks.database.transaction() as connection:
        for step in ("submit", "email:user:1"):
            await holds.hold(connection, acme.order, step, HoldReason.MAIL_REJECTED)
    text = (await (await browser(ANA)).get("/held")).text
    row = text.partition(f'id="row-{acme.order}"')[2].partition("</tr>")[0]
    assert row.count("The mail server refused a recipient") == 1


@pytest.mark.covers("P15", "W5")
async def test_a_held_order_says_its_number_and_leads_to_where_the_reason_is_mended(
    browser: SignIn, desks: Desks, acme: Known
) -> None:
    async with desks.database.transaction() as connection:
        await holds.hold(connection, acme.order, "submit", HoldReason.NO_ORDER_CONTACT)
    ana = await browser(ANA)
    text = (await ana.get("/held")).text
    row = text.partition(f'id="row-{acme.order}"')[2].partition("</tr>")[0]
    assert "Order · +33639980004" in row
    assert 'href="/administration/distributors"' in row
    assert (await ana.get("/administration/distributors")).status_code == 200


@pytest.mark.covers("P8", "P15")
async def test_no_held_order_is_said_and_a_held_one_sends_who_may_not_retry_to_an_administrator(
    browser: SignIn, desks: Desks, acme: Known
) -> None:
    ana = await browser(ANA)
    await run(desks.database, "DELETE FROM holds")
    assert "No order is held" in (await ana.get("/orders?view=held")).text
    assert "There are no such orders" in (await ana.get("/orders?view=held&line=L-2")).text
    async with desks.database.transaction() as connection:
        await holds.hold(connection, acme.order, "submit", HoldReason.NO_ORDER_CONTACT)
    ask = "Ask an administrator of your account to do it."
    assert ask not in (await ana.get(f"/orders/{acme.order}")).text
    manager = await browser("manager@acme.example")
    assert ask in (await manager.get(f"/orders/{acme.order}")).text
