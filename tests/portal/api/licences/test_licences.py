"""Licences over HTTP: bought, counted, changed and given back, once per key (L2, L3, L32, L36, L37)."""

import csv
from typing import Any

import httpx
import pytest

from models.people.callers import Role
from tests.builders import ACCOUNT
from tests.callers.world import Known
from tests.portal.api.keys import Keyring


async def _post(
    api: httpx.AsyncClient, headers: dict[str, str], path: str, key: str | None = None, **body: Any
) -> httpx.Response:
    sent = headers if key is None else headers | {"Idempotency-Key": key}
    return await api.post(path, headers=sent, json=body or None)


async def _buy(
    api: httpx.AsyncClient, headers: dict[str, str], key: str, quantity: int = 2
) -> httpx.Response:
    return await _post(api, headers, "/licence-purchases", key, add_on="voice_sms", quantity=quantity)


@pytest.mark.covers("L2", "L3")
async def test_an_owner_buys_once_per_key(api: httpx.AsyncClient, keys: Keyring, acme: Known) -> None:
    headers = await keys.of()

    bought = await _buy(api, headers, "b-1")
    again = await _buy(api, headers, "b-1")

    assert (bought.status_code, again.status_code) == (201, 200)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json() == bought.json()
    purchase = bought.json()
    assert purchase["currency"] == "EUR"
    assert isinstance(purchase["amount"], str)
    assert len(purchase["licences"]) == purchase["quantity"] == 2
    shown = await api.get(bought.headers["Location"].removeprefix("/api/v1"), headers=headers)
    assert shown.json() == purchase
    other = await _buy(api, headers, "b-1", quantity=3)
    assert (other.status_code, other.json()["code"]) == (422, "key_used_for_purchase")
    administrator = await keys.of(Role.ADMINISTRATOR)
    assert (await _buy(api, administrator, "b-2")).json()["refusals"][0]["parameters"] == {
        "permission": "buy_licences"
    }
    assert (
        await _post(api, headers, "/licence-purchases", add_on="voice_sms", quantity=1)
    ).status_code == 400
    for quantity in (0, 1001, "2", 1.5, True, 10**30):
        wrong = await _buy(api, headers, "b-3", quantity)  # type: ignore[arg-type]
        assert wrong.json()["errors"][0]["pointer"] == "/quantity"


@pytest.mark.covers("L2", "L32")
async def test_licences_are_listed_counted_and_given_back(
    api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    headers = await keys.of()
    bought = (await _buy(api, headers, "b-1")).json()["licences"]

    async def listed(**query: str) -> list[str]:
        return [
            one["id"] for one in (await api.get("/licences", headers=headers, params=query)).json()["data"]
        ]

    assert await listed() == await listed(status="free") == [acme.licence, *bought]
    assert await listed(add_on="voice_sms_data") == []
    given = await _post(api, headers, "/licences/give-back", "g-1", add_on="voice_sms", quantity=2)
    repeated = await _post(api, headers, "/licences/give-back", "g-1", add_on="voice_sms", quantity=2)
    assert [one["id"] for one in given.json()["data"]] == bought, "the newest first"
    assert repeated.json() == given.json()
    assert (given.headers.get("Idempotent-Replayed"), repeated.headers["Idempotent-Replayed"]) == (
        None,
        "true",
    )
    assert await listed(status="given_back") == bought
    one = await _post(api, headers, f"/licences/{acme.licence}/give-back", "g-2")
    assert (one.json()["status"], one.json()["usable_until"] is not None) == ("given_back", True)
    assert (await api.get(f"/licences/{acme.licence}", headers=headers)).json() == one.json()
    counts = (await api.get("/add-ons", headers=headers)).json()["data"]
    assert [(each["add_on"], each["bought"], each["given_back"]) for each in counts] == [
        ("voice_sms", 3, 3),
        ("voice_sms_data", 0, 0),
        ("voice_sms_data_pro", 0, 0),
    ]


@pytest.mark.covers("L35", "L36", "L40")
async def test_prices_are_set_by_the_platform_and_an_upgrade_is_charged(
    api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    headers, platform = await keys.of(), await keys.of_platform(account=ACCOUNT)
    price = {"add_on": "voice_sms_data", "amount": "16.5"}

    dry = await api.post("/licence-prices", headers=platform, params={"dry_run": True}, json=price)
    assert (dry.json()["before"], [one["amount"] for one in dry.json()["after"]]) == ([], ["16.50"])
    query = {"add_on": "voice_sms_data"}
    assert (await api.get("/licence-prices", headers=headers, params=query)).json()["data"] == []
    assert (await api.post("/licence-prices", headers=headers, json=price)).status_code == 403
    made = (await api.post("/licence-prices", headers=platform, json=price)).json()
    assert made == dry.json()["price"]
    assert (await api.get("/licence-prices", headers=headers, params=query)).json()["data"] == [made]
    as_number = await api.post("/licence-prices", headers=platform, json=price | {"amount": 16.5})
    assert as_number.json()["errors"][0]["pointer"] == "/amount", "an amount is a text: no cents are rounded"

    changed = await _post(api, headers, f"/licences/{acme.licence}/change", add_on="voice_sms_data")
    assert (changed.json()["change"], changed.json()["licence"]["add_on"]) == ("upgrade", "voice_sms_data")
    same = await _post(api, headers, f"/licences/{acme.licence}/change", add_on="voice_sms_data")
    assert same.json()["change"] is None, "it is this already, and nothing is charged"
    charges = (await api.get("/licence-charges", headers=headers)).json()
    assert [charge["reason"] for charge in charges["charges"]] == ["first", "upgrade"]
    assert charges["charges"][1]["amount"] == changed.json()["amount"]
    assert charges["total"] == f"{sum(float(one['amount']) for one in charges['charges']):.2f}"
    assert charges["charges"][0]["licence"] == acme.licence
    of_one = await api.get("/licence-charges", headers=headers, params={"licence": acme.licence})
    assert of_one.json() == charges
    file = await api.get("/licence-charges", headers=headers, params={"format": "csv"})
    assert file.headers["Content-Type"].startswith("text/csv")
    assert f'"licence-charges-{charges["month"]}.csv"' in file.headers["Content-Disposition"]
    _, *rows = csv.reader(file.text.splitlines())
    assert [(row[1], row[6]) for row in rows] == [
        (one["licence"], one["amount"]) for one in charges["charges"]
    ]
    before = await api.get("/licence-charges", headers=headers, params={"month": "2020-01"})
    assert (before.json()["month"], before.json()["total"]) == ("2020-01", "0.00")
    for month in ("2026-13", "November", "2026-1"):
        wrong = await api.get("/licence-charges", headers=headers, params={"month": month})
        assert (wrong.status_code, wrong.json()["code"]) == (422, "month_invalid")


@pytest.mark.covers("L34")
async def test_billing_is_fixed_by_the_first_purchase(
    api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    headers, platform = await keys.of(), await keys.of_platform(account=ACCOUNT)
    bolt = await keys.of_platform(account="Bolt")

    shown = (await api.get("/licence-billing", headers=headers)).json()
    assert (shown["currency"], shown["time_zone"], shown["fixed"]) == ("EUR", "Europe/Paris", True)
    same = await api.patch("/licence-billing", headers=platform, json={"currency": "EUR"})
    assert same.json() == shown
    fixed = await api.patch("/licence-billing", headers=platform, json={"currency": "CHF"})
    assert (fixed.status_code, fixed.json()["code"]) == (422, "billing_fixed")
    ours = await api.patch("/licence-billing", headers=bolt, json={"cycle_day": 5, "currency": "CHF"})
    assert ours.json() == {"cycle_day": 5, "time_zone": "Europe/Paris", "currency": "CHF", "fixed": False}
    for day in (0, 32, "5", None):
        wrong = await api.patch("/licence-billing", headers=bolt, json={"cycle_day": day})
        assert wrong.json()["errors"][0]["pointer"] == "/cycle_day"


@pytest.mark.covers("L37", "A19")
async def test_a_request_for_licences_is_recorded_though_temporal_is_away(
    api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    headers = await keys.of(Role.ADMINISTRATOR)
    asked = {"add_on": "voice_sms", "quantity": 2, "note": "For the new team."}

    away = await _post(api, headers, "/licence-requests", "r-1", **asked)

    assert away.status_code == 503
    listed = (await api.get("/licence-requests", headers=headers, params={"open": True})).json()["data"]
    assert listed[0]["id"] == acme.licence_request, "the oldest first"
    made = listed[1]
    assert (made["note"], made["purchase"], made["notified_at"]) == ("For the new team.", None, None)
    assert (await api.get(f"/licence-requests/{made['id']}", headers=headers)).json() == made
    owner = await keys.of()
    bought = (await _buy(api, owner, "b-1")).json()
    assert bought["answered_requests"] == [made["id"]]
    answered = (await api.get(f"/licence-requests/{made['id']}", headers=headers)).json()
    assert answered["purchase"] == bought["id"]
    again = await _post(api, headers, "/licence-requests", "r-1", **asked)
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (200, "true")
    assert again.json() == answered
    other = await _post(api, headers, "/licence-requests", "r-1", **asked | {"quantity": 3})
    assert other.json()["code"] == "key_used_for_licence_request"
    noted = await _post(api, headers, "/licence-requests", "r-1", **asked | {"note": "For the old team."})
    assert noted.json()["code"] == "key_used_for_licence_request"


@pytest.mark.covers("L4", "A4")
async def test_a_dry_run_of_an_assignment_orders_nothing(
    api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    headers = await keys.of()
    order = {"kind": "assign_licence", "number": acme.number, "add_on": "voice_sms"}

    async def checked(**changes: Any) -> httpx.Response:
        return await api.post("/orders", headers=headers, params={"dry_run": True}, json=order | changes)

    accepted = await checked()
    assert (accepted.status_code, accepted.json()) == (200, {"accepted": True})
    none_free = await checked(add_on="voice_sms_data")
    assert (none_free.status_code, none_free.json()["code"]) == (422, "no_free_licence")
    both = await checked(licence=acme.licence)
    assert both.json()["code"] == "licence_not_chosen"
    assert (await checked(kind="replace_licence_esim", add_on=None, reason="new_phone")).status_code == 422
    replace = {"kind": "replace_licence_esim", "number": acme.number, "reason": "new_phone"}
    refused = await api.post("/orders", headers=headers, params={"dry_run": True}, json=replace)
    assert refused.json()["code"] == "number_without_esim"
    orders = (await api.get("/orders", headers=headers)).json()["data"]
    assert [one["kind"] for one in orders] == ["add_line", "switch_to_esim"]
