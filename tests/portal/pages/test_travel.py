"""Pages that sell travel eSIMs: who sees them, what the rules refuse, and what is offered."""

import html
import re

import pytest

from models.people.callers import PERMISSIONS, Permission, Role
from starter.desks import Desks
from tests.builders import run
from tests.callers.world import Known
from tests.portal.api.travel.journey import ICCID, Journey
from tests.portal.pages.conftest import SignIn
from tests.portal.pages.hidden_fields import hidden
from tests.portal.pages.travel_pages import SUPPORT, chosen, journey, words
from tests.travel_world import (
    ASIA,
    add_subscriber,
    add_travel_plan,
)

__all__ = ["journey"]


@pytest.mark.covers("T1")
async def test_who_may_not_see_travel_esims_has_no_way_to_them(browser: SignIn, journey: Journey) -> None:
    for role in (Role.MANAGER, Role.VIEWER):
        assert Permission.VIEW_TRAVEL not in PERMISSIONS[role]
        person = await browser(f"{role}@acme.example")
        assert "/travel" not in (await person.get("/inventory")).text
        assert (await person.get(f"/travel/subscribers/{journey.subscriber}")).status_code == 403


async def test_support_sells_and_changes_neither_stock_nor_plans(browser: SignIn, journey: Journey) -> None:
    sue = await browser(SUPPORT)
    line = (await sue.get(f"/travel/lines/{journey.line}")).text
    for action in ("add-plan", "suspend", "replace", "resend", "revoke"):
        assert f"/{action}" in line
    for path in ("/travel", "/travel/stock", "/travel/plans"):
        page = (await sue.get(path)).text
        for link in ("/imports/", "/travel/new-", "/travel/thresholds"):
            assert link not in page, (path, link)
    for path in ("/travel/thresholds", "/travel/new-plan", "/travel/new-subscriber"):
        assert (await sue.get(path)).status_code == 403


@pytest.mark.covers("T2", "T18", "T19", "T20")
async def test_a_complimentary_esim_that_is_not_allowed_is_refused_with_rule_and_count(
    browser: SignIn, acme: Known, desks: Desks
) -> None:
    sue, rosa = await browser(SUPPORT), await add_subscriber(desks.database, 41, plan="basic")
    plan = f"TP-{await add_travel_plan(desks.database, 'Euro week')}"
    path = f"/travel/subscribers/SB-{rosa}/add-line"
    page = await sue.get(f"{path}?countries=France")
    assert "Bundles of the subscriber: 0; complimentary eSIMs: 0" in words(page)
    assert 'value="complimentary"' not in page.text
    answer = await sue.post(f"{path}/review", data=chosen(plan, paying="complimentary"))
    assert answer.status_code == 422
    assert "Bundles of the subscriber: 0; complimentary eSIMs: 0" in words(answer)
    assert f'value="{plan}" required checked' in answer.text, "what was chosen stays"
    paid = await sue.post(f"{path}/review", data=chosen(plan))
    assert paid.status_code == 200
    assert "$9.90" in words(paid)


@pytest.mark.covers("T16", "T24")
async def test_a_plan_that_does_not_fit_is_refused_and_points_to_add_line(
    browser: SignIn, journey: Journey, desks: Desks
) -> None:
    sue = await browser(SUPPORT)
    asia = f"TP-{await add_travel_plan(desks.database, 'Asia month', countries=ASIA, profile=10)}"
    path = f"/travel/lines/{journey.line}/add-plan"
    answer = await sue.post(f"{path}/review", data=chosen(asia, "Japan"))
    assert answer.status_code == 422
    assert "The plan needs profile 10, and the eSIM of this line has profile 7" in words(answer)
    assert f'href="/travel/subscribers/{journey.subscriber}/add-line?countries=Japan"' in answer.text
    await run(
        desks.database,
        "UPDATE sims SET state = 'discarded', holder = NULL, discarded_at = esim_now() WHERE iccid = :iccid",
        iccid=ICCID,
    )
    page = await sue.get(path)
    assert "The line has no eSIM in use" in words(page)
    assert 'name="countries"' not in page.text
    line = await sue.get(f"/travel/lines/{journey.line}")
    assert "/add-plan" not in line.text
    assert "The line has no eSIM in use" in words(line)


@pytest.mark.covers("T39")
async def test_an_order_whose_price_changed_since_it_was_shown_is_shown_again(
    browser: SignIn, journey: Journey, desks: Desks
) -> None:
    sue = await browser(SUPPORT)
    plan = await add_travel_plan(desks.database, "Euro fortnight")
    path = f"/travel/subscribers/{journey.subscriber}/add-line"
    shown = hidden((await sue.post(f"{path}/review", data=chosen(f"TP-{plan}"))).text.partition("<main")[2])
    assert "9.90 USD" in shown["shown"]
    assert (await sue.post(path, data=shown)).status_code == 503, "as shown; Temporal is unavailable"
    await run(desks.database, "UPDATE travel_plans SET price = 12.50 WHERE id = :id RETURNING id", id=plan)
    answer = await sue.post(path, data=shown)
    assert answer.status_code == 422
    assert "The price or the effect is not what was shown any more." in words(answer)
    assert "$12.50" in words(answer)
    again = hidden(answer.text.partition("<main")[2])
    assert again["key"] == shown["key"]
    assert (await sue.post(path, data=again)).status_code == 503, "as shown now"


@pytest.mark.covers("T38")
@pytest.mark.parametrize(
    ("countries", "said"),
    [
        ("France, Nowhere", "No country has this name in English or French: Nowhere"),
        ("Congo", "Several countries have the name Congo"),
        (";;", "This value is not valid"),
        (", ".join(["FR"] * 51), "This value is not valid"),
    ],
)
async def test_a_country_that_is_none_is_named_beside_the_field(
    countries: str, said: str, browser: SignIn, journey: Journey
) -> None:
    sue = await browser(SUPPORT)
    answer = await sue.get(
        f"/travel/subscribers/{journey.subscriber}/add-line", params={"countries": countries}
    )
    assert answer.status_code == 422
    assert said in words(answer)
    assert 'id="countries-error"' in answer.text


@pytest.mark.covers("T42")
async def test_plans_are_offered_cheapest_first_page_by_page(
    browser: SignIn, journey: Journey, desks: Desks
) -> None:
    sue = await browser(SUPPORT)
    for number in range(25):
        plan = await add_travel_plan(desks.database, f"Trip {number}", data_mb=1000 + number)
        await run(
            desks.database,
            "UPDATE travel_plans SET price = :price WHERE id = :id",
            price=50 - number,
            id=plan,
        )
    path = f"/travel/subscribers/{journey.subscriber}/add-line?countries=Spain%3B+Germany"
    first = await sue.get(path)
    prices = [float(price) for price in re.findall(r'class="aside">\$([\d.]+)', first.text)]
    assert prices == sorted(prices)
    assert len(prices) == 20
    assert f"Add Euro week to {journey.line}, without a new eSIM" in words(first)
    more = html.unescape(re.search(r'href="([^"]+cursor=[^"]+)"', first.text)[1])  # type: ignore[index]
    second = await sue.get(more)
    rest = [float(price) for price in re.findall(r'class="aside">\$([\d.]+)', second.text)]
    assert len(rest) == 7, "25, and two that were there"
    assert prices[-1] <= rest[0]
