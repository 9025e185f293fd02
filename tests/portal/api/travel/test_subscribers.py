"""Subscribers over HTTP, found by whatever names them, with their eSIM lines (T13, T41, A7)."""

from urllib.parse import quote

import pytest

from starter.desks import Desks
from tests.builders import run
from tests.portal.api.travel.journey import ICCID, NUMBER, Client, Journey
from tests.travel_world import add_subscriber

pytestmark = pytest.mark.covers("A7")


@pytest.mark.covers("T13")
async def test_a_subscriber_is_shown_with_lines_and_the_plans_on_them(
    owner: Client, journey: Journey
) -> None:
    rosa = await owner.get(f"/subscribers/{journey.subscriber}")

    assert (rosa["name"], rosa["phone_number"], rosa["complimentary_left"]) == ("Rosa 7", NUMBER, None)
    assert rosa["esim_line_count"] == 1
    (line,) = rosa["esim_lines"]
    assert (line["id"], line["iccid"], line["esim_state"]) == (journey.line, ICCID, "active")
    assert [(each["id"], each["name"], each["state"]) for each in line["plans"]] == [
        (journey.euro, "Euro week", "queued"),
        (journey.asia, "Asia week", "queued"),
    ]
    assert [each["id"] for each in (await owner.get("/esim-lines", subscriber=NUMBER))["data"]] == [
        journey.line
    ]


@pytest.mark.covers("T41")
@pytest.mark.parametrize("name", [NUMBER, "+1 212-555-0007", "SEVEN@home.example", "rosa 7", "Rosa%207"])
async def test_a_subscriber_is_found_by_number_address_and_name(
    name: str, owner: Client, journey: Journey
) -> None:
    path = name if "%" in name else quote(name, safe="")
    assert (await owner.get(f"/subscribers/{path}"))["id"] == journey.subscriber


async def test_a_name_with_a_slash_is_percent_encoded(owner: Client, desks: Desks) -> None:
    other = await add_subscriber(desks.database, 8)
    await run(desks.database, "UPDATE subscribers SET name = 'Ann c/o Bo' WHERE id = :id", id=other)

    assert (await owner.get("/subscribers/Ann%20c%2fo%20Bo"))["id"] == f"SB-{other}"


@pytest.mark.covers("T41")
async def test_the_list_is_searched_and_an_ambiguous_name_is_refused_with_the_ids(
    owner: Client, journey: Journey, desks: Desks
) -> None:
    twin = await add_subscriber(desks.database, 8)
    await run(desks.database, "UPDATE subscribers SET name = 'Rosa 7' WHERE id = :id", id=twin)

    found = (await owner.get("/subscribers", find="rosa 7"))["data"]
    answer = await owner.send("GET", "/subscribers/Rosa%207", None)

    assert [each["id"] for each in found] == [journey.subscriber, f"SB-{twin}"]
    assert (await owner.get("/subscribers", find="5550007"))["data"] == found[:1]
    assert (await owner.get("/subscribers", find="%"))["data"] == []
    named = answer.json()["refusals"][0]["parameters"]["references"]
    assert named == f"{journey.subscriber}, SB-{twin}"
