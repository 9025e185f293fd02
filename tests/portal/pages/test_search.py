"""The search box in a browser (P3)."""

import pytest

from models.language import Language
from models.orders.lifecycle import OrderStatus
from starter.desks import Desks
from tests.builders import run
from tests.callers.world import Known
from tests.portal.pages.conftest import SignIn
from tests.portal.pages.people import ANA, BEN, CLEO
from wording.labels import order_status


@pytest.mark.covers("P3")
async def test_the_search_box_leads_to_what_it_found(browser: SignIn, acme: Known) -> None:
    ana = await browser(ANA)
    one = await ana.get("/search", params={"q": "0639980002"})
    assert one.headers["Location"].startswith("/inventory/D-")
    several = (await ana.get("/search", params={"q": "Employee"})).text
    assert "/inventory/D-1?slot=1" in several
    zed = await ana.get("/search", params={"q": "zed"})
    assert zed.headers["Location"] == f"/people/{acme.user}"
    ben = await (await browser(BEN)).get("/search", params={"q": "zed"})
    assert ben.headers["Location"] == f"/people/{acme.user}", "who may only look sees the person there, too"
    for typed, leads_to in (
        (acme.order, f"/orders/{acme.order}"),
        (acme.line.lower(), f"/lines/{acme.line}"),
        (acme.sim, f"/inventory/sims/{acme.sim}"),
        (acme.device, f"/inventory/{acme.device}"),
        (acme.user, f"/people/{acme.user}"),
        (acme.job, f"/jobs/{acme.job}"),
    ):
        found = await ana.get("/search", params={"q": typed})
        assert found.headers["Location"] == leads_to, "an id leads to what has it"
        assert (await ana.get(leads_to)).status_code in (200, 303)
    assert "Nothing was found" in (await ana.get("/search", params={"q": "no such thing"})).text
    cleo = await browser(CLEO)
    assert "Nothing was found" in (await cleo.get("/search", params={"q": "0639980002"})).text
    for typed in (acme.order, acme.line, acme.sim, acme.device, acme.user, acme.job):
        assert "Nothing was found" in (await cleo.get("/search", params={"q": typed})).text, typed


@pytest.mark.covers("P3", "P15")
async def test_the_search_says_a_state_in_the_readers_language(
    browser: SignIn, acme: Known, desks: Desks
) -> None:
    ana, begins = await browser(ANA), acme.order[:9]
    await ana.post("/account/language", data={"language": "fr"})
    found = (await ana.get("/search", params={"q": begins})).text
    assert order_status(OrderStatus.SUBMITTED, Language.FR) in found
    await run(desks.database, "DELETE FROM sim_groups WHERE sim_id = 2")
    await run(
        desks.database,
        "UPDATE sims SET state = 'discarded', holder = NULL, employee_id = NULL, discarded_at = esim_now()"
        " WHERE id = 2",
    )
    (sim,) = await run(desks.database, "SELECT iccid FROM sims WHERE id = 2")
    hits = (await ana.get("/search", params={"q": sim.iccid[:9]})).text
    assert "Mise au rebut" in hits
    assert "discarded" not in hits


@pytest.mark.covers("P3")
async def test_an_order_is_found_in_the_list_by_its_number(browser: SignIn, acme: Known) -> None:
    ana = await browser(ANA)
    page = (await ana.get("/orders", params={"line": acme.order.upper()})).text
    assert f'href="/orders/{acme.order}"' in page
    assert (await ana.get("/orders", params={"line": "order-aaaaaaaaaaaaaaaa"})).status_code == 404
