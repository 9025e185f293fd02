"""The stock of travel eSIMs over HTTP: what is free, for whom the rest is, alerts, discards (T12, T26)."""

from datetime import date

import pytest

from starter.desks import Desks
from tests.builders import run
from tests.callers.world import Known
from tests.portal.api.travel.journey import ICCID, Client, Journey
from tests.travel_world import add_stock

pytestmark = pytest.mark.covers("A7")


@pytest.mark.covers("T12")
async def test_the_stock_says_whom_each_esim_is_allocated_to(
    owner: Client, journey: Journey, acme: Known
) -> None:
    on_line = await owner.get(f"/travel-stock/{ICCID}")

    assert (on_line["state"], on_line["esim_line"], on_line["subscriber"]) == (
        *("on_line", journey.line),
        journey.subscriber,
    )
    assert on_line["order"].startswith("order-")
    (free,) = (await owner.get("/travel-stock", state="free"))["data"]
    assert (free["id"], free["esim_line"], free["order"]) == (acme.stock, None, None)
    assert free == await owner.get(f"/travel-stock/{free['iccid'][:4]} {free['iccid'][4:]}")
    assert isinstance(free["iccid"], str)
    assert (await owner.get("/travel-stock", profile=2))["data"] == []
    assert await owner.refused("GET", "/travel-stock", profile=100) == "profile_invalid"
    assert await owner.refused("GET", "/travel-stock", state="lost") == "body_invalid"
    assert await owner.refused("GET", f"/travel-stock/{acme.sim}") == "unknown_sim"  # a SIM of a line


async def test_an_esim_without_an_end_is_listed_after_those_that_end(owner: Client, desks: Desks) -> None:
    await add_stock(desks.database, 8, ends_on=date(2031, 1, 1))
    await add_stock(desks.database, 9, ends_on=date(2030, 1, 1))

    found = (await owner.get("/travel-stock"))["data"]

    assert [each["ends_on"] for each in found] == ["2030-01-01", "2031-01-01", None, None]


@pytest.mark.covers("T26")
async def test_a_threshold_is_set_and_the_profile_says_since_when_it_is_low(
    owner: Client, acme: Known
) -> None:
    answer = await owner.send("PATCH", "/travel-profiles/7", {"threshold": 2})

    assert answer.status_code == 200
    seven = answer.json()
    assert (seven["profile"], seven["free"], seven["threshold"]) == (7, 1, 2)
    assert seven["low_since"] is not None
    assert (await owner.get("/travel-profiles", profile=7))["data"] == [seven]
    assert (await owner.send("PATCH", "/travel-profiles/7", {"threshold": 0})).json()["low_since"] is None
    for wrong in (-1, 10**30):
        refused = await owner.refused("PATCH", "/travel-profiles/7", {"threshold": wrong})
        assert refused == "threshold_invalid"
    assert await owner.refused("PATCH", "/travel-profiles/0", {"threshold": 1}) == "profile_invalid"
    assert await owner.refused("PATCH", "/travel-profiles/x", {"threshold": 1}) == "body_invalid"


@pytest.mark.covers("T12")
async def test_an_esim_is_discarded_after_a_dry_run_and_never_one_on_a_line(
    owner: Client, journey: Journey, acme: Known, desks: Desks
) -> None:
    discard = f"/travel-stock/{acme.stock}/discard"

    assert await owner.post(discard, dry_run="true") == {"accepted": True}
    assert (await owner.get(f"/travel-stock/{acme.stock}"))["state"] == "free"
    assert (await owner.post(discard))["state"] == "discarded"
    assert (await owner.post(discard))["state"] == "discarded"  # idempotent
    for query in ({}, {"dry_run": "true"}):
        refused = await owner.refused("POST", f"/travel-stock/{ICCID}/discard", **query)
        assert refused == "stock_esim_used"
    (row,) = await run(
        desks.database, "SELECT count(*) AS discards FROM events WHERE type = 'stock.discarded'"
    )
    assert row.discards == 1
