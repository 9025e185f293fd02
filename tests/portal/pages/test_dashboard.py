"""The dashboard: what waits, what is late, what was done (P12)."""

import re
from datetime import timedelta

import pytest

from models.people.callers import USER_ROLES, Role
from starter.desks import Desks
from tests.builders import run
from tests.callers.world import Known
from tests.portal.api.statements import counted
from tests.portal.pages.conftest import SignIn
from tests.portal.pages.people import ANA, CLEO
from tests.portal.pages.test_desk import DESK, listed, more


def tiles(page: str) -> dict[str, tuple[str, str]]:
    """The number and what stands below it, by the words of the tile."""
    part = page.partition('<ul class="tiles">')[2].partition("</ul>")[0]
    found = {}
    for tile in re.findall(r"<li.*?</li>", part, re.DOTALL):
        number, *sub = re.findall(r"<strong>(.*?)</strong>|small\">(.*?)<", tile)
        words = re.sub(r"<[^>]+>", "", tile.partition("<strong>")[0]).strip()
        found[words] = (number[0], sub[0][1] if sub else "")
    return found


@pytest.mark.covers("P12")
async def test_open_held_and_late_work_is_counted_and_leads_to_its_list(
    browser: SignIn, acme: Known, desks: Desks
) -> None:
    ana = await browser(ANA)
    assert (await ana.get("/")).headers["Location"] == "/dashboard", "an owner's first page"
    late = desks.settings.acknowledgement_reminder_after + timedelta(hours=1)
    before = tiles((await ana.get("/dashboard")).text)
    ids = await more(desks, acme.order, 3, "provider_processing")
    await run(
        desks.database,
        "UPDATE orders SET status = 'submitted', status_since = esim_now() - CAST(:late AS interval),"
        " placed_at = esim_now() - CAST(:late AS interval) WHERE id = :id RETURNING id",
        id=ids[0],
        late=late,
    )
    page = (await ana.get("/dashboard")).text
    now = tiles(page)
    assert int(now["To be acknowledged"][0]) == int(before["To be acknowledged"][0]) + 1
    assert int(now["At the provider"][0]) == int(before["At the provider"][0]) + 2
    assert int(now["Late orders"][0]) == int(before["Late orders"][0]) + 1
    assert now["To be acknowledged"][1].startswith("longest: ")
    assert int(now["Held work"][0]) > 0
    for path in (
        "/orders?status=submitted",
        "/orders?status=provider_processing",
        "/orders?view=late",
        "/held",
    ):
        assert f'href="{path}"' in page, path
    list_of_late = (await ana.get("/orders?view=late")).text
    assert f'href="/orders/{ids[0]}"' in list_of_late
    assert f'href="/orders/{ids[1]}"' not in list_of_late


@pytest.mark.covers("P12")
async def test_the_orders_of_thirty_days_are_drawn_and_stand_in_a_table(
    browser: SignIn, acme: Known, desks: Desks
) -> None:
    ana = await browser(ANA)
    before = _days((await ana.get("/dashboard")).text)
    done = await more(desks, acme.order, 3, "processed")
    await run(
        desks.database,
        "UPDATE orders SET status_since = esim_now() - interval '3 days' WHERE id = ANY(:ids) RETURNING id",
        ids=done[:2],
    )
    await run(
        desks.database,
        "UPDATE orders SET status_since = esim_now() - interval '40 days' WHERE id = :id RETURNING id",
        id=done[2],
    )
    await run(
        desks.database,
        "UPDATE orders SET status = 'cancelled', status_since = esim_now() WHERE id = :id RETURNING id",
        id=acme.order,
    )
    page = (await ana.get("/dashboard")).text
    now = _days(page)
    assert len(now) == len(before) == 30
    more_of = [(days[0] - was[0], days[1] - was[1]) for days, was in zip(now, before, strict=True)]
    assert more_of[0] == (0, 1)
    assert more_of[3] == (2, 0)
    assert sum(done for done, _ in more_of) == 2, "what ended forty days ago is not among them"
    chart = page.partition('<div class="chart">')[2].partition("</svg>")[0]
    assert chart.count("<rect") == sum(bool(done) + bool(gone) for done, gone in now)
    assert f"{sum(done for done, _ in now)} orders were processed" in chart
    assert 'style="' not in chart


@pytest.mark.covers("P12")
async def test_the_dashboard_says_that_only_the_newest_are_counted(
    browser: SignIn, acme: Known, desks: Desks
) -> None:
    ana, said = await browser(ANA), "Of each kind, the newest 10,000 are counted"
    assert said not in (await ana.get("/dashboard")).text
    await more(desks, acme.order, 10_001, "processed")
    await run(
        desks.database,
        "UPDATE orders SET status_since = esim_now() - interval '1 hour'"
        " WHERE id LIKE 'order-aaa%' RETURNING id",
    )
    page = (await ana.get("/dashboard")).text
    assert "Processed: 10,000" in page
    assert said in page
    await ana.post("/account/language", data={"language": "fr"})
    assert "plus récentes sont comptées" in (await ana.get("/dashboard")).text


def _days(page: str) -> list[tuple[int, int]]:
    """Processed and cancelled orders of each day of the table, today first."""
    table = page.partition('<table id="days"')[2].partition("</table>")[0]
    rows = re.findall(r'<tr role="row" id="day-[\d-]+">(.*?)</tr>', table, re.DOTALL)
    numbers = [re.findall(r'class="cell-number"[^>]*>(\d+)<', cells) for cells in rows]
    return [(int(done), int(gone)) for done, gone in numbers]


@pytest.mark.covers("P12", "T1")
@pytest.mark.parametrize("role", USER_ROLES)
async def test_a_role_sees_of_it_what_it_may_look_at(role: Role, browser: SignIn, acme: Known) -> None:
    person = await browser(f"{role}@acme.example")
    page = (await person.get("/dashboard")).text
    seen = tiles(page)
    assert ("Held work" in seen) == (role in {Role.OWNER, Role.ADMINISTRATOR})
    assert ("QR codes requested" in seen) == (role is not Role.PROVIDER_DESK)
    of_travel = {Role.OWNER, Role.ADMINISTRATOR, Role.SUPPORT}
    assert ('id="stock-levels"' in page) == (role in of_travel)
    assert ('id="licence-counts"' in page) == (role is not Role.PROVIDER_DESK)


async def test_another_firm_counts_nothing_of_it(browser: SignIn, acme: Known) -> None:
    seen = tiles((await (await browser(CLEO)).get("/dashboard")).text)
    assert {number for number, _ in seen.values()} == {"0"}


@pytest.mark.covers("P12", "P9")
async def test_both_pages_cost_as_many_statements_for_many_orders_as_for_one(
    browser: SignIn, acme: Known, desks: Desks
) -> None:
    ana, desk = await browser(ANA), await browser(DESK)
    costs = []
    for further in (0, 24, 75):
        await run(desks.database, "DELETE FROM orders WHERE id LIKE 'order-aaa%' RETURNING id")
        await more(desks, acme.order, further)
        with counted(desks.database) as statements:
            await ana.get("/dashboard")
        of_dashboard = len(statements)
        with counted(desks.database) as statements:
            page = (await desk.get("/desk")).text
        assert len(listed(page)) == min(50, 1 + further)
        costs.append((of_dashboard, len(statements)))
    assert len(set(costs)) == 1, costs
