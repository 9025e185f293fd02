"""The lists of licences are read page by page: whole, with as many statements for any page (A6)."""

import base64
import json
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from starter.desks import Desks
from tests.builders import run
from tests.callers.world import Known
from tests.portal.api.keys import Keyring
from tests.portal.api.statements import counted

pytestmark = pytest.mark.covers("A6")


@dataclass(frozen=True)
class List:
    """A list, and the statement that adds 120 records to it."""

    path: str
    fill: str
    filter: str


_OF_ACME = "FROM accounts, generate_series(1, 120) AS n WHERE accounts.name = 'Acme'"
LISTS = [
    List(
        "/numbers",
        "INSERT INTO numbers (account_id, msisdn, line_type, provider_id, distributor_id, deleted_at)"
        " SELECT account_id, '+336' || 13000000 + n / 2, line_type, provider_id, distributor_id,"
        " CASE WHEN n % 2 = 1 THEN esim_now() END FROM numbers, generate_series(1, 120) AS n",
        "assigned=false",
    ),
    List(
        "/agents",
        f"INSERT INTO agents (account_id, name) SELECT id, 'Agent ' || n / 3 {_OF_ACME}",
        "",
    ),
    List(
        "/licences",
        f"INSERT INTO licences (account_id, add_on) SELECT id, 'voice_sms' {_OF_ACME}",
        "status=free",
    ),
    List(
        "/licence-prices",
        "INSERT INTO add_on_prices (account_id, add_on, since, amount)"
        f" SELECT id, 'voice_sms_data', date '2027-01-01' + n, n {_OF_ACME}",
        "add_on=voice_sms_data",
    ),
    List(
        "/licence-requests",
        "INSERT INTO licence_requests (id, account_id, add_on, quantity, requested_by, at)"
        " SELECT 'licence-request-' || lpad(translate(n::text, '0189', 'abcd'), 16, 'a'), account_id, add_on,"
        " quantity, requested_by, at FROM licence_requests, generate_series(1, 120) AS n",
        "open=true",
    ),
]
_BY_PATH = pytest.mark.parametrize("listed", LISTS, ids=lambda listed: listed.path)


async def _page(api: httpx.AsyncClient, headers: dict[str, str], path: str, **query: Any) -> Any:
    answer = await api.get(path, headers=headers, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


@_BY_PATH
async def test_a_list_is_read_whole_page_by_page(
    listed: List, api: httpx.AsyncClient, keys: Keyring, acme: Known, desks: Desks
) -> None:
    headers = await keys.of()
    await run(desks.database, listed.fill)

    found, page = [], await _page(api, headers, listed.path, limit=50)
    while True:
        found += page["data"]
        if not page["has_more"]:
            break
        page = await _page(api, headers, listed.path, limit=50, cursor=page["next_cursor"])

    assert len(found) >= 120
    assert len({json.dumps(one) for one in found}) == len(found), "each once"
    assert page["next_cursor"] is None


@_BY_PATH
async def test_a_page_takes_as_many_statements_for_one_record_as_for_a_hundred(
    listed: List, api: httpx.AsyncClient, keys: Keyring, acme: Known, desks: Desks
) -> None:
    headers = await keys.of()
    await run(desks.database, listed.fill)
    await _page(api, headers, listed.path)  # notes the use of the key

    statements = {}
    for limit in (1, 25, 100):
        with counted(desks.database) as executed:
            page = await _page(api, headers, listed.path, limit=limit)
        assert len(page["data"]) == limit
        statements[limit] = len(executed)

    assert len(set(statements.values())) == 1, statements


@_BY_PATH
async def test_a_cursor_is_of_one_list_and_one_filter(
    listed: List, api: httpx.AsyncClient, keys: Keyring, acme: Known, desks: Desks
) -> None:
    headers = await keys.of()
    await run(desks.database, listed.fill)
    cursor = (await _page(api, headers, listed.path, limit=1))["next_cursor"]
    plain = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))

    for position in ([], [0], ["\0", "\0", "\0"], [10**30] * 2, ["0001-01-01T00:00:00+23:00", "x"], [-1, -1]):
        forged = base64.urlsafe_b64encode(json.dumps([plain[0], *position]).encode()).decode().rstrip("=")
        answer = await api.get(listed.path, headers=headers, params={"cursor": forged})
        assert answer.status_code in {200, 400}, f"{position}: {answer.text}"
    others = [f"{listed.path}?{listed.filter}"] if listed.filter else []
    for other in (*others, *(each.path for each in LISTS if each is not listed)):
        join = "&" if "?" in other else "?"
        answer = await api.get(f"{other}{join}cursor={cursor}", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "page_cursor_invalid"), other
