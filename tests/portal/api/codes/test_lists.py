"""Requests for QR codes and notifications are listed page by page, and say what can be done (A6, A9)."""

import httpx
import pytest

from models.people.callers import Role
from starter.desks import Desks
from tests.builders import ACCOUNT, run
from tests.callers.world import BOLT, Known
from tests.portal.api.keys import Keyring
from tests.portal.api.statements import counted

pytestmark = pytest.mark.covers("A6", "A15")
_MORE = {
    "/qr-requests": """
        INSERT INTO qr_requests (id, account_id, sim_id, requested_by, status, requested_at, refusals)
        SELECT 'qr-request-' || n, account_id, 1, requested_by, 'refused',
               requested_at - n % 7 * interval '1 day', '[{"code": "no_qr_contact", "parameters": {}}]'
        FROM qr_requests, generate_series(1, 100) n
    """,
    "/qr-notifications": """
        INSERT INTO qr_notifications (id, account_id, sim_id, version_id, address, created_by, created_at)
        SELECT 'qr-notification-' || n, account_id, sim_id, version_id, address, 'operator',
               created_at - n % 7 * interval '1 day'
        FROM qr_notifications, generate_series(1, 100) n WHERE address = 'boss@acme.example'
    """,
}
"""More records of each list, many of them of the same moment."""
LISTS = pytest.mark.parametrize("path", list(_MORE))


async def _ids(api: httpx.AsyncClient, path: str, headers: dict[str, str], **filters: str | int) -> list[str]:
    answer = await api.get(path, params=filters, headers=headers)
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json()["data"]]


@LISTS
async def test_all_pages_together_are_the_list_each_record_once(
    path: str, api: httpx.AsyncClient, keys: Keyring, desks: Desks
) -> None:
    headers = await keys.of()
    await run(desks.database, _MORE[path])
    whole = await _ids(api, path, headers, limit=100)
    found: list[str] = []
    more = f"{path}?limit=7"
    while more:
        answer = await api.get(more.removeprefix("/api/v1"), headers=headers)
        found += [each["id"] for each in answer.json()["data"]]
        more = answer.links["next"]["url"] if answer.json()["has_more"] else ""

    assert len(found) == len(set(found)) > 100
    assert found[:100] == whole


@LISTS
async def test_a_page_costs_the_same_statements_however_long_it_is(
    path: str, api: httpx.AsyncClient, keys: Keyring, desks: Desks
) -> None:
    headers = await keys.of()
    await run(desks.database, _MORE[path])
    await _ids(api, path, headers)  # the first call with a key notes that it is used
    costs = {}
    for limit in (1, 25, 100):
        with counted(desks.database) as statements:
            assert len(await _ids(api, path, headers, limit=limit)) == limit
        costs[limit] = len(statements)

    assert len(set(costs.values())) == 1, costs


@LISTS
async def test_a_list_shows_another_account_nothing_and_a_cursor_fits_its_filter_alone(
    path: str, api: httpx.AsyncClient, keys: Keyring, desks: Desks
) -> None:
    await run(desks.database, _MORE[path])
    assert await _ids(api, path, await keys.of(account=BOLT)) == []
    headers = await keys.of(account=ACCOUNT)
    cursor = (await api.get(path, params={"limit": 1}, headers=headers)).json()["next_cursor"]

    other = await api.get(path, params={"held": True, "cursor": cursor}, headers=headers)

    assert (other.status_code, other.json()["code"]) == (400, "page_cursor_invalid")


async def test_requests_are_found_by_status_by_sim_and_by_what_waits(
    api: httpx.AsyncClient, keys: Keyring, desks: Desks, acme: Known
) -> None:
    headers = await keys.of()
    await run(desks.database, _MORE["/qr-requests"])

    for waiting in ({"status": "requested"}, {"open": True}, {"held": True}, {"sim": "+33639980003"}):
        assert await _ids(api, "/qr-requests", headers, **waiting) == [acme.request], waiting
    assert len(await _ids(api, "/qr-requests", headers, status="refused", sim="S-1", limit=100)) == 100
    unknown = await api.get("/qr-requests", params={"sim": "S-99"}, headers=headers)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_sim")


async def test_notifications_are_found_by_sim_and_by_what_waits(
    api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    headers = await keys.of()
    every = await _ids(api, "/qr-notifications", headers)
    held = await _ids(api, "/qr-notifications", headers, held=True)

    assert acme.notification in every
    assert len(held) == 1
    assert await _ids(api, "/qr-notifications", headers, open=True) == held
    assert await _ids(api, "/qr-notifications", headers, sim="S-1") == every
    assert await _ids(api, "/qr-notifications", headers, sim="S-3") == []


@pytest.mark.covers("A9")
async def test_a_held_request_says_why_and_which_calls_are_possible_for_this_caller(
    api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    path = f"/qr-requests/{acme.request}"

    request = (await api.get(path, headers=await keys.of())).json()
    looked_at = (await api.get(path, headers=await keys.of(Role.VIEWER))).json()

    assert (request["sim"], request["status"], request["round"]) == ("S-3", "requested", 1)
    assert request["recipients"][0].startswith("C-")
    assert request["requested_by"] == "U-1"
    assert request["held"] is True
    assert request["holds"][0]["reason"] == "no_qr_code"
    assert request["holds"][0]["sentence"]
    assert [call["name"] for call in request["next"]] == ["send-again", "withdraw", "retry"]
    assert request["next"][0]["href"] == f"/api/v1{path}/send-again"
    assert looked_at["next"] == []


async def test_a_held_notification_says_why_in_the_language_that_is_asked_for(
    api: httpx.AsyncClient, keys: Keyring
) -> None:
    headers = await keys.of()
    (held,) = await _ids(api, "/qr-notifications", headers, held=True)

    english = (await api.get(f"/qr-notifications/{held}", headers=headers)).json()
    french = (await api.get(f"/qr-notifications/{held}", headers=headers | {"Accept-Language": "fr"})).json()

    assert english["state"] == french["state"] == "held"
    assert english["address"] == "carl@acme.example"
    assert english["holds"][0]["reason"] == "mail_rejected"
    assert english["holds"][0]["sentence"] != french["holds"][0]["sentence"]
    assert [call["name"] for call in english["next"]] == ["revoke", "retry"]


async def test_the_history_of_a_sim_has_everything_about_its_code_and_the_people_on_demand(
    api: httpx.AsyncClient, keys: Keyring, desks: Desks
) -> None:
    headers = await keys.of()
    path = "/sims/S-3/qr-code/history"

    alone = (await api.get(path, headers=headers)).json()
    with counted(desks.database) as without:
        await api.get(path, headers=headers)
    with counted(desks.database) as statements:
        history = (await api.get(path, params={"expand": "people"}, headers=headers)).json()

    assert alone["people"] is None
    assert len(statements) <= len(without) + 3, "the SIM, and the people of each kind"
    (request,) = history["requests"]
    assert request["rounds"][0]["number"] == 1
    assert history["people"][request["recipients"][0]].endswith("@telvia.example>")
    assert history["people"][request["requested_by"]]
    (link,) = history["links"]
    assert (link["purpose"], link["state"], link["request"]) == ("upload", "open", request["id"])
    assert history["events"][0]["type"] == "qr.requested"
