"""The page of an order opens for every kind of order, in both languages."""

import pytest

from models.language import Language
from models.orders.kinds import KINDS
from models.orders.lifecycle import OrderKind
from models.people.callers import Role
from models.travel.kinds import AddLine, AddPlan, ReplaceLineEsim
from models.travel.profiles import EsimReason
from starter.desks import Desks
from starter.orders.book import OrderBook
from tests import licences_world, travel_orders
from tests.builders import ACCOUNT, OPERATOR, place, run
from tests.callers.world import Known
from tests.portal.pages.conftest import SignIn
from tests.portal.pages.people import ANA
from tests.store.licences.order_ways import assigned
from tests.travel_world import SUE, add_esim_line, add_subscriber, add_travel_plan
from wording.labels import kind_label


async def _orders(desks: Desks) -> dict[str, str]:
    """An order of every kind in the account, by kind; a switch and a line with an eSIM are there already."""
    database, worlds = desks.database, licences_world
    for name, address, role in (
        ("Adam", worlds.ADAM, Role.ADMINISTRATOR),
        ("Sue", SUE, Role.SUPPORT),
    ):
        await desks.users.create_user(OPERATOR, ACCOUNT, name, address, role=role)
    agent = await worlds.add_agent(database, "Theo", "theo@acme.example")
    await assigned(database, number := await worlds.add_number(database, 31, agent))
    assert (await worlds.accepted(database, await worlds.replacement(database, number))).accepted
    await place(database, 3, OrderKind.REPLACE_ESIM)
    line = await add_esim_line(database, rosa := await add_subscriber(database, 31), 31)
    plan = await add_travel_plan(database, "Euro month")
    await travel_orders.processed(database, AddPlan(esim_line_id=line, plan_id=plan))
    await travel_orders.ordered(database, ReplaceLineEsim(esim_line_id=line, reason=EsimReason.NEW_PHONE))
    await travel_orders.ordered(database, AddLine(subscriber_id=rosa, plan_id=plan))
    placed = "SELECT kind, id FROM orders WHERE what != '{}' ORDER BY placed_at"  # not those of samples
    return {row.kind: row.id for row in await run(database, placed)}


@pytest.mark.covers("P8", "L4", "T6", "T34")
async def test_the_page_of_every_kind_of_order_opens(browser: SignIn, acme: Known, desks: Desks) -> None:
    ana, orders = await browser(ANA), await _orders(desks)
    assert orders.keys() == KINDS.keys()
    for language in Language:
        await ana.post("/account/language", data={"language": language.value})
        for kind, order in orders.items():
            page = await ana.get(f"/orders/{order}")
            assert page.status_code == 200, kind
            assert kind_label(kind, language) in page.text


@pytest.mark.covers("P14")
async def test_a_page_that_fails_keeps_the_menu_and_logs_no_message(
    browser: SignIn, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ana, message = await browser(ANA), " ".join(["a", "secret"])  # the log has the lines of the code

    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError(message)

    monkeypatch.setattr(OrderBook, "orders", broken)
    page = await ana.get("/orders")
    assert page.status_code == 500
    assert 'href="/inventory"' in page.text
    assert "A request failed with RuntimeError" in caplog.text
    assert message not in page.text + caplog.text
