"""Lists over HTTP: pages by cursor, also while records come and go (A6)."""

import httpx
import pytest

from tests.callers.world import BOLT
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
    *("/distributors", "/profiles", "/employees", "/groups", "/accounts", "/api-keys"),
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
    answer = await api.get("/lines", headers=named, params={"cursor": cursor})
    assert answer.status_code == 400


@pytest.mark.parametrize("cursor", ["", "x", "W10", "e30", "bnVsbA", "\x00", "é" * 50, "W" * 2000])
async def test_a_cursor_that_is_none_is_refused(cursor: str, api: httpx.AsyncClient, keys: Keyring) -> None:
    headers = await keys.of()

    answer = await api.get("/lines", headers=headers, params={"cursor": cursor})

    assert (answer.status_code, answer.json()["code"]) == (400, "page_cursor_invalid")


@pytest.mark.parametrize("limit", ["0", "101", "-1", "many", "1e3", "9" * 40])
async def test_a_limit_is_between_1_and_100(limit: str, api: httpx.AsyncClient, keys: Keyring) -> None:
    answer = await api.get("/lines", headers=await keys.of(), params={"limit": limit})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["parameter"] == "limit"
