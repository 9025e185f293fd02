"""Pages of orders: what an address says, and the steps that are impossible now."""
# ruff: noqa: RUF001  French apostrophes

import pytest

from models.people.callers import PERMISSIONS, Permission, Role
from starter.desks import Desks
from store.orders import notes
from tests.builders import OPERATOR, place, run
from tests.callers.world import Known
from tests.portal.pages.conftest import SignIn
from tests.portal.pages.people import ANA, CLEO
from tests.portal.pages.samples import SAMPLES

DESK, MANAGER = "provider_desk@acme.example", "manager@acme.example"


@pytest.mark.covers("P7")
async def test_the_address_of_the_confirmation_leads_to_the_shop(browser: SignIn) -> None:
    ana = await browser(ANA)
    for query, leads_to in (
        ("", "/shop"),
        ("?line=L-1&action=switch&comment=Private", "/shop?line=L-1&action=switch"),
    ):
        answer = await ana.get(f"/shop/review{query}")
        assert (answer.status_code, answer.headers["Location"]) == (303, leads_to)


def _cart(known: Known, **other: str) -> dict[str, str]:
    """What the entry screens send for the second line."""
    return {**SAMPLES["POST /shop/review"].form(known), "line": "L-2", **other}


@pytest.mark.covers("F11", "P7", "P15")
@pytest.mark.parametrize(
    ("language", "until"),
    [
        ("en", "You can cancel the order until the distributor acknowledges it."),
        ("fr", "Vous pouvez annuler la commande jusqu’à l’accusé de réception du distributeur."),
    ],
)
async def test_the_confirmation_says_until_when_the_order_can_be_cancelled(
    language: str, until: str, browser: SignIn, acme: Known
) -> None:
    ana = await browser(MANAGER)
    await ana.post("/account/language", data={"language": language})
    page = (await ana.post("/shop/review", data=_cart(acme))).text
    assert 'action="/shop/place"' in page
    assert until in page
    listed = page.partition('<ul class="consequences">')[2].partition("</ul>")[0]
    assert "m6 4 4 4-4 4" not in listed, "no chevron: it looks like something to open"


@pytest.mark.covers("F9", "P7")
async def test_a_line_that_was_ordered_for_elsewhere_leads_to_its_order(
    browser: SignIn, acme: Known, desks: Desks
) -> None:
    ana = await browser(MANAGER)
    order = (await place(desks.database, 2)).order_id  # in another tab
    answer = await ana.post("/shop/review", data=_cart(acme))
    assert answer.status_code == 422
    assert "Nothing can be ordered for this line now" in answer.text
    assert f'href="/orders/{order}"' in answer.text
    assert "Please correct" not in answer.text


@pytest.mark.covers("P8", "F43", "F51")
async def test_a_step_that_is_impossible_now_says_why_instead_of_its_form(
    browser: SignIn, acme: Known, desks: Desks
) -> None:
    desk, ana = await browser(DESK), await browser(MANAGER)
    here = f"/orders/{acme.order}"
    for step in ("iccid", "processed"):
        page = (await desk.get(f"{here}/{step}")).text
        assert "The provider has not acknowledged the order yet" in page
        assert f'action="{here}/{step}"' not in page
    assert f'action="{here}/acknowledge"' in (await desk.get(f"{here}/acknowledge")).text
    assert f'action="{here}/cancel"' in (await ana.get(f"{here}/cancel")).text
    await run(desks.database, "UPDATE orders SET status = 'cancelled' WHERE id = :id", id=acme.order)
    for person, step in ((desk, "acknowledge"), (desk, "iccid"), (desk, "cancel"), (ana, "cancel")):
        page = (await person.get(f"{here}/{step}")).text
        assert "The order is cancelled already" in page, step
        assert f'action="{here}/{step}"' not in page, step
    late = (await desk.get(f"{here}/processed")).text
    assert f'action="{here}/processed"' in late, "a late report is recorded as an incident"


@pytest.mark.covers("P8")
async def test_only_the_staff_of_the_platform_is_shown_the_way_to_the_workflow(
    browser: SignIn, acme: Known, monkeypatch: pytest.MonkeyPatch
) -> None:
    for address in (ANA, MANAGER):
        page = (await (await browser(address)).get(f"/orders/{acme.order}")).text
        assert f"/workflows/{acme.order}" not in page, address
    staff = PERMISSIONS[Role.OWNER] | {Permission.SEE_OPERATIONS}
    monkeypatch.setattr("starter.callers.PERMISSIONS", {**PERMISSIONS, Role.OWNER: staff})
    page = (await (await browser(ANA)).get(f"/orders/{acme.order}")).text
    assert f"/workflows/{acme.order}" in page


async def _refer(desks: Desks, order: str, text: str) -> None:
    """Keep this text as the note of an order."""
    async with desks.database.transaction() as connection:
        note = await notes.add_note(connection, order, text)
    await run(
        desks.database, "UPDATE orders SET note_id = :note WHERE id = :id RETURNING id", note=note, id=order
    )


@pytest.mark.covers("P8", "F11")
async def test_orders_are_listed_by_how_their_purchase_reference_begins(
    browser: SignIn, acme: Known, desks: Desks
) -> None:
    ana, other = await browser(ANA), (await place(desks.database, 2)).order_id
    await _refer(desks, acme.order, "Ref. PO_47/11 %\nBefore noon.")
    await _refer(desks, other, "Ref. POX47/11\nPO_47")
    for typed in ("po_47", " PO_47/11 %"):
        page = (await ana.get("/orders", params={"reference": typed})).text
        assert f'href="/orders/{acme.order}"' in page, typed
        assert f'href="/orders/{other}"' not in page, "a wildcard is a character like others"
    assert 'class="chip-value" dir="auto"> PO_47/11 %<' in page
    assert "/orders/order-" not in (await ana.get("/orders?reference=PO_47&status=processed")).text
    assert "/orders/order-" not in (await ana.get("/orders?reference=PO_47&status=refused")).text
    assert f'href="/orders/{acme.order}"' in (await (await browser(DESK)).get("/orders?reference=po_")).text
    assert "/orders/order-" not in (await (await browser(CLEO)).get("/orders?reference=po_")).text


@pytest.mark.covers("P8")
async def test_a_refused_order_is_named_by_its_line(browser: SignIn, acme: Known) -> None:
    page = (await (await browser(ANA)).get(f"/orders/{acme.refused}")).text
    assert "L-4" in page
    assert "line:4" not in page


@pytest.mark.covers("P6")
async def test_what_a_bulk_order_placed_is_shown_however_many_orders_came_after_it(
    browser: SignIn, acme: Known, desks: Desks
) -> None:
    newer = """
    INSERT INTO orders SELECT (json_populate_record(o, json_build_object(
      'id', 'order-' || lpad(i::text, 16, 'a'), 'status', 'cancelled',
      'placed_at', o.placed_at + i * interval '1 second'))).* FROM orders o, generate_series(1, 120) i
    WHERE o.id = :id RETURNING id"""
    await run(desks.database, newer, id=acme.order)
    ana = await browser(ANA)
    page = (await ana.get(f"/bulk/switch_to_esim/done?order={acme.order}&order=order-none")).text
    title = (await desks.orders.order(OPERATOR, acme.order)).title
    assert title.startswith("+33")
    assert title in page.partition('id="placed"')[2]
    foreign = (await (await browser(CLEO)).get(f"/bulk/switch_to_esim/done?order={acme.order}")).text
    assert title not in foreign
