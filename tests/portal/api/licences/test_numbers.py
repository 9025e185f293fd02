"""Numbers over HTTP, as a backend reads and changes them (L8)."""

from typing import Any

import httpx
import pytest

from models.orders.lifecycle import HoldReason
from models.people.callers import Role
from starter.desks import Desks
from store.operations import holds
from store.orders import acceptance
from tests.builders import run
from tests.callers.world import Known
from tests.licences_world import assignment, number_msisdn
from tests.portal.api.keys import Keyring

_KEY = {"Idempotency-Key": "change-1"}
_ADMINISTRATOR = f"{Role.ADMINISTRATOR}@acme.example"


async def _assigned(desks: Desks, known: Known) -> str:
    """An open order that assigns the licence to the number; its id."""
    number, licence = (int(name.partition("-")[2]) for name in (known.number, known.licence))
    placed = await assignment(desks.database, number, licence, user=_ADMINISTRATOR)
    async with desks.database.transaction() as connection:
        assert (await acceptance.accept(connection, placed)).accepted
    return placed.order_id


async def _shown(api: httpx.AsyncClient, headers: dict[str, str], number: str, **query: Any) -> Any:
    answer = await api.get(f"/numbers/{number}", headers=headers, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.covers("L8", "A7")
async def test_a_number_shows_who_uses_it_and_what_it_has(
    api: httpx.AsyncClient, keys: Keyring, acme: Known, desks: Desks
) -> None:
    headers = await keys.of()
    order = await _assigned(desks, acme)

    shown = await _shown(api, headers, acme.number)

    assert shown["msisdn"] == number_msisdn(1)
    assert (shown["state"], shown["line_type"]) == ("active", "direct")
    assert shown["agent"] == {"id": acme.agent, "name": "Gina"}
    assert shown["licence"] == {"id": acme.licence, "add_on": "voice_sms"}
    assert shown["order"] == {"id": order, "kind": "assign_licence", "status": "submitted"}
    assert (shown["held"], shown["events"], shown["people"]) == (False, None, None)
    assert await _shown(api, headers, number_msisdn(1)) == shown
    assert await _shown(api, headers, "%2B33%206%2012%2000%2000%2001") == shown, "blanks in it do not matter"


@pytest.mark.covers("L8", "A8")
async def test_its_history_names_people_by_their_ids(
    api: httpx.AsyncClient, keys: Keyring, acme: Known, desks: Desks
) -> None:
    headers = await keys.of()
    order = await _assigned(desks, acme)

    shown = await _shown(api, headers, acme.number, expand=["events", "people"])

    assert [event["type"] for event in shown["events"]] == ["order.submitted"]
    (adam,) = {event["actor"] for event in shown["events"]}
    assert {"licence": acme.licence, "agent": acme.agent}.items() <= shown["events"][0]["data"].items()
    assert shown["people"][adam] == f"administrator <{_ADMINISTRATOR}>"
    ordered = (await api.get(f"/orders/{order}", headers=headers)).json()
    assert ordered["placed_by"] == adam
    assert ordered["details"] == {
        "number": acme.number,
        "msisdn": number_msisdn(1),
        "licence": acme.licence,
        "add_on": "voice_sms",
        "agent": acme.agent,
        "reason": None,
        "replaced_esim": None,
        "replaced_iccid": None,
    }


@pytest.mark.covers("L8")
async def test_numbers_are_filtered_by_agent_assignment_and_holds(
    api: httpx.AsyncClient, keys: Keyring, acme: Known, desks: Desks
) -> None:
    headers = await keys.of()

    async def listed(**query: Any) -> list[str]:
        answer = await api.get("/numbers", headers=headers, params=query)
        return [one["id"] for one in answer.json()["data"]]

    assert await listed(assigned=False) == await listed(agent="gina@acme.example") == [acme.number]
    assert await listed(assigned=True) == await listed(held=True) == []
    order = await _assigned(desks, acme)
    async with desks.database.transaction() as connection:
        await holds.hold(connection, order, "submit", HoldReason.NO_ORDER_CONTACT)
    assert await listed(assigned=True) == await listed(held=True) == [acme.number]
    (hold,) = (await _shown(api, headers, acme.number))["holds"]
    assert (hold["reason"], "Then retry." in hold["sentence"]) == ("no_order_contact", True)
    unknown = await api.get("/numbers", headers=headers, params={"agent": "hugo@acme.example"})
    assert unknown.json()["code"] == "unknown_agent"


@pytest.mark.covers("A19")
async def test_while_temporal_is_away_a_change_answers_503_and_changes_nothing(
    api: httpx.AsyncClient, keys: Keyring, acme: Known, desks: Desks
) -> None:
    headers = await keys.of()

    answer = await api.post(f"/numbers/{acme.number}/delete", headers=headers | _KEY)

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert (await _shown(api, headers, acme.number))["state"] == "active"
    assert await run(desks.database, "SELECT 1 FROM number_changes") == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("change-user", {"agent": None}),
        ("convert", {"line_type": "direct"}),
        ("suspend", {"reason": "Abroad."}),
        ("resume", None),
        ("stop-esim", {"reason": "lost"}),
        ("delete", None),
        ("recover", None),
        ("resend", None),
    ],
)
async def test_a_change_needs_a_key(
    api: httpx.AsyncClient, keys: Keyring, acme: Known, path: str, body: dict[str, Any] | None
) -> None:
    headers = await keys.of()

    answer = await api.post(f"/numbers/{acme.number}/{path}", headers=headers, json=body)

    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_needed")


@pytest.mark.covers("A5")
async def test_a_body_that_leaves_something_out_is_not_guessed(
    api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    headers = await keys.of()

    answer = await api.post(f"/numbers/{acme.number}/change-user", headers=headers | _KEY, json={})
    blank = await api.post(f"/numbers/{acme.number}/suspend", headers=headers | _KEY, json={"reason": ""})

    assert answer.status_code == blank.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/agent", "null says that no agent uses it any more"
    assert blank.json()["errors"][0]["pointer"] == "/reason"
    for path, body, code in (
        ("convert", {"line_type": "round"}, "unknown_line_type"),
        ("stop-esim", {"reason": "new_phone"}, "unknown_stop_reason"),
    ):
        refused = await api.post(f"/numbers/{acme.number}/{path}", headers=headers | _KEY, json=body)
        assert (refused.status_code, refused.json()["code"]) == (422, code)
