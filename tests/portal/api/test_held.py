"""Held work over HTTP: what waits for a person, and its retry."""

from typing import Any

import httpx
import pytest

from models.orders.lifecycle import HoldReason
from models.people.callers import Role
from starter.desks import Desks
from store.operations import holds
from tests.builders import run
from tests.callers.world import BOLT, Known
from tests.portal.api.keys import Keyring
from tests.portal.api.statements import counted

pytestmark = pytest.mark.covers("W5")


async def _held(api: httpx.AsyncClient, headers: dict[str, str], **query: Any) -> list[dict[str, Any]]:
    answer = await api.get("/held", headers=headers, params={"limit": 100} | query)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["data"])


async def _hold(desks: Desks, workflow: str, step: str, reason: HoldReason) -> None:
    async with desks.database.transaction() as connection:
        await holds.hold(connection, workflow, step, reason)


async def test_what_waits_for_a_person_is_listed_with_what_to_do(
    api: httpx.AsyncClient, keys: Keyring, desks: Desks, acme: Known
) -> None:
    await _hold(desks, acme.order, "submit", HoldReason.NO_ORDER_CONTACT)
    await _hold(desks, acme.order, "email:user:1", HoldReason.MAIL_REJECTED)

    found = await _held(api, await keys.of())

    assert [one["kind"] for one in found] == ["qr_notification", "qr_request", "order"]
    order = found[-1]
    assert order["id"] == acme.order
    assert [hold["reason"] for hold in order["holds"]] == ["no_order_contact", "mail_rejected"]
    assert "Then retry." in order["holds"][0]["sentence"]
    (retry,) = order["next"]
    assert retry == {"name": "retry", "method": "POST", "href": f"/api/v1/held/{acme.order}/retry"}
    french = await api.get("/held", headers=await keys.of(Role.ADMINISTRATOR) | {"Accept-Language": "fr"})
    assert french.json()["data"][-1]["holds"][0]["sentence"] != order["holds"][0]["sentence"]


async def test_it_is_filtered_by_reason_and_kind(api: httpx.AsyncClient, keys: Keyring, acme: Known) -> None:
    headers = await keys.of()
    assert [one["id"] for one in await _held(api, headers, reason="no_qr_code")] == [acme.request]
    (notification,) = await _held(api, headers, kind="qr_notification")
    assert notification["holds"][0]["reason"] == "mail_rejected"
    assert await _held(api, headers, kind="order") == []
    for query, code in (({"reason": "x"}, "reason_unknown"), ({"kind": "x"}, "work_kind_unknown")):
        assert (await api.get("/held", headers=headers, params=query)).json()["code"] == code


async def test_another_account_sees_and_retries_nothing_of_it(
    api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    cleo = await keys.of(account=BOLT)
    assert await _held(api, cleo) == []
    answer = await api.post("/held/retry", headers=cleo, json={"ids": [acme.request, "order-x"]})
    assert [one["outcome"] for one in answer.json()["data"]] == ["not_held", "not_held"]
    assert (await api.post(f"/held/{acme.request}/retry", headers=cleo)).status_code == 404


async def test_a_retry_of_many_is_503_while_temporal_does_not_answer(
    api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    headers = await keys.of()
    answer = await api.post("/held/retry", headers=headers, json={"reason": "no_qr_code"})
    assert answer.status_code == 503
    assert "Retry-After" in answer.headers
    assert await _held(api, headers, reason="no_qr_code")


async def test_a_retry_of_many_names_a_reason_or_ids(api: httpx.AsyncClient, keys: Keyring) -> None:
    headers = await keys.of()
    for body in ({}, {"reason": "no_qr_code", "ids": ["a"]}):
        answer = await api.post("/held/retry", headers=headers, json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "held_choice")
    junk = [{"ids": ["x"] * 101}, {"ids": "x"}, {"ids": ["\0"]}, {"reason": 10**30}, {"all": True}, []]
    for content in junk:
        assert (await api.post("/held/retry", headers=headers, json=content)).status_code == 422
    unknown = await api.post("/held/retry", headers=headers, json={"ids": ["a b", "ordér-%"]})
    assert [one["outcome"] for one in unknown.json()["data"]] == ["not_held"] * 2
    for workflow in ("x", "order-" + "9" * 100, "%00", "travel-line-99999"):
        assert (await api.post(f"/held/{workflow}/retry", headers=headers)).status_code in {404, 422}


async def test_travel_esims_are_held_only_for_a_key_that_may_see_them(
    api: httpx.AsyncClient, keys: Keyring, desks: Desks, acme: Known
) -> None:
    await _hold(desks, f"travel-line-{acme.esim_line[3:]}", "notify", HoldReason.MAIL_REJECTED)
    seeing, blind = await keys.of(), await keys.of(Role.ADMINISTRATOR, permissions=["retry_work"])
    assert "travel_line" in {one["kind"] for one in await _held(api, seeing)}
    assert "travel_line" not in {one["kind"] for one in await _held(api, blind)}


async def test_a_page_takes_the_same_number_of_statements_however_long_it_is(
    api: httpx.AsyncClient, keys: Keyring, desks: Desks
) -> None:
    headers = await keys.of()
    await run(
        desks.database,
        "INSERT INTO holds (workflow_id, step, account_id, reason)"
        " SELECT 'order-' || n, 'submit', 1, 'no_order_contact' FROM generate_series(1, 120) n",
    )
    await _held(api, headers)  # the key's last use is noted
    counts = set()
    for limit in (1, 25, 100):
        with counted(desks.database) as statements:
            assert len(await _held(api, headers, limit=limit)) == limit
        counts.add(len(statements))
    assert len(counts) == 1
