"""People over HTTP: created once under a key, changed in part, found by natural keys (A3, A7, A16)."""

import httpx
import pytest

from models.people.api_keys import Mode
from tests.builders import ACCOUNT
from tests.callers.world import Known
from tests.portal.api.keys import Keyring

pytestmark = pytest.mark.covers("A3", "A7", "A16")

_DEE = {"name": "Dee", "email": "dee@acme.example", "role": "viewer"}


async def test_a_user_is_created_once_under_a_key(api: httpx.AsyncClient, keys: Keyring) -> None:
    headers = await keys.of() | {"Idempotency-Key": "dee"}

    made = await api.post("/users", headers=headers, json=_DEE)
    again = await api.post("/users", headers=headers, json=_DEE)
    other = await api.post("/users", headers=headers, json=_DEE | {"name": "Dora"})

    assert made.status_code == again.status_code == 201
    assert made.headers["Location"] == f"/api/v1/users/{made.json()['id']}"
    assert again.json() == made.json()
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")


async def test_what_is_left_out_of_a_change_stays(api: httpx.AsyncClient, keys: Keyring) -> None:
    headers = await keys.of()
    await api.post("/users", headers=headers | {"Idempotency-Key": "dee"}, json=_DEE)

    changed = await api.patch("/users/dee@acme.example", headers=headers, json={"language": "fr"})

    assert changed.json() | {"language": "fr", "role": "viewer"} == changed.json()
    misspelt = await api.patch("/users/dee@acme.example", headers=headers, json={"langage": "fr"})
    assert misspelt.status_code == 422
    assert misspelt.json()["errors"][0]["pointer"] == "/langage"


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

    made = await api.post("/accounts", headers=headers, json={"name": "Trial"})
    again = await api.post("/accounts", headers=headers, json={"name": "Trial"})

    assert made.json()["mode"] == "test"
    assert again.json() == made.json()
    names = {
        mode: [account["name"] for account in (await api.get("/accounts", headers=key)).json()["data"]]
        for mode, key in (("live", live), ("test", test))
    }
    assert ACCOUNT in names["live"]
    assert names["test"] == ["Trial"]


@pytest.mark.covers("A18")
async def test_keys_of_both_modes_do_not_meet(api: httpx.AsyncClient, keys: Keyring) -> None:
    made = [
        await api.post(
            "/accounts", headers=await keys.of_platform(mode) | {"Idempotency-Key": "a"}, json={"name": mode}
        )
        for mode in Mode
    ]

    assert [(answer.status_code, answer.json()["name"]) for answer in made] == [(201, mode) for mode in Mode]
