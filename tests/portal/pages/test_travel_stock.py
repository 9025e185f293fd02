"""Pages of the stock of travel eSIMs, of plans and subscribers: filters, thresholds, profiles, old forms."""

import html
import re
from collections.abc import Mapping
from datetime import date

import pytest

from starter.desks import Desks
from tests.builders import ACCOUNT, OPERATOR, iccid, run
from tests.callers.world import Known
from tests.portal.api.travel.journey import ICCID, Journey
from tests.portal.pages.conftest import SignIn
from tests.portal.pages.people import ANA, Browser
from tests.portal.pages.travel_pages import SUPPORT, journey, words
from tests.travel_world import (
    add_stock,
)

__all__ = ["journey"]


async def test_a_form_that_is_sent_twice_creates_one_plan_and_one_subscriber(
    browser: SignIn, acme: Known, desks: Desks
) -> None:
    ana = await browser(ANA)
    plan = {
        "name": "Alps",
        "countries": "France; Italy",
        "data": "3 GB",
        "price": "12.50",
        "currency": "EUR",
        "shelf_life_months": "6",
        "key": "plan-form",
    }
    person = {"name": "Nina", "phone": "+33639981234", "plan": "Unlimited All", "key": "person-form"}
    for path, form in (("/travel/new-plan", plan), ("/travel/new-subscriber", person)):
        places = {(await ana.post(path, data=form)).headers["Location"] for _ in range(2)}
        assert len(places) == 1, path
        page = await ana.get(places.pop())
        assert page.status_code == 200
        assert f"{form['name']} is" in words(page), "the flash"
    stored = await run(desks.database, "SELECT price, complimentary FROM travel_plans WHERE name = 'Alps'")
    assert [(str(row.price), row.complimentary) for row in stored] == [("12.50", False)]


async def _form(browser: Browser, path: str) -> Mapping[str, str]:
    """The fields of a form as it is shown: those of texts, and what is hidden."""
    text = (await browser.get(path)).text.partition("<main")[2]
    fields = dict(re.findall(r'name="(\w+)"[^>]* value="([^"]*)"', text))
    areas = dict(re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>\n([^<]*)</textarea>', text))
    fields |= {name: area.strip() for name, area in areas.items()}
    return {name: html.unescape(value) for name, value in fields.items()}


async def test_an_old_form_undoes_nothing_that_was_changed_meanwhile(
    browser: SignIn, journey: Journey, desks: Desks
) -> None:
    ana = await browser(ANA)
    rosa, plan = f"/travel/subscribers/{journey.subscriber}", "/travel/plans/TP-1"
    person, terms = await _form(ana, f"{rosa}/edit"), await _form(ana, f"{plan}/edit")
    await desks.subscribers.edit_subscriber(OPERATOR, journey.subscriber, email="new@home.example")
    await desks.travel_plans.edit_plan(OPERATOR, "TP-1", price="7.00")
    saved = await ana.post(f"{rosa}/edit", data={**person, "bundles": "4", "language": ""})
    assert saved.status_code == 303, words(saved)
    assert (await ana.post(f"{plan}/edit", data={**terms, "data": "4 GB"})).status_code == 303
    found = await desks.subscribers.subscriber(OPERATOR, journey.subscriber)
    assert (found.email, found.bundles) == ("new@home.example", 4)
    now = await desks.travel_plans.plan(OPERATOR, "TP-1")
    assert (str(now.price), now.data_mb) == ("7.00", 4000)


@pytest.mark.covers("T41")
async def test_what_is_wrong_with_a_subscriber_is_said_beside_each_field(
    browser: SignIn, acme: Known
) -> None:
    ana = await browser(ANA)
    form = {"name": "Nina", "phone": "12", "email": "no address", "plan": "?!", "bundles": "0"}
    answer = await ana.post("/travel/new-subscriber", data=form)
    assert answer.status_code == 422
    for field in ("phone", "email", "plan"):
        assert f'id="{field}-error"' in answer.text
        assert f'value="{form[field]}"' in answer.text, "what was typed stays"
    taken = {"name": "Nina", "phone": "+12125550001", "plan": "basic"}
    answer = await ana.post("/travel/new-subscriber", data=taken)
    assert answer.status_code == 422
    assert 'id="phone-error"' in answer.text


@pytest.mark.covers("T26")
async def test_a_threshold_is_set_by_whom_manages_and_must_be_a_number(browser: SignIn, acme: Known) -> None:
    ana = await browser(ANA)
    for field, value in (("threshold", "-1"), ("threshold", "many"), ("profile", "0"), ("profile", "100")):
        answer = await ana.post(
            "/travel/thresholds", data={"profile": "7", "threshold": "5"} | {field: value}
        )
        assert answer.status_code == 422
        assert f'id="{field}-error"' in answer.text
    assert (await ana.post("/travel/thresholds", data={"profile": "7", "threshold": "5"})).status_code == 303
    page = await ana.get("/travel/stock")
    assert "Low since" in words(page)
    assert 'value="5"' in (await ana.get("/travel/thresholds?profile=7")).text


@pytest.mark.covers("T12", "T36")
async def test_the_list_of_the_stock_and_its_file_have_the_filter_of_the_address(
    browser: SignIn, journey: Journey, desks: Desks
) -> None:
    sue, database = await browser(SUPPORT), desks.database
    await add_stock(database, 31, profile=10, ends_on=date(2027, 6, 2))
    await add_stock(database, 32, profile=10, ends_on=date(2027, 6, 1))
    await add_stock(database, 33, profile=10, ends_on=date(2020, 6, 1))
    free = await sue.get("/travel/stock?profile=10&state=free")
    rows = re.findall(r'<th role="rowheader"[^>]*><a href="[^"]*/S-\d+">(\d+)', free.text)
    assert rows == [iccid(70_032), iccid(70_031)], "the one that ends first is first"
    assert re.findall(r'id="(profile-\d+)"', free.text) == ["profile-10"], "the level of the chosen profile"
    file = await sue.get("/travel/stock.csv?profile=10&state=free")
    assert [line.split(",")[1] for line in file.text.splitlines()[1:]] == rows
    assert file.headers["Content-Disposition"] == 'attachment; filename="travel-stock.csv"'
    ended = await sue.get("/travel/stock?state=ended")
    assert iccid(70_033) in ended.text
    assert 'id="levels' not in ended.text, "levels of all profiles would stand above what is looked for"
    assert 'id="profile-10"' in (await sue.get("/travel/stock")).text
    one = await sue.get(f"/travel/stock?q={ICCID}")
    assert f'href="/travel/lines/{journey.line}">Rosa 7' in one.text
    (address,) = re.findall(r'href="(/travel/stock\.csv[^"]*)"', one.text)
    found = (await sue.get(address)).text.splitlines()[1:]
    assert [line.split(",")[1] for line in found] == [ICCID], "the file of a search has what it found"
    assert (await sue.get("/travel/stock?q=8933999")).status_code == 404
    assert (await sue.get("/travel/stock.csv?q=8933999")).status_code == 404
    for wrong in ("state=lost", "profile=x", "profile=100", "colour=red"):
        assert (await sue.get(f"/travel/stock?{wrong}")).status_code == 422
        assert (await sue.get(f"/travel/stock.csv?{wrong}")).status_code == 422
    assert (await sue.get("/travel/stock?cursor=x")).status_code == 422
    whole = await sue.get("/travel/stock.csv")
    assert len(whole.text.splitlines()) > 5


async def test_an_esim_that_is_on_a_line_is_not_discarded(browser: SignIn, journey: Journey) -> None:
    ana = await browser(ANA)
    assert "/discard" not in (await ana.get(f"/travel/stock/{ICCID}")).text
    assert "is on a line or reserved" in words(await ana.get(f"/travel/stock/{ICCID}/discard"))
    answer = await ana.post(f"/travel/stock/{ICCID}/discard")
    assert answer.status_code == 422
    assert "is on a line or reserved" in words(answer)


@pytest.mark.covers("T15", "T27")
async def test_a_plan_says_why_it_has_its_profile_and_is_pinned(
    browser: SignIn, acme: Known, desks: Desks
) -> None:
    ana, plan = await browser(ANA), acme.travel_plan
    rates = "country,network,imsi,data\n" + "".join(
        f"{country},Net,{profile},$0.0{profile}\n" for country in ("Japan", "KR", "TH") for profile in (2, 10)
    )
    await desks.travel_plans.import_rates(OPERATOR, ACCOUNT, rates.encode())
    page = words(await ana.get(f"/travel/plans/{plan}"))
    assert "The cheapest of 2 profiles with a rate in each of its countries." in page
    assert (await ana.post(f"/travel/plans/{plan}/pin", data={"profile": "2"})).status_code == 303
    assert "Pinned by hand. By the rates the cheapest one is 10." in words(
        await ana.get(f"/travel/plans/{plan}")
    )
    for wrong in ("0", "100", "ten"):
        answer = await ana.post(f"/travel/plans/{plan}/pin", data={"profile": wrong})
        assert answer.status_code == 422
        assert 'id="profile-error"' in answer.text
    assert (await ana.post(f"/travel/plans/{plan}/pin", data={"profile": ""})).status_code == 303
    await desks.travel_plans.edit_plan(OPERATOR, plan, countries=["JP", "FR"])
    page = words(await ana.get(f"/travel/plans/{plan}"))
    assert "Cannot be sold" in page
    assert "No rate: France" in page
    assert plan not in (await ana.get(f"/travel/subscribers/{acme.subscriber}/add-line?countries=JP")).text
