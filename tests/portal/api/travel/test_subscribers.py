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


NEW = {
    "name": "Sam Roy",
    "phone_number": "+33 6 12 34 56 78",
    "plan": "Basic Plus",
    "email": "s@home.example",
}


@pytest.mark.covers("T41", "A3")
async def test_a_subscriber_is_added_once_per_key(owner: Client, desks: Desks) -> None:
    first = await owner.send("POST", "/subscribers", NEW, key="k")
    made = first.json()
    again = await owner.send("POST", "/subscribers", NEW, key="k")

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.headers["Location"] == f"/api/v1/subscribers/{made['id']}"
    assert (again.json(), again.headers["Idempotent-Replayed"]) == (made, "true")
    assert (made["phone_number"], made["plan"], made["bundles"]) == ("+33612345678", "basic_plus", 0)
    assert made["esim_lines"] == []
    assert await owner.get(f"/subscribers/{made['id']}") == made
    assert await owner.refused("POST", "/subscribers", {**NEW, "bundles": 1}, key="k") == "key_reused"
    assert await owner.refused("POST", "/subscribers", NEW, key="l") == "subscriber_exists"
    assert await owner.refused("POST", "/subscribers", NEW, key=" ") == "idempotency_key_needed"
    (row,) = await run(desks.database, "SELECT count(*) AS found FROM subscribers WHERE name = 'Sam Roy'")
    assert row.found == 1


@pytest.mark.covers("T41")
async def test_what_a_call_leaves_out_of_a_subscriber_stays_and_null_removes(
    owner: Client, journey: Journey
) -> None:
    path = f"/subscribers/{journey.subscriber}"
    before = await owner.get(path)

    changed = await owner.send("PATCH", path, {"plan": "basic", "bundles": 3, "language": "fr"})
    removed = await owner.send(
        "PATCH", path, {"email": None, "language": None, "phone_number": "+33612345678"}
    )

    given = {"plan": "basic", "bundles": 3, "language": "fr", "complimentary_left": 3}
    assert changed.json() == before | given
    gone = {"email": None, "language": "en", "phone_number": "+33612345678"}
    assert removed.json() == before | given | gone
    for field in ("name", "phone_number", "plan", "bundles"):
        assert await owner.refused("PATCH", path, {field: None}) == "body_invalid"
    assert await owner.refused("PATCH", path, {"bundles": 1001}) == "body_invalid"


@pytest.mark.covers("T41", "A5")
async def test_a_refused_subscriber_names_each_field_and_leaves_its_key_free(owner: Client) -> None:
    answer = await owner.send(
        "POST", "/subscribers", {**NEW, "phone_number": "12", "email": "nowhere"}, key="k"
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "subscriber_invalid")
    detail = answer.json()["detail"]
    assert detail.startswith("The subscriber is not valid: ")
    assert "phone: A phone number is written" in detail
    assert "email: This is not an e-mail address." in detail
    assert (await owner.send("POST", "/subscribers", NEW, key="k")).status_code == 201
