"""People over HTTP: created once under a key, changed in part, found by natural keys (A3, A7, A16)."""

from typing import Any

import httpx
import pytest

from models.people.api_keys import Mode
from starter.desks import Desks
from tests.builders import ACCOUNT, OPERATOR, run
from tests.callers.world import BEN, CLEO, Known
from tests.portal.api.keys import Keyring

pytestmark = pytest.mark.covers("A3", "A7", "A16")

_DEE = {"name": "Dee", "email": "dee@acme.example", "role": "viewer"}


_MADE: dict[str, tuple[dict[str, Any], ...]] = {
    "/users": (_DEE, {"kind": "service"}, {"role": "manager"}),
    "/contacts": (
        {"distributor": "Telvia", "name": "Eve", "email": "eve@telvia.example"},
        {"roles": ["order"]},
        {"name": "Eva"},
    ),
}


@pytest.mark.parametrize("path", _MADE)
async def test_a_person_is_created_once_under_a_key(path: str, api: httpx.AsyncClient, keys: Keyring) -> None:
    body, other, later = _MADE[path]
    headers = await keys.of() | {"Idempotency-Key": "one"}

    made = await api.post(path, headers=headers, json=body)
    await api.patch(f"{path}/{made.json()['id']}", headers=headers, json=later)
    again = await api.post(path, headers=headers, json=body)
    misused = await api.post(path, headers=headers, json=body | other)

    assert (made.status_code, again.status_code) == (201, 200)
    assert made.headers["Location"] == again.headers["Location"] == f"/api/v1{path}/{made.json()['id']}"
    assert "Idempotent-Replayed" not in made.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json() == made.json() | later, "as it is now"
    assert (misused.status_code, misused.json()["code"]) == (422, "key_reused")


async def test_a_taken_address_does_not_say_in_which_account(api: httpx.AsyncClient, keys: Keyring) -> None:
    headers = await keys.of() | {"Idempotency-Key": "taken"}
    ours, foreign = [
        (await api.post("/users", headers=headers, json=_DEE | {"email": email})).json()
        for email in (BEN, CLEO)
    ]
    assert ours | {"request_id": ""} == foreign | {"request_id": ""}
    assert (ours["code"], ours["refusals"][0]["parameters"]) == ("email_in_use", {})
    assert (await api.get(f"/users/{CLEO}", headers=headers)).status_code == 404


async def test_a_contact_of_another_distributor_needs_another_key(
    api: httpx.AsyncClient, keys: Keyring, desks: Desks
) -> None:
    headers = await keys.of() | {"Idempotency-Key": "eve"}
    orbit = "INSERT INTO distributors (account_id, name) SELECT account_id, 'Orbit' FROM distributors"
    await run(desks.database, orbit)
    names = [one["name"] for one in (await api.get("/distributors", headers=headers)).json()["data"]]
    eve = {"name": "Eve", "email": "eve@telvia.example"}

    statuses = [
        (await api.post("/contacts", headers=headers, json=eve | {"distributor": name})).status_code
        for name in names
    ]

    assert statuses == [201, 422]


async def test_a_profile_and_an_account_are_created_once_under_a_key(
    api: httpx.AsyncClient, keys: Keyring
) -> None:
    platform, of_test = await keys.of_platform(), await keys.of_platform(Mode.TEST)
    for path, headers in (("/profiles", await keys.of()), ("/accounts", platform)):
        headers |= {"Idempotency-Key": "north"}
        made = await api.post(path, headers=headers, json={"name": "North"})
        again = await api.post(path, headers=headers, json={"name": "North"})
        misused = await api.post(path, headers=headers, json={"name": "South"})

        assert (made.status_code, again.status_code) == (201, 200)
        assert again.headers["Idempotent-Replayed"] == "true"
        assert again.json() == made.json()
        assert (misused.status_code, misused.json()["code"]) == (422, "key_reused")

    of_test |= {"Idempotency-Key": "north"}
    assert (await api.post("/accounts", headers=of_test, json={"name": "South"})).status_code == 201


async def test_a_platform_key_names_an_account_of_any_name(api: httpx.AsyncClient, keys: Keyring) -> None:
    """A header has bytes: clients send UTF-8, which is not what HTTP once said."""
    headers = await keys.of_platform()
    body = {"name": "Société Œuvre"}
    made = await api.post("/accounts", headers=headers | {"Idempotency-Key": "o"}, json=body)

    for named in (body["name"].encode(), made.json()["id"].encode()):
        sent = {name.encode(): value.encode() for name, value in headers.items()}
        answer = await api.get("/users", headers=sent | {b"Esim-Account": named})
        assert (answer.status_code, answer.json()["data"]) == (200, [])


async def test_what_is_left_out_of_a_change_stays(api: httpx.AsyncClient, keys: Keyring) -> None:
    headers = await keys.of()
    await api.post("/users", headers=headers | {"Idempotency-Key": "dee"}, json=_DEE)

    changed = await api.patch("/users/dee@acme.example", headers=headers, json={"language": "fr"})

    assert changed.json() | {"language": "fr", "role": "viewer"} == changed.json()
    misspelt = await api.patch("/users/dee@acme.example", headers=headers, json={"langage": "fr"})
    assert misspelt.status_code == 422
    assert misspelt.json()["errors"][0]["pointer"] == "/langage"


async def test_name_and_profile_of_a_user_are_changed_together(
    api: httpx.AsyncClient, keys: Keyring, desks: Desks
) -> None:
    headers = await keys.of()
    await desks.profiles.create_profile(OPERATOR, ACCOUNT, "Night shift")
    both = {"name": "Benno", "profile": "Night shift"}
    wrong = await api.patch(f"/users/{BEN}", headers=headers, json=both | {"profile": "Day shift"})
    assert (wrong.status_code, wrong.json()["code"]) == (404, "unknown_profile")
    before = (await api.get(f"/users/{BEN}", headers=headers)).json()
    assert before["name"] == "Ben"
    assert (await api.patch(f"/users/{BEN}", headers=headers, json=both)).json() == before | both


async def test_a_profile_with_blanks_and_a_slash_in_its_name_is_named_in_the_path(
    api: httpx.AsyncClient, keys: Keyring
) -> None:
    headers = await keys.of()
    made = await api.post(
        "/profiles", headers=headers | {"Idempotency-Key": "a"}, json={"name": "North south"}
    )
    path = made.headers["Location"].removeprefix("/api/v1")

    enabled = await api.post(f"{path}/enable", headers=headers, json={"targets": ["switch_to_esim:2"]})

    assert path == "/profiles/North%20south"
    assert enabled.json()["enabled"] == ["switch_to_esim:2"]


async def test_contacts_get_roles_later(api: httpx.AsyncClient, keys: Keyring, acme: Known) -> None:
    headers = await keys.of()
    body = {"distributor": acme.distributor, "name": "Eve", "email": "eve@telvia.example"}
    await api.post("/contacts", headers=headers | {"Idempotency-Key": "eve"}, json=body)

    changed = await api.patch("/contacts/eve@telvia.example", headers=headers, json={"add_roles": ["order"]})

    assert changed.json()["roles"] == ["order"]
    listed = await api.get("/contacts", headers=headers, params={"role": "order", "limit": 100})
    assert "eve@telvia.example" in [contact["email"] for contact in listed.json()["data"]]


async def test_a_platform_key_lists_and_creates_accounts_of_its_mode(
    api: httpx.AsyncClient, keys: Keyring
) -> None:
    live, test = await keys.of_platform(Mode.LIVE), await keys.of_platform(Mode.TEST)
    headers = test | {"Idempotency-Key": "a"}

    made = await api.post("/accounts", headers=headers, json={"name": "Trial", "language": "fr"})
    again = await api.post("/accounts", headers=headers, json={"name": "Trial", "language": "fr"})

    assert made.json()["mode"] == "test"
    assert again.json() == made.json()
    names = {
        mode: [account["name"] for account in (await api.get("/accounts", headers=key)).json()["data"]]
        for mode, key in (("live", live), ("test", test))
    }
    assert ACCOUNT in names["live"]
    assert names["test"] == ["Trial"]


@pytest.mark.covers("A18")
async def test_an_account_is_shown_to_its_own_key_and_to_a_platform_key_that_names_it(
    api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    ours, platform = await keys.of(), await keys.of_platform()
    expected = {"id": acme.account, "name": ACCOUNT, "mode": "live", "language": "en", "closed_at": None}

    shown = await api.get("/account", headers=ours)

    assert shown.status_code == 200
    assert shown.json() == shown.json() | expected
    assert shown.json()["open_orders"] > 0
    for path, headers in (
        ("/account", platform | {"Esim-Account": acme.account}),
        (f"/accounts/{acme.account}", platform),
        (f"/accounts/{ACCOUNT}", ours),
    ):
        assert (await api.get(path, headers=headers)).json() == shown.json(), path
    refused = await api.get("/account", headers=platform)
    assert refused.json()["code"] == "account_header_needed"
    of_test = await keys.of_platform(Mode.TEST)
    assert (await api.get(f"/accounts/{acme.account}", headers=of_test)).status_code == 404


@pytest.mark.covers("A18")
async def test_keys_of_both_modes_do_not_meet(api: httpx.AsyncClient, keys: Keyring) -> None:
    made = [
        await api.post(
            "/accounts", headers=await keys.of_platform(mode) | {"Idempotency-Key": "a"}, json={"name": mode}
        )
        for mode in Mode
    ]

    assert [(answer.status_code, answer.json()["name"]) for answer in made] == [(201, mode) for mode in Mode]


@pytest.mark.covers("A1", "A16")
async def test_an_account_is_closed_and_opened_again(api: httpx.AsyncClient, keys: Keyring) -> None:
    owner, platform = await keys.of(), await keys.of_platform(account=ACCOUNT)
    before = (await api.get("/account", headers=owner)).json()

    closed = await api.post("/account/close", headers=platform)

    assert (closed.status_code, closed.json()["closed_at"] is None) == (200, False)
    refused = await api.get("/account", headers=owner)
    assert (refused.status_code, refused.json()["code"]) == (403, "account_closed")
    opened = await api.post("/account/reopen", headers=platform)
    assert (opened.status_code, opened.json()["closed_at"]) == (200, None)
    assert (await api.get("/account", headers=owner)).json() == before
