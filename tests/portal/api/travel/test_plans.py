"""A backend manages travel plans, and finds those that suit a journey (T3, T15, T42, A3, A7)."""

from typing import Any
from urllib.parse import quote

import pytest

from starter.desks import Desks
from tests.builders import ACCOUNT, OPERATOR, run
from tests.portal.api.keys import Keyring
from tests.portal.api.travel.journey import Client, Journey

pytestmark = pytest.mark.covers("A3", "A7")
RATES = b"country,network,imsi,data\nFrance,Telco,7,$0.004\nSpain,Movil,7,$0.002\nFrance,Telco,2,$0.001\n"
IBERIA = {"name": "Iberia 1", "countries": ["France", "es"], "data_mb": 1500}
BODY = {**IBERIA, "price": "9.90", "currency": "usd"}


async def created(owner: Client, **other: Any) -> Any:
    return await owner.post("/travel-plans", BODY | other, 201)


@pytest.mark.covers("T15")
async def test_a_plan_is_created_with_the_cheapest_profile_and_says_why(owner: Client, desks: Desks) -> None:
    await desks.travel_plans.import_rates(OPERATOR, ACCOUNT, RATES)

    answer = await owner.send("POST", "/travel-plans", BODY)

    assert answer.status_code == 201
    made = answer.json()
    assert answer.headers["Location"] == f"/api/v1/travel-plans/{made['id']}"
    assert {**IBERIA, "countries": ["ES", "FR"], "price": "9.90", "currency": "USD"}.items() <= made.items()
    assert (made["profile"], made["pinned_profile"], made["shelf_life_months"]) == (7, None, 12)
    seven, two = made["costs"]
    assert (seven["profile"], seven["per_mb"], seven["missing"]) == (7, "0.003000", [])
    assert seven["networks"][0] == {
        "country": "ES",
        "network": "Movil",
        "per_mb": "0.002000",
        "currency": "USD",
    }
    assert (two["profile"], two["per_mb"], two["missing"]) == (2, None, ["ES"])
    assert await owner.get(f"/travel-plans/{made['id']}") == made


async def test_a_repeated_key_answers_the_plan_as_it_is_now(owner: Client, desks: Desks) -> None:
    first = await owner.send("POST", "/travel-plans", BODY, key="again")
    plan = first.json()["id"]
    await owner.send("PATCH", f"/travel-plans/{plan}", {"name": "Iberia 2"})

    repeated = await owner.send("POST", "/travel-plans", BODY, key="again")

    assert repeated.status_code == 200
    assert repeated.headers["Idempotent-Replayed"] == "true"
    assert (repeated.json()["id"], repeated.json()["name"]) == (plan, "Iberia 2")
    assert "Idempotent-Replayed" not in first.headers
    other = {**BODY, "data_mb": 500}
    assert await owner.refused("POST", "/travel-plans", other, key="again") == "key_reused"
    assert await owner.refused("POST", "/travel-plans", other, key=" ") == "idempotency_key_needed"
    (row,) = await run(desks.database, "SELECT count(*) AS plans FROM travel_plans WHERE name LIKE 'Iberia%'")
    assert row.plans == 1


async def test_a_refused_plan_leaves_its_key_free(owner: Client) -> None:
    wrong = {**BODY, "countries": ["Atlantis"]}
    assert await owner.refused("POST", "/travel-plans", wrong, key="k") == "country_unknown"
    assert (await owner.send("POST", "/travel-plans", BODY, key="k")).status_code == 201


async def test_a_plan_is_edited_field_by_field(owner: Client) -> None:
    plan = f"/travel-plans/{(await created(owner))['id']}"

    changed = await owner.send("PATCH", plan, {"price": "12.50", "complimentary": True})

    assert changed.status_code == 200
    expected = {**IBERIA, "countries": ["ES", "FR"], "price": "12.50", "complimentary": True}
    assert expected.items() <= changed.json().items()
    assert (await owner.send("PATCH", plan, {})).json() == changed.json()
    kept = await owner.send("PATCH", plan, {"name": None})
    assert kept.status_code == 422
    assert kept.json()["errors"][0]["pointer"] == "/name"
    assert await owner.refused("PATCH", plan, {"countries": []}) == "no_countries"
    assert await owner.refused("PATCH", plan, {"price": "a lot"}) == "price_invalid"
    assert await owner.refused("PATCH", plan, {"price": 9.9}) == "body_invalid"
    assert await owner.refused("PATCH", plan, {"prize": "9.90"}) == "body_invalid"


@pytest.mark.covers("T15")
async def test_a_plan_is_pinned_unpinned_withdrawn_and_offered_again(owner: Client, desks: Desks) -> None:
    await desks.travel_plans.import_rates(OPERATOR, ACCOUNT, RATES)
    plan = f"/travel-plans/{(await created(owner))['id']}"

    pinned = await owner.post(f"{plan}/pin", {"profile": 2})
    assert (pinned["profile"], pinned["pinned_profile"], pinned["computed_profile"]) == (2, 2, 7)
    assert (await owner.post(f"{plan}/unpin"))["profile"] == 7
    assert await owner.refused("POST", f"{plan}/pin", {"profile": 10**30}) == "profile_invalid"

    withdrawn = await owner.post(f"{plan}/withdraw")
    assert withdrawn == await owner.post(f"{plan}/withdraw")  # idempotent
    assert withdrawn["withdrawn_at"] is not None
    on_sale = [each["id"] for each in (await owner.get("/travel-plans", withdrawn="false"))["data"]]
    gone = [each["id"] for each in (await owner.get("/travel-plans", withdrawn="true"))["data"]]
    assert withdrawn["id"] in gone
    assert withdrawn["id"] not in on_sale
    assert (await owner.post(f"{plan}/offer"))["withdrawn_at"] is None


async def test_a_plan_is_named_by_its_name_with_blanks_slashes_and_accents(owner: Client) -> None:
    made = await created(owner, name="Été / Data+Voix 100 %")

    path = f"/travel-plans/{quote(made['name'], safe='')}"

    assert (await owner.get(path))["id"] == made["id"]
    assert (await owner.post(f"{path}/pin", {"profile": 2}))["profile"] == 2
    assert (await owner.send("PATCH", path.lower(), {"data_mb": 500})).json()["data_mb"] == 500


async def test_a_platform_key_manages_the_plans_of_the_account_that_it_names(
    owner: Client, keys: Keyring
) -> None:
    platform = Client(owner.api, await keys.of_platform(account=ACCOUNT))

    made = await created(platform)

    assert (await owner.get(f"/travel-plans/{made['id']}"))["name"] == BODY["name"]
    named = [each["name"] for each in (await platform.get("/travel-plans"))["data"]]
    assert BODY["name"] in named


@pytest.mark.covers("T42")
async def test_the_plans_for_a_journey_name_the_line_they_go_on(owner: Client, journey: Journey) -> None:
    euro, more = (await owner.get("/travel-offers", country=["France", "DE"], subscriber=journey.subscriber))[
        "data"
    ]

    assert [euro["name"], more["name"]] == ["Euro 1", "Euro week"]
    assert euro["esim_line"] == journey.line
    assert (await owner.get("/travel-offers", country="FR"))["data"][0]["esim_line"] is None
    assert (await owner.get("/travel-offers", country=["FR", "JP"]))["data"] == []
    answer = await owner.send("GET", "/travel-offers", None, country=["Atlantis", "Congo"])
    assert [each["code"] for each in answer.json()["refusals"]] == ["country_unknown", "country_ambiguous"]
    assert await owner.refused("GET", "/travel-offers") == "body_invalid"
