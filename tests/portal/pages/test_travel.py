"""Pages of travel eSIMs: what the rules refuse, what is offered to whom, and that a thing is done once."""

import html
import re
from collections.abc import Mapping
from datetime import date

import httpx
import pytest

from models.people.callers import PERMISSIONS, Permission, Role
from starter.desks import Desks
from tests.builders import ACCOUNT, OPERATOR, iccid, run
from tests.callers.world import Known
from tests.portal.api.statements import counted
from tests.portal.api.travel.journey import ICCID, Journey
from tests.portal.api.travel.journey import journey as made
from tests.portal.pages.conftest import SignIn
from tests.portal.pages.hidden_fields import hidden
from tests.portal.pages.people import ANA, Browser
from tests.travel_world import (
    ASIA,
    SUE,
    add_esim_line,
    add_stock,
    add_subscriber,
    add_travel_plan,
    assign_plan,
)

SUPPORT = "support@acme.example"


@pytest.fixture
async def journey(acme: Known, desks: Desks) -> Journey:
    """Rosa with an eSIM in use and two queued plans."""
    return await made(desks)


def words(answer: httpx.Response) -> str:
    """What is read on the page."""
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)))


def chosen(plan: str, countries: str = "France", **other: str) -> dict[str, str]:
    """What the form of the plans sends."""
    return {"countries": countries, "plan": plan, "paying": "paid", "key": "one"} | other


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
    file = await sue.get("/travel/stock.csv?profile=10&state=free")
    assert [line.split(",")[1] for line in file.text.splitlines()[1:]] == rows
    assert file.headers["Content-Disposition"] == 'attachment; filename="travel-stock.csv"'
    ended = await sue.get("/travel/stock?state=ended")
    assert iccid(70_033) in ended.text
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
