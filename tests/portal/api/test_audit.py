"""The audit: every change with who made it, when, from where and by which key (A17)."""

from typing import Any

import httpx
import pytest
from sqlalchemy.exc import IntegrityError

from models.people.callers import Role, UserKind
from starter import callers
from starter.desks import Desks
from store import events, origins
from tests.builders import ACCOUNT, run
from tests.callers.world import BOLT, Known
from tests.portal.api.keys import Keyring
from tests.portal.api.statements import counted

pytestmark = pytest.mark.covers("A17")
LINE_4 = "+33639980004"


async def _audit(api: httpx.AsyncClient, headers: dict[str, str], **query: Any) -> list[dict[str, Any]]:
    answer = await api.get("/audit", headers=headers, params={"limit": 100} | query)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["data"])


async def test_a_change_names_who_when_from_where_and_by_which_key(
    api: httpx.AsyncClient, keys: Keyring, desks: Desks
) -> None:
    headers = await keys.of()
    await desks.users.create_user(
        keys.operator, ACCOUNT, "Own", "own@bots.example", role=Role.VIEWER, kind=UserKind.SERVICE
    )
    body = {"name": "Reports", "user": "own@bots.example"}
    made = await api.post("/api-keys", headers=headers | {"Idempotency-Key": "reports"}, json=body)

    newest, *_ = await _audit(api, headers)

    ours, *_ = [key for key in await desks.api_keys.keys(keys.operator) if key.name == "test"]
    assert newest["type"] == "api_key.created"
    assert made.json()["created_by"] == f"U-{ours.user_id}"
    assert newest["actor"] == f"U-{ours.user_id}"
    assert newest["session"] == ours.key_id
    assert newest["surface"] == "api"
    assert newest["address"] == "127.0.0.1"
    assert newest["request_id"] == made.headers["Request-Id"]
    assert newest["about"] == [made.json()["id"]]
    assert newest["at"] >= made.json()["created_at"]


async def test_entries_are_found_by_actor_record_type_and_time(
    api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    headers = await keys.of()
    everything = await _audit(api, headers)
    line = f"line:{acme.line.removeprefix('L-')}"

    for about in (LINE_4, acme.line, line):
        of_line = await _audit(api, headers, about=about)
        assert of_line == [entry for entry in everything if acme.line in entry["about"]] != []
    for actor in ("ana@acme.example", "U-1", "user:1"):
        of_ana = await _audit(api, headers, actor=actor)
        assert of_ana == [entry for entry in everything if entry["actor"] == "U-1"] != []
    submitted = await _audit(api, headers, type="order.submitted", about=acme.order)
    assert [entry["type"] for entry in submitted] == ["order.submitted"]
    orders = await _audit(api, headers, type="order")
    assert {entry["type"].partition(".")[0] for entry in orders} == {"order"}
    at = submitted[0]["at"]
    assert await _audit(api, headers, since=at, until=at) == []
    assert submitted[0] in await _audit(api, headers, since=at)
    assert submitted[0] not in await _audit(api, headers, until=at)
    assert await _audit(api, headers, about="L-99999") == []


async def test_a_person_and_a_sim_are_named_by_address_and_iccid(
    api: httpx.AsyncClient, keys: Keyring, desks: Desks, acme: Known
) -> None:
    headers = await keys.of()
    sim = await desks.fleet.sim(keys.operator, acme.sim)
    assert await _audit(api, headers, about=sim.iccid) == await _audit(api, headers, about=acme.sim)
    agents = await _audit(api, headers, about=acme.agent)
    assert [entry["type"] for entry in agents] == []
    for unknown in ("+33699999999", "8933019999999999999", "nobody@acme.example", "L-", "1", "*"):
        answer = await api.get("/audit", headers=headers, params={"about": unknown})
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_record")


async def test_a_foreign_line_answers_as_one_that_does_not_exist(
    api: httpx.AsyncClient, keys: Keyring
) -> None:
    cleo = await keys.of(account=BOLT)
    for about in (LINE_4, "ana@acme.example"):
        answer = await api.get("/audit", headers=cleo, params={"about": about})
        assert answer.json()["code"] == "unknown_record"


async def test_pages_show_each_entry_once_newest_first(api: httpx.AsyncClient, keys: Keyring) -> None:
    headers = await keys.of()
    everything = await _audit(api, headers)
    read: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await api.get("/audit", headers=headers, params={"limit": "7"} | cursor)).json()
        read += page["data"]
        if not page["has_more"]:
            break
        cursor = {"cursor": page["next_cursor"]}

    assert len(everything) > 7
    assert read == everything
    assert [entry["at"] for entry in read] == sorted((entry["at"] for entry in read), reverse=True)
    other = await api.get("/audit", headers=headers, params={"type": "order"} | cursor)
    assert other.json()["code"] == "page_cursor_invalid"


async def test_an_account_sees_neither_diagnostics_nor_where_the_platforms_staff_is(
    api: httpx.AsyncClient, keys: Keyring, desks: Desks
) -> None:
    headers = await keys.of()
    async with desks.database.transaction() as connection:
        origin_id = await origins.record(
            connection, actor="operator", surface="cli", session="s-9", address="192.0.2.7"
        )
        about = ("line:1",)
        await events.append(connection, 1, about, "system", ("mail.failed", {"error": "550 no"}))
        await events.append(
            connection, 1, about, "operator", ("line.groups_changed", {}), origin_id=origin_id
        )

    newest, *rest = await _audit(api, headers)

    assert (newest["actor"], newest["surface"]) == ("operator", "cli")
    assert newest["session"] is newest["address"] is None
    assert "mail.failed" not in {entry["type"] for entry in rest}
    found = await desks.audit.entries(callers.operator(), ACCOUNT, limit=2)
    assert [entry.type for entry in found] == ["line.groups_changed", "mail.failed"]
    assert found[0].address == "192.0.2.7"


@pytest.mark.covers("A18")
async def test_an_account_sees_that_the_platform_acted_as_its_user_and_not_by_which_key_or_from_where(
    api: httpx.AsyncClient, keys: Keyring, desks: Desks, acme: Known
) -> None:
    headers, clear = await keys.of(), "UPDATE users SET language = NULL WHERE email = 'ben@acme.example'"
    as_user = await keys.of_platform(account=ACCOUNT, user="owner@acme.example")
    for platform in (as_user, await keys.of_platform(account=ACCOUNT)):
        made = await api.patch("/users/ben@acme.example", headers=platform, json={"language": "fr"})
        assert made.status_code == 200
        await run(desks.database, clear)

    newest, before, *_ = await _audit(api, headers)

    assert newest["actor"] == "operator"
    assert before["actor"].startswith("U-")
    for entry in (newest, before):
        assert (entry["type"], entry["surface"]) == ("user.language_changed", "api")
        assert (entry["session"], entry["address"]) == ("platform", None)
    seen = await desks.audit.entries(callers.operator(), ACCOUNT, limit=2)
    assert len({entry.session for entry in seen}) == 2
    assert {entry.address for entry in seen} == {"127.0.0.1"}


async def test_travel_esims_show_only_to_a_key_that_may_see_them(
    api: httpx.AsyncClient, keys: Keyring, desks: Desks, acme: Known
) -> None:
    async with desks.database.transaction() as connection:
        for about in (f"sim:{acme.stock[2:]}", f"esim_line:{acme.esim_line[3:]}", "stock:7"):
            await events.append(connection, 1, (about,), "system", ("stock.threshold_set", {}))
    blind = await keys.of(permissions=["view_audit"])
    shown = {entry["type"] for entry in await _audit(api, blind)}
    assert "order.submitted" in shown
    assert "stock.threshold_set" not in shown
    seeing = await keys.of(Role.ADMINISTRATOR)
    assert "stock.threshold_set" in {entry["type"] for entry in await _audit(api, seeing)}


async def test_an_origin_is_never_changed_but_where_a_person_is_erased(desks: Desks, keys: Keyring) -> None:
    async with desks.database.transaction() as connection:
        await origins.record(connection, actor="user:1", surface="cli", session="s", address="192.0.2.7")
    for change in (
        "UPDATE origins SET actor = 'user:2'",
        "UPDATE origins SET address = '192.0.2.8'",
        "DELETE FROM origins",
        "TRUNCATE origins",
    ):
        with pytest.raises(IntegrityError, match="append-only"):
            await run(desks.database, change)
    await run(desks.database, "UPDATE origins SET session = NULL, address = NULL")


@pytest.mark.parametrize(
    "query",
    [
        {"about": "\0"},
        {"about": "order-" + "9" * 190},
        {"about": "L-" + "9" * 30},
        {"about": "sim:" + "9" * 30},
        {"actor": "user:x"},
        {"type": "\0"},
        {"type": "%_\\"},
        {"since": "0001-01-01T00:00:00+23:59"},
        {"until": "9999-12-31T23:59:59-23:59"},
        {"since": "yesterday"},
        {"limit": "10e30"},
        {"cursor": "WyJ4Il0"},
    ],
)
async def test_junk_is_refused_or_finds_nothing(
    api: httpx.AsyncClient, keys: Keyring, query: dict[str, str]
) -> None:
    answer = await api.get("/audit", headers=await keys.of(), params=query)
    assert answer.status_code in {400, 404, 422} or answer.json()["data"] == [], answer.text


async def test_a_page_takes_the_same_number_of_statements_however_long_it_is(
    api: httpx.AsyncClient, keys: Keyring, desks: Desks
) -> None:
    headers = await keys.of()
    async with desks.database.transaction() as connection:
        for number in range(120):
            await events.append(connection, 1, (f"line:{number + 1}",), "user:1", ("line.groups_changed", {}))
    await _audit(api, headers)  # the key's last use is noted
    counts = set()
    for limit in (1, 25, 100):
        with counted(desks.database) as statements:
            assert (
                len((await api.get("/audit", headers=headers, params={"limit": limit})).json()["data"])
                == limit
            )
        counts.add(len(statements))
    assert len(counts) == 1


async def test_no_parameter_keeps_a_change_out_of_the_audit(api: httpx.AsyncClient, keys: Keyring) -> None:
    """A call without a dry run refuses `dry_run`: else it changed something and its origin was lost."""
    headers = await keys.of()

    refused = await api.post(
        "/users/ben@acme.example/deactivate", headers=headers, params={"dry_run": "true"}
    )

    assert (refused.status_code, refused.json()["errors"][0]["parameter"]) == (422, "dry_run")
    assert (await api.get("/users/ben@acme.example", headers=headers)).json()["deactivated_at"] is None
