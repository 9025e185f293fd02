"""Pages of an eSIM line: what is offered, revoked, replaced, sent again, and its history."""

import html
import re

import pytest

from starter.desks import Desks
from tests.builders import OPERATOR, run
from tests.callers.world import Known
from tests.portal.api.statements import counted
from tests.portal.api.travel.journey import ICCID, Journey
from tests.portal.pages.conftest import SignIn
from tests.portal.pages.travel_pages import SUPPORT, journey, words
from tests.travel_world import (
    SUE,
    add_esim_line,
    add_stock,
    add_subscriber,
    add_travel_plan,
    assign_plan,
)

__all__ = ["journey"]


@pytest.mark.covers("T32")
async def test_only_a_queued_plan_of_this_line_is_revoked(
    browser: SignIn, journey: Journey, desks: Desks
) -> None:
    sue = await browser(SUPPORT)
    await desks.reports.connect(OPERATOR, journey.line, "FR", key="in France")
    line = await sue.get(f"/travel/lines/{journey.line}")
    assert f"/plans/{journey.asia}/revoke" in line.text
    assert f"/plans/{journey.euro}/revoke" not in line.text
    active = f"/travel/lines/{journey.line}/plans/{journey.euro}/revoke"
    assert "only a queued plan can be revoked" in words(await sue.get(active))
    answer = await sue.post(active)
    assert answer.status_code == 422
    assert "cannot be revoked" in words(answer)
    other = await add_esim_line(desks.database, await add_subscriber(desks.database, 8), 8, by=SUE)
    assert (await sue.get(f"/travel/lines/EL-{other}/plans/{journey.asia}/revoke")).status_code == 404
    assert (await sue.post(f"/travel/lines/EL-{other}/plans/{journey.asia}/revoke")).status_code == 404
    assert (await sue.post(f"/travel/lines/{journey.line}/plans/{journey.asia}/revoke")).status_code == 303


@pytest.mark.covers("T34")
async def test_an_esim_is_replaced_only_after_a_confirmation(browser: SignIn, journey: Journey) -> None:
    sue = await browser(SUPPORT)
    path = f"/travel/lines/{journey.line}/replace"
    form = {"reason": "new_phone", "key": "again"}
    answer = await sue.post(path, data=form)
    assert answer.status_code == 422
    assert "Tick the box" in words(answer)
    assert 'value="new_phone" required checked' in answer.text
    answer = await sue.post(path, data=form | {"confirmed": "yes"})
    assert answer.status_code == 503, "Temporal is unavailable"
    assert 'name="key" value="again"' in answer.text, "it can be sent again"


@pytest.mark.covers("T43")
async def test_only_the_confirmation_of_an_order_about_the_line_is_sent_again(
    browser: SignIn, journey: Journey, acme: Known
) -> None:
    sue = await browser(SUPPORT)
    for order in (acme.order, "order-aaaaaaaaaaaaaaaa", "no such e-mail"):
        answer = await sue.post(f"/travel/lines/{journey.line}/resend", data={"email": order, "key": "k"})
        assert answer.status_code == 422
        assert 'id="email-error"' in answer.text


@pytest.mark.covers("T40")
async def test_a_line_whose_esim_was_withdrawn_says_so_and_offers_another(
    browser: SignIn, journey: Journey, desks: Desks
) -> None:
    sue, database = await browser(SUPPORT), desks.database
    await run(database, "UPDATE sims SET state = 'in_stock', holder = NULL WHERE iccid = :iccid", iccid=ICCID)
    await run(
        database, "UPDATE esim_lines SET ended_at = esim_now() WHERE id = :id", id=int(journey.line[3:])
    )
    page = await sue.get(f"/travel/lines/{journey.line}")
    assert "The eSIM was withdrawn on" in words(page)
    assert "/replace" in page.text
    assert "/suspend" not in page.text
    assert "The line gets an eSIM again." in words(await sue.get(f"/travel/lines/{journey.line}/replace"))


@pytest.mark.covers("T28")
async def test_a_lapsed_plan_is_told_from_an_expired_one(
    browser: SignIn, journey: Journey, desks: Desks
) -> None:
    sue, line = await browser(SUPPORT), int(journey.line[3:])
    plan = await add_travel_plan(desks.database, "Old", months=1)
    for name in ("lapsed", "expired"):
        on_line = await assign_plan(desks.database, line, plan)
        change = "lapses_at = esim_now() - interval '1 day'"
        if name == "expired":
            change = (
                "started_at = esim_now() - interval '31 days', ends_at = esim_now() - interval '1 day',"
                " assigned_at = esim_now() - interval '40 days'"
            )
        else:
            change += ", assigned_at = esim_now() - interval '40 days'"
        await run(desks.database, f"UPDATE plan_assignments SET {change} WHERE id = :id", id=on_line)
    page = words(await sue.get(f"/travel/lines/{journey.line}"))
    assert "Lapsed, never used" in page
    assert "Not used by" in page
    assert "Expired" in page


async def test_the_history_of_a_line_is_read_page_by_page(
    browser: SignIn, journey: Journey, desks: Desks
) -> None:
    sue = await browser(SUPPORT)
    for number in range(60):
        await desks.reports.connect(OPERATOR, journey.line, "901", key=f"at sea {number}")
    await desks.line_changes.suspend(OPERATOR, journey.line, "Lost in Rome.")
    first = await sue.get(f"/travel/lines/{journey.line}")
    assert "Lost in Rome." in words(first)
    older = re.search(r'href="([^"]+before=[^"#]+)', first.text)
    assert older is not None
    second = await sue.get(html.unescape(older[1]))
    later = re.search(r'href="([^"]+before=[^"#]+)', second.text)
    assert later is not None
    third = await sue.get(html.unescape(later[1]))
    shown = [page.text.count("Connected at sea") for page in (first, second, third)]
    assert sum(shown) == 60
    assert shown[0] == 29


async def test_a_list_costs_the_same_statements_however_long_it_is(
    browser: SignIn, journey: Journey, desks: Desks
) -> None:
    sue = await browser(SUPPORT)
    paths = ("/travel", "/travel?q=rosa", "/travel/stock", "/travel/plans", f"/travel/lines/{journey.line}")
    cost: dict[str, set[int]] = {path: set() for path in paths}
    for few in (1, 25, 60):
        for number in range(few):
            await add_subscriber(desks.database, 1000 + few * 100 + number)
            await add_stock(desks.database, 1000 + few * 100 + number)
            await add_travel_plan(desks.database, f"Plan {few} {number}")
            await desks.reports.connect(OPERATOR, journey.line, "901", key=f"{few} {number}")
        for path in paths:
            with counted(desks.database) as statements:
                assert (await sue.get(path)).status_code == 200
            cost[path].add(len(statements))
    assert {path: len(found) for path, found in cost.items()} == dict.fromkeys(paths, 1), cost
