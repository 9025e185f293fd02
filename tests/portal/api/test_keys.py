"""API keys: who calls, for which account, and what the key may do (A1, A2, A18)."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from models.people.api_keys import Mode, make_key, parse_key
from models.people.callers import Role, UserKind
from portal.http.attempts import MOST_OF_ONE
from starter import callers
from starter.desks import Desks
from store.key_ring import KeyRing
from tests.builders import ACCOUNT, run
from tests.callers.world import BOLT, Known
from tests.portal.api.keys import Keyring, bearer

pytestmark = pytest.mark.covers("A1", "A18")


def test_a_mistyped_key_is_recognised_by_its_checksum() -> None:
    key = make_key(Mode.TEST, bytes(range(32)))

    assert parse_key(key.text) == key
    assert key.text.startswith("esim_test_")
    assert len({len(make_key(Mode.LIVE, bytes([byte]) * 32).text) for byte in (0, 1, 255)}) == 1
    assert parse_key(key.text[:-1] + ("A" if key.text[-1] != "A" else "B")) is None
    assert parse_key(key.text.replace("test", "live")) is None
    assert key.text not in repr(key)


async def test_a_call_without_a_key_learns_how_to_send_one(api: httpx.AsyncClient) -> None:
    answer = await api.get("/orders")

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "api_key_needed"
    assert answer.json()["request_id"] == answer.headers["Request-Id"]


async def test_a_key_acts_in_its_account_alone(api: httpx.AsyncClient, keys: Keyring, acme: Known) -> None:
    ours, theirs = await keys.of(), await keys.of(account=BOLT)

    assert (await api.get(f"/orders/{acme.order}", headers=ours)).status_code == 200
    foreign = await api.get(f"/orders/{acme.order}", headers=theirs)
    unknown = await api.get("/orders/order-aaaaaaaaaaaaaaaa", headers=theirs)
    assert foreign.status_code == unknown.status_code == 404
    assert _bytes(foreign, acme.order) == _bytes(unknown, "order-aaaaaaaaaaaaaaaa")


async def test_a_key_may_do_at_most_what_it_was_given(
    api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    headers = await keys.of(permissions=["view_orders"])

    assert (await api.get(f"/orders/{acme.order}", headers=headers)).status_code == 200
    refused = await api.post(f"/orders/{acme.order}/acknowledge", headers=headers, json={})
    assert refused.status_code == 403
    assert refused.json()["refusals"][0]["parameters"] == {"permission": "acknowledge_orders"}


async def test_a_key_has_at_most_the_permissions_of_its_user_and_its_maker(
    desks: Desks, keys: Keyring, api: httpx.AsyncClient
) -> None:
    headers = await keys.of(Role.ADMINISTRATOR) | {"Idempotency-Key": "owning"}
    owner = {"name": "Owning", "user": "own@bots.example", "permissions": ["buy_licences"]}
    await desks.users.create_user(
        keys.operator, ACCOUNT, "Own", "own@bots.example", role=Role.OWNER, kind=UserKind.SERVICE
    )

    refused = await api.post("/api-keys", headers=headers, json=owner)

    assert refused.status_code == 422
    assert refused.json()["code"] == "permission_above_yours"


async def test_a_key_that_is_made_with_a_key_does_not_outlive_it(
    desks: Desks, keys: Keyring, api: httpx.AsyncClient
) -> None:
    await keys.of()
    first, *_ = await desks.api_keys.keys(keys.operator)
    end = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    made = await desks.api_keys.create(keys.operator, "brief", user=f"U-{first.user_id}", expires_at=end)
    brief = bearer(made.key.text) | {"Idempotency-Key": "longer"}
    at_most = end.isoformat().replace("+00:00", "Z")
    body = {"name": "Longer", "user": f"U-{first.user_id}"}

    for later in ({}, {"expires_at": None}, {"expires_at": (end + timedelta(seconds=1)).isoformat()}):
        refused = await api.post("/api-keys", headers=brief, json=body | later)
        assert (refused.status_code, refused.json()["code"]) == (422, "expiry_after_yours")
        assert at_most in refused.json()["detail"]

    allowed = await api.post("/api-keys", headers=brief, json=body | {"expires_at": at_most})
    assert (allowed.status_code, allowed.json()["expires_at"]) == (201, at_most)


async def test_a_key_cannot_end_after_the_last_day_that_there_is(
    keys: Keyring, api: httpx.AsyncClient, desks: Desks
) -> None:
    headers = await keys.of() | {"Idempotency-Key": "end"}
    first, *_ = await desks.api_keys.keys(keys.operator)
    body = {"name": "Endless", "user": f"U-{first.user_id}", "expires_at": "9999-12-31T23:59:59-23:59"}
    assert (await api.post("/api-keys", headers=headers, json=body)).status_code == 422


async def test_a_revoked_an_expired_and_a_deactivated_users_key_are_dead(
    api: httpx.AsyncClient, keys: Keyring, desks: Desks
) -> None:
    headers = await keys.of()
    key, *_ = await desks.api_keys.keys(keys.operator)  # newest first

    await desks.users.deactivate_user(keys.operator, f"U-{key.user_id}")
    assert (await api.get("/orders", headers=headers)).status_code == 401
    await desks.users.activate_user(keys.operator, f"U-{key.user_id}")
    assert (await api.get("/orders", headers=headers)).status_code == 200
    await desks.api_keys.revoke(keys.operator, key.key_id)
    assert (await api.get("/orders", headers=headers)).status_code == 401

    soon = datetime.now(UTC) + timedelta(days=1)
    brief = await desks.api_keys.create(keys.operator, "brief", user=f"U-{key.user_id}", expires_at=soon)
    assert (await api.get("/orders", headers=bearer(brief.key.text))).status_code == 200
    await run(desks.database, "UPDATE api_keys SET expires_at = esim_now() - interval '1 s'")
    assert (await api.get("/orders", headers=bearer(brief.key.text))).status_code == 401


async def test_the_text_of_a_key_is_shown_once_and_stored_nowhere(
    api: httpx.AsyncClient, keys: Keyring, desks: Desks
) -> None:
    headers = await keys.of()
    await desks.users.create_user(
        keys.operator, ACCOUNT, "Own", "own@bots.example", role=Role.VIEWER, kind=UserKind.SERVICE
    )

    body, once = {"name": "Exports", "user": "own@bots.example"}, headers | {"Idempotency-Key": "exports"}

    made = await api.post("/api-keys", headers=once, json=body)

    assert made.status_code == 201
    key = made.json()["key"]
    repeated = await api.post("/api-keys", headers=once, json=body)
    assert (repeated.status_code, repeated.json()["code"]) == (422, "api_key_made")
    assert made.json()["id"] in repeated.json()["detail"]
    other = await api.post("/api-keys", headers=once, json=body | {"name": "Other"})
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    assert (await api.post("/api-keys", headers=headers, json=body)).status_code == 400
    assert len([known for known in await desks.api_keys.keys(keys.operator) if known.name == "Exports"]) == 1
    assert (await api.get("/orders", headers=bearer(key))).status_code == 200
    shown = await api.get(made.headers["Location"].removeprefix("/api/v1"), headers=headers)
    assert (shown.status_code, shown.json()["id"]) == (200, made.json()["id"])
    assert key not in shown.text
    listed = await api.get("/api-keys", headers=headers)
    assert key not in listed.text
    assert listed.json()["data"][0]["last_used_at"] is not None
    rows = await run(desks.database, "SELECT to_jsonb(api_keys)::text AS row FROM api_keys")
    assert all(key not in row.row for row in rows)


async def test_a_platform_key_acts_for_the_account_that_the_call_names(
    api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    named = await keys.of_platform(account=ACCOUNT)

    assert (await api.get(f"/orders/{acme.order}", headers=named)).status_code == 200
    unnamed = {name: value for name, value in named.items() if name != "Esim-Account"}
    refused = await api.get(f"/orders/{acme.order}", headers=unnamed)
    assert refused.json()["code"] == "account_header_needed"


async def test_a_test_key_never_reaches_a_live_account(
    api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    live = await keys.of_platform(Mode.TEST, account=ACCOUNT)
    nowhere = live | {"Esim-Account": "Nowhere"}

    answers = [await api.get(f"/orders/{acme.order}", headers=headers) for headers in (live, nowhere)]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert _bytes(answers[0], "") == _bytes(answers[1], "")


async def test_a_key_of_an_account_cannot_name_another(api: httpx.AsyncClient, keys: Keyring) -> None:
    headers = await keys.of() | {"Esim-Account": BOLT}

    assert (await api.get("/orders", headers=headers)).json()["code"] == "account_header_invalid"


async def test_a_key_survives_the_rotation_of_the_secret_keys_once_it_was_used(
    api: httpx.AsyncClient, keys: Keyring, desks: Desks
) -> None:
    headers = await keys.of()
    sent = callers.Sent(headers["Authorization"].removeprefix("Bearer "))
    old, new = desks.settings.secret_keys, KeyRing.new_key()

    await callers.of_key(desks.database, f"{new},{old}", sent)

    assert (await callers.of_key(desks.database, new, sent)).caller.user_id is not None


def _bytes(answer: httpx.Response, named: str) -> str:
    found = answer.json()
    found.pop("request_id")
    return str(found).replace(named or "-", "ID")


async def test_wrong_keys_do_not_stop_the_valid_ones_behind_the_same_address(
    api: httpx.AsyncClient, keys: Keyring
) -> None:
    wrong = bearer(make_key(Mode.LIVE, bytes(32)).text)
    valid = await keys.of()

    statuses = [(await api.get("/orders", headers=wrong)).status_code for _ in range(MOST_OF_ONE + 1)]

    assert statuses == [401] * MOST_OF_ONE + [429]
    assert (await api.get("/orders", headers=valid)).status_code == 200
