"""What the API says of an order: what it waits for, what may be called, its events (A8, A9)."""

import httpx
import pytest

from starter.desks import Desks
from tests.builders import run
from tests.callers.world import Known
from tests.portal.api.keys import Keyring


@pytest.mark.covers("A9")
async def test_an_order_says_what_it_waits_for_and_which_calls_are_possible(
    api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    order = (await api.get(f"/orders/{acme.order}", headers=await keys.of())).json()

    assert order["waits_for"]["what"] in ("sending", "acknowledgement")
    assert {call["name"] for call in order["next"]} == {"cancel"}


@pytest.mark.covers("A9", "T17")
async def test_an_order_from_stock_waits_for_no_acknowledgement(
    api: httpx.AsyncClient, keys: Keyring, desks: Desks, acme: Known
) -> None:
    headers = await keys.of()
    await run(desks.database, "UPDATE orders SET distributor_id = NULL WHERE id = :id", id=acme.order)

    order = (await api.get(f"/orders/{acme.order}", headers=headers)).json()

    assert (order["status"], order["waits_for"]) == ("submitted", None)


@pytest.mark.covers("A8")
async def test_events_are_included_where_they_are_asked_for(
    api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    headers = await keys.of()
    plain = (await api.get(f"/orders/{acme.order}", headers=headers)).json()
    full = (await api.get(f"/orders/{acme.order}?expand=events", headers=headers)).json()
    unknown = await api.get(f"/orders/{acme.order}?expand=secrets", headers=headers)

    assert plain["events"] is None
    assert full["events"][0]["type"] == "order.submitted"
    assert unknown.status_code == 422
