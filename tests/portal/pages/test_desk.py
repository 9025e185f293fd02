"""The queue of the provider desk (P9)."""

import re

import pytest

from starter.desks import Desks
from tests.builders import OPERATOR, place, run
from tests.callers.world import Known
from tests.portal.pages.conftest import SignIn
from tests.portal.pages.people import ANA, BEN, Browser

DESK = "provider_desk@acme.example"
MORE = """
INSERT INTO orders SELECT (json_populate_record(o, json_build_object(
  'id', 'order-' || lpad(translate(i::text, '0189', 'wxyz'), 16, 'a'), 'subject', NULL,
  'status', CAST(:status AS text), 'placed_at', o.placed_at - i * interval '1 hour',
  'status_since', o.placed_at - i * interval '1 hour'))).*
FROM orders o, generate_series(1, CAST(:number AS int)) i WHERE o.id = :id RETURNING id"""
"""Older orders, an hour apart."""


async def more(desks: Desks, order: str, number: int, status: str = "submitted") -> list[str]:
    """Add so many older orders; the ids, the oldest first."""
    rows = await run(desks.database, MORE, id=order, number=number, status=status)
    return [row.id for row in reversed(rows)]


def listed(page: str) -> list[str]:
    """The orders of the queue, in their sequence."""
    return re.findall(r'<tr role="row" id="row-(order-[a-z0-9]+)"', page)


@pytest.mark.covers("P9")
async def test_the_orders_that_wait_for_the_distributor_are_listed_the_oldest_first(
    browser: SignIn, acme: Known, desks: Desks
) -> None:
    desk = await browser(DESK)
    assert (await desk.get("/")).headers["Location"] == "/desk", "the desk's first page"
    older = await more(desks, acme.order, 3)
    await run(desks.database, "UPDATE orders SET status = 'cancelled' WHERE id = :id", id=older[1])
    page = (await desk.get("/desk")).text
    assert listed(page) == [older[0], older[2], acme.order]
    assert "3 hours" in page
    assert 'aria-label="Acknowledge: +33639980004"' in page
    assert listed((await desk.get("/desk?view=process")).text) == []
    assert "Nothing is to be processed" in (await desk.get("/desk?view=process")).text
    assert (await desk.get("/desk?view=nonsense")).status_code == 422
    await desk.post("/account/language", data={"language": "fr"})
    assert "heures" in (await desk.get("/desk")).text


@pytest.mark.covers("P9")
async def test_the_queue_is_read_page_by_page_and_a_step_leads_back_to_its_place(
    browser: SignIn, acme: Known, desks: Desks
) -> None:
    desk, ids = await browser(DESK), await more(desks, acme.order, 60)
    first = (await desk.get("/desk?view=acknowledge")).text
    assert listed(first) == ids[:50]
    following = re.findall(r'href="(/desk\?view=acknowledge&amp;cursor=[^"]+)"', first)[-1]
    second = (await desk.get(following.replace("&amp;", "&"))).text
    assert listed(second) == [*ids[50:], acme.order]
    link = re.search(rf'href="(/orders/{ids[50]}/cancel\?back=[^"]+)"', second)
    assert link
    form = (await desk.get(link[1])).text
    back = following + f"#row-{ids[51]}"
    assert f'href="{back}"' in form, "the row that follows: this one leaves"
    refused = await desk.post(link[1], data={"reason": ""})
    assert f'href="{back}"' in refused.text, "also after an error"


@pytest.mark.covers("P14")
@pytest.mark.parametrize(
    "back",
    ["https://evil.example", "//evil.example", "/\\evil.example", "/no/page", "javascript:x", "/desk#a b"],
)
async def test_a_step_leads_back_to_a_page_of_ours_only(back: str, browser: SignIn, acme: Known) -> None:
    desk = await browser(DESK)
    page = (await desk.get(f"/orders/{acme.order}/acknowledge", params={"back": back})).text
    assert "evil.example" not in page
    assert "javascript:" not in page
    assert "#a b" not in page


@pytest.mark.covers("P9", "P14")
async def test_only_who_answers_orders_has_a_queue(browser: SignIn, acme: Known, desks: Desks) -> None:
    for address in (ANA, BEN):
        person = await browser(address)
        assert (await person.get("/desk")).status_code == 403
        assert 'href="/desk"' not in (await person.get("/orders")).text
    other = (await place(desks.database, 2)).order_id
    await run(
        desks.database, "INSERT INTO distributors (account_id, name) VALUES (1, 'Elsewhere') RETURNING id"
    )
    await run(
        desks.database,
        "UPDATE orders SET distributor_id = (SELECT id FROM distributors WHERE name = 'Elsewhere')"
        " WHERE id = :id RETURNING id",
        id=other,
    )
    assert listed((await (await browser(DESK)).get("/desk")).text) == [acme.order]
    every = await desks.orders.queue(OPERATOR)
    assert {order.id for order in every.orders} == {acme.order, other}, "a program may ask for all"
    of_one = await desks.orders.queue(OPERATOR, distributor="elsewhere")
    assert [order.id for order in of_one.orders] == [other]


async def test_an_order_about_a_number_says_what_its_steps_do(
    browser: SignIn, acme: Known, desks: Desks
) -> None:
    desk = await browser(DESK)
    swap = await _said(desk, acme.order)
    assert "SIM in place" in swap
    await run(
        desks.database, "UPDATE orders SET kind = 'assign_licence' WHERE id = :id RETURNING id", id=acme.order
    )
    assert "The number stays as it is" in await _said(desk, acme.order)


async def _said(desk: Browser, order: str) -> str:
    return (await desk.get(f"/orders/{order}/cancel")).text
