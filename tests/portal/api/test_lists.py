"""Lists over HTTP: pages by cursor, also while records come and go (A6)."""

import base64
import contextlib
import json

import httpx
import pytest
from sqlalchemy import insert, literal, select

from models.errors import Unavailable
from starter.desks import Desks
from store.operations.job_tables import JobReportRow, JobRow
from store.orders import notes
from tests.builders import ACCOUNT, run
from tests.callers.world import BOLT, Known
from tests.portal.api.keys import Keyring

pytestmark = pytest.mark.covers("A6")

LISTS = (
    *(
        "/orders",
        "/orders?status=refused",
        "/lines",
        "/sims",
        "/devices",
        "/catalogue",
        "/users",
        "/contacts",
    ),
    *("/distributors", "/profiles", "/employees", "/groups", "/accounts", "/api-keys", "/webhooks"),
)


@pytest.mark.parametrize("path", LISTS)
async def test_a_list_that_is_read_page_by_page_is_the_whole_list(
    path: str, api: httpx.AsyncClient, keys: Keyring
) -> None:
    headers = await keys.of()
    first = httpx.URL(path)
    whole = (await api.get(first.copy_merge_params({"limit": 100}), headers=headers)).json()
    read, following = [], first.copy_merge_params({"limit": 1})
    while True:
        page = await api.get(following, headers=headers)
        read += page.json()["data"]
        if not page.json()["has_more"]:
            break
        assert page.headers["Link"] == f'<{page.links["next"]["url"]}>; rel="next"'
        following = httpx.URL(page.links["next"]["url"].removeprefix("/api/v1"))

    assert whole["has_more"] is False
    assert whole["next_cursor"] is None
    assert read == whole["data"]
    assert len(read) > 0


async def test_a_cursor_is_refused_with_another_filter_list_or_account(
    api: httpx.AsyncClient, keys: Keyring
) -> None:
    headers = await keys.of()
    cursor = (await api.get("/lines", headers=headers, params={"limit": 1})).json()["next_cursor"]

    for path, more in (("/lines", {"device": "Phone 1"}), ("/sims", {}), ("/lines", {"kind": "esim"})):
        answer = await api.get(path, headers=headers, params={"cursor": cursor, **more})
        assert (answer.status_code, answer.json()["code"]) == (400, "page_cursor_invalid")
    named = await keys.of_platform(account=BOLT)
    for other in (named, await keys.of(account=BOLT)):
        answer = await api.get("/lines", headers=other, params={"cursor": cursor})
        assert (answer.status_code, answer.json()["code"]) == (400, "page_cursor_invalid")


@pytest.mark.parametrize("cursor", ["", "x", "W10", "e30", "bnVsbA", "\x00", "é" * 50, "W" * 2000])
async def test_a_cursor_that_is_none_is_refused(cursor: str, api: httpx.AsyncClient, keys: Keyring) -> None:
    headers = await keys.of()

    answer = await api.get("/lines", headers=headers, params={"cursor": cursor})

    assert (answer.status_code, answer.json()["code"]) == (400, "page_cursor_invalid")


@pytest.mark.covers("A5")
@pytest.mark.parametrize("number", [2**31, -(2**31) - 1, 10**30])
async def test_a_number_in_a_cursor_that_the_column_does_not_hold_is_refused(
    number: int, api: httpx.AsyncClient, keys: Keyring
) -> None:
    headers = await keys.of()
    made = {"name": "Second"}
    await api.post("/profiles", headers=headers | {"Idempotency-Key": "second"}, json=made)
    cursor = (await api.get("/profiles?limit=1", headers=headers)).json()["next_cursor"]
    filter_, _, *others = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    forged = base64.urlsafe_b64encode(json.dumps([filter_, number, *others]).encode()).decode().rstrip("=")

    answer = await api.get("/profiles", headers=headers, params={"cursor": forged})

    assert (answer.status_code, answer.json()["code"]) == (400, "page_cursor_invalid")


@pytest.mark.parametrize("limit", ["0", "101", "-1", "many", "1e3", "9" * 40])
async def test_a_limit_is_between_1_and_100(limit: str, api: httpx.AsyncClient, keys: Keyring) -> None:
    answer = await api.get("/lines", headers=await keys.of(), params={"limit": limit})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["parameter"] == "limit"


async def test_a_parameter_that_the_list_does_not_have_is_refused(
    api: httpx.AsyncClient, keys: Keyring
) -> None:
    """A misspelt filter would list everything."""
    answer = await api.get("/lines", headers=await keys.of(), params={"devise": "Phone 1"})

    assert (answer.status_code, answer.json()["code"]) == (422, "body_invalid")
    (error,) = answer.json()["errors"]
    assert (error["parameter"], error["rule"]) == ("devise", "parameter_unknown")


@pytest.mark.parametrize("blank", ["%E2%80%83", "%20"])
async def test_the_link_to_the_next_page_is_an_address_whatever_the_path(
    blank: str, api: httpx.AsyncClient, keys: Keyring, desks: Desks
) -> None:
    headers = await keys.of()
    rows = [{"line": "L-1"}, {"line": "L-2"}]
    with contextlib.suppress(Unavailable):
        await desks.jobs.submit_rows(keys.operator, ACCOUNT, "set_groups", rows, key="two")
    job = (await desks.jobs.jobs(keys.operator, ACCOUNT))[0]
    async with desks.database.transaction() as connection:
        for row in (1, 2):
            of_job = select(JobRow.id, JobRow.account_id, literal(row), literal("done")).where(
                JobRow.id == job.id
            )
            columns = ["job_id", "account_id", "number", "outcome"]
            await connection.execute(insert(JobReportRow).from_select(columns, of_job))

    page = await api.get(f"/jobs/{job.job_id}{blank}/report?limit=1", headers=headers)

    assert page.status_code == 200
    following = page.links["next"]["url"]
    assert following.startswith(f"/api/v1/jobs/{job.job_id}{blank}/report?")
    assert (await api.get(following.removeprefix("/api/v1"), headers=headers)).json()["data"][0]["row"] == 2


async def test_no_answer_is_a_bare_array(api: httpx.AsyncClient) -> None:
    """An array cannot get a field more, such as a cursor."""
    document = (await api.get("/openapi.json")).json()
    schemas = {
        f"{method} {path}": content["schema"]
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        for code, answer in operation["responses"].items()
        for content in answer.get("content", {}).values()
        if code.startswith("2")
    }

    assert len(schemas) > 100
    assert [name for name, schema in schemas.items() if schema.get("type") == "array"] == []


@pytest.mark.covers("A6", "F11")
async def test_orders_are_listed_by_how_their_purchase_reference_begins(
    api: httpx.AsyncClient, keys: Keyring, desks: Desks, acme: Known
) -> None:
    async with desks.database.transaction() as connection:
        note = await notes.add_note(connection, acme.order, "Ref. PO-4711\nBefore noon.")
    await run(
        desks.database,
        "UPDATE orders SET note_id = :note WHERE id = :id RETURNING id",
        note=note,
        id=acme.order,
    )
    headers = await keys.of()
    for text, found in (("po-47", [acme.order]), ("4711", []), ("PO-4711 b", [])):
        answer = await api.get("/orders", headers=headers, params={"purchase_reference": text})
        assert [order["id"] for order in answer.json()["data"]] == found, text
