"""The bodies of orders about travel eSIMs: a dry run answers what would be ordered (T39, A3, A4)."""

from typing import Any

import pytest

from models.orders.views import OrderDetails
from portal.api.orders.details import LETTERS
from starter.desks import Desks
from tests.builders import run
from tests.callers.world import Known
from tests.portal.api.travel.journey import ICCID, NUMBER, Client, Journey

pytestmark = pytest.mark.covers("A3", "A4", "A7")


@pytest.mark.covers("T39", "T8", "T17")
async def test_a_dry_run_of_a_new_line_answers_the_plan_the_name_and_the_stock(
    owner: Client, journey: Journey, acme: Known, desks: Desks
) -> None:
    body = {"kind": "add_line", "subscriber": NUMBER, "plan": "euro week", "countries": ["Spain"]}

    shown = await owner.post("/orders", body, dry_run="true")

    assert shown["accepted"] is True
    assert (shown["line_name"], shown["esim_line"], shown["in_stock"]) == ("Spain", None, 1)
    assert (shown["plan"]["name"], shown["plan"]["price"], shown["plan"]["days"]) == ("Euro week", "9.90", 30)
    await owner.post(f"/travel-stock/{acme.stock}/discard")
    assert (await owner.post("/orders", body, dry_run="true"))["in_stock"] == 0
    (row,) = await run(
        desks.database,
        "SELECT count(*) AS orders FROM orders WHERE kind = 'add_line' AND status = 'submitted'",
    )
    assert row.orders == 0


@pytest.mark.covers("T39", "T14", "T34")
async def test_a_dry_run_of_a_further_plan_or_another_esim_answers_the_line(
    owner: Client, journey: Journey
) -> None:
    plan = await owner.post(
        "/orders", {"kind": "add_plan", "line": ICCID, "plan": "Euro week"}, dry_run="true"
    )
    esim = {"kind": "replace_line_esim", "line": journey.line, "reason": "new_phone"}

    assert (plan["esim_line"], plan["iccid"], plan["in_stock"]) == (journey.line, ICCID, None)
    assert await owner.post("/orders", esim, dry_run="true") == {
        "accepted": True,
        "esim_line": journey.line,
        "line_name": "France",
        "iccid": ICCID,
        "in_stock": 1,
    }


@pytest.mark.covers("T2", "T16", "T24")
async def test_what_cannot_be_ordered_is_refused_by_the_dry_run_with_its_code(
    owner: Client, journey: Journey, acme: Known, desks: Desks
) -> None:
    stock = (await owner.get(f"/travel-stock/{acme.stock}"))["iccid"]
    await owner.post(f"/travel-plans/{acme.travel_plan}/pin", {"profile": 2})
    line = {"kind": "add_line", "subscriber": NUMBER}
    bodies: list[tuple[dict[str, Any], str]] = [
        ({**line, "plan": "Euro week", "countries": ["JP"]}, "destination_not_covered"),
        ({**line, "plan": "Atlantis"}, "unknown_travel_plan"),
        ({**line, "plan": "Euro week", "complimentary": "yes"}, "body_invalid"),
        ({"kind": "add_plan", "line": ICCID, "plan": acme.travel_plan}, "profile_differs"),
        ({"kind": "add_plan", "line": stock, "plan": "Euro week"}, "esim_not_allocated"),
        ({"kind": "add_plan", "line": int(ICCID), "plan": "Euro week"}, "body_invalid"),
        ({"kind": "replace_line_esim", "line": ICCID, "reason": "bored"}, "unknown_esim_reason"),
        ({"kind": "add_nothing", "line": ICCID}, "body_invalid"),
    ]
    for body, refused in bodies:
        assert await owner.refused("POST", "/orders", body, dry_run="true") == refused, body


@pytest.mark.covers("A20")
async def test_an_iccid_as_a_number_is_refused_because_it_loses_digits(
    owner: Client, journey: Journey
) -> None:
    body = {"kind": "add_plan", "line": int(ICCID), "plan": "Euro week"}

    answer = await owner.send("POST", "/orders", body, dry_run="true")

    (error,) = answer.json()["errors"]
    assert (error["pointer"], error["rule"]) == ("/line", "iccid_number")
    assert "loses digits" in error["detail"]


def test_every_id_in_the_details_of_an_order_is_named_as_the_api_names_it() -> None:
    ids = {
        name for kind in OrderDetails.__subclasses__() for name in kind.model_fields if name.endswith("_id")
    }
    assert ids == set(LETTERS)
