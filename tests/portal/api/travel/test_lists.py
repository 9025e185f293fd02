"""Lists of travel eSIMs: read page by page, at the same cost however long they are (A6)."""

import base64
import json
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from models.people.callers import Role
from starter.desks import Desks
from tests.builders import run
from tests.callers.world import BOLT, Known
from tests.portal.api.keys import Keyring
from tests.portal.api.statements import counted

pytestmark = pytest.mark.covers("A6")


@dataclass(frozen=True)
class AList:
    path: str
    more: str
    by: str = "id"
    filter: dict[str, Any] = field(default_factory=dict)


LISTS = {
    "subscribers": AList(
        "/subscribers",
        "INSERT INTO subscribers (account_id, name, msisdn, plan)"
        " SELECT 1, 'Rosa ' || n % 9, '+1646555' || lpad(n::text, 4, '0'), 'basic'"
        " FROM generate_series(1, 100) n",
        filter={"find": "rosa"},
    ),
    "travel plans": AList(
        "/travel-plans",
        "INSERT INTO travel_plans (account_id, name, countries, data_mb, price, currency, computed_profile)"
        " SELECT 1, 'Plan ' || n, '{FR}', 500 + n % 3, n % 4, 'USD', 7 FROM generate_series(1, 100) n",
        filter={"withdrawn": "false"},
    ),
    "offers": AList(
        "/travel-offers",
        "INSERT INTO travel_plans (account_id, name, countries, data_mb, price, currency, computed_profile)"
        " SELECT 1, 'Plan ' || n, '{FR}', 500 + n % 3, n % 4, 'USD', 7 FROM generate_series(1, 100) n",
        filter={"country": "FR", "subscriber": "SB-1"},
    ),
    "stock": AList(
        "/travel-stock",
        "WITH sim AS (INSERT INTO sims (account_id, iccid, kind, state, provider_id)"
        " SELECT 1, (8900000000000000000 + n)::text, 'esim', 'in_stock', 1 FROM generate_series(1, 100) n"
        " RETURNING id) INSERT INTO travel_stock (sim_id, account_id, profile, ends_on)"
        " SELECT id, 1, 7, CASE WHEN id % 3 > 0 THEN DATE '2030-01-01' + (id % 3)::int END FROM sim",
        filter={"profile": 7, "state": "free"},
    ),
    "profiles": AList(
        "/travel-profiles",
        "INSERT INTO travel_profiles (account_id, profile)"
        " SELECT 1, n FROM generate_series(1, 99) n ON CONFLICT DO NOTHING",
        by="profile",
    ),
    "eSIM lines": AList(
        "/esim-lines",
        "WITH placed AS (INSERT INTO orders (id, account_id, kind, status, placed_by, what)"
        " SELECT 'order-' || n, 1, 'add_line', 'processed', min(u.id), '{}'"
        " FROM users u, generate_series(1, 100) n WHERE u.account_id = 1 GROUP BY n RETURNING id),"
        " line AS (INSERT INTO esim_lines (account_id, subscriber_id, name, profile, complimentary, order_id)"
        " SELECT 1, 1, 'France', 7, false, id FROM placed RETURNING id, order_id)"
        " INSERT INTO plan_assignments (account_id, esim_line_id, plan_id, order_id, countries, data_bytes,"
        " price, currency, lapses_at) SELECT 1, id, 1, order_id, '{FR}', 1000, 9.90, 'USD', esim_now()"
        " FROM line",
        filter={"subscriber": "SB-1"},
    ),
    "reports": AList(
        "/esim-lines/EL-1/reports",
        "INSERT INTO line_reports (account_id, esim_line_id, key, report, at, country, outcome)"
        " SELECT 1, 1, 'more ' || n, 'connection', esim_now() - n % 7 * interval '1 day', 'FR', 'not_covered'"
        " FROM generate_series(1, 100) n",
        by="at",
    ),
}
EACH = pytest.mark.parametrize("name", LISTS)


async def _page(api: httpx.AsyncClient, path: str, headers: dict[str, str], **query: Any) -> Any:
    answer = await api.get(path, params=query or None, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer


@EACH
async def test_all_pages_together_are_the_list_each_record_once(
    name: str, api: httpx.AsyncClient, keys: Keyring, desks: Desks, acme: Known
) -> None:
    listed, headers = LISTS[name], await keys.of(Role.SUPPORT)
    await run(desks.database, listed.more)
    whole = (await _page(api, listed.path, headers, limit=100, **listed.filter)).json()["data"]
    answer = await _page(api, listed.path, headers, limit=7, **listed.filter)
    found = answer.json()["data"]
    while answer.json()["has_more"]:
        answer = await _page(api, answer.links["next"]["url"].removeprefix("/api/v1"), headers)
        found += answer.json()["data"]

    assert len(found) >= 99
    assert found[:100] == whole
    if listed.by != "at":  # reports have no id
        assert len({each[listed.by] for each in found}) == len(found)
    assert answer.json()["next_cursor"] is None


@EACH
async def test_a_page_costs_the_same_statements_however_long_it_is(
    name: str, api: httpx.AsyncClient, keys: Keyring, desks: Desks, acme: Known
) -> None:
    listed, headers = LISTS[name], await keys.of(Role.SUPPORT)
    await run(desks.database, listed.more)
    await _page(api, listed.path, headers, **listed.filter)  # the first call with a key notes that it is used
    costs = {}
    for limit in (1, 25, 99):
        with counted(desks.database) as statements:
            answer = await _page(api, listed.path, headers, limit=limit, **listed.filter)
        assert len(answer.json()["data"]) == limit
        costs[limit] = len(statements)

    assert len(set(costs.values())) == 1, costs


@EACH
async def test_a_list_shows_another_account_nothing_and_a_cursor_fits_its_filter_alone(
    name: str, api: httpx.AsyncClient, keys: Keyring, desks: Desks, acme: Known
) -> None:
    listed, headers = LISTS[name], await keys.of()
    await run(desks.database, listed.more)
    cleo = await keys.of(account=BOLT)
    theirs = await api.get(listed.path, params=listed.filter, headers=cleo)
    assert theirs.status_code == 404 or theirs.json()["data"] == []
    cursor = (await _page(api, listed.path, headers, limit=1, **listed.filter)).json()["next_cursor"]

    for query, caller in (
        ({**listed.filter, "cursor": cursor[:-2]}, headers),
        ({**listed.filter, "cursor": "e30"}, headers),
    ):
        refused = await api.get(listed.path, params=query, headers=caller)
        assert (refused.status_code, refused.json()["code"]) == (400, "page_cursor_invalid")
    stolen = await api.get(listed.path, params={**listed.filter, "cursor": cursor}, headers=cleo)
    assert (stolen.status_code, stolen.json()["code"]) == (400, "page_cursor_invalid")


@EACH
async def test_a_cursor_that_was_tampered_with_is_refused_or_shows_what_is_after_it(
    name: str, api: httpx.AsyncClient, keys: Keyring, desks: Desks, acme: Known
) -> None:
    listed, headers = LISTS[name], await keys.of()
    await run(desks.database, listed.more)
    cursor = (await _page(api, listed.path, headers, limit=1, **listed.filter)).json()["next_cursor"]
    filter_, *position = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    for place in range(len(position)):
        for junk in (10**30, -1, "", "x", "\0", "\ud800", "9999-12-31", "0001-01-01T00:00:00+14:00", "1e999"):
            values = [filter_, *position[:place], junk, *position[place + 1 :]]
            changed = base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")
            query = {**listed.filter, "cursor": changed}
            answer = await api.get(listed.path, params=query, headers=headers)
            assert answer.status_code in {200, 400}, answer.text


async def test_stock_is_listed_by_profile_and_what_ends_first_first(
    api: httpx.AsyncClient, keys: Keyring, desks: Desks, acme: Known
) -> None:
    await run(desks.database, LISTS["stock"].more)
    found = (await _page(api, "/travel-stock", await keys.of(), limit=100, profile=7)).json()["data"]

    ends = [each["ends_on"] or "9999" for each in found]
    assert ends == sorted(ends)
    assert set(ends) == {"2030-01-02", "2030-01-03", "9999"}


async def test_offers_are_listed_cheapest_first_then_with_more_data(
    api: httpx.AsyncClient, keys: Keyring, desks: Desks, acme: Known
) -> None:
    await run(desks.database, LISTS["offers"].more)
    found = (await _page(api, "/travel-offers", await keys.of(), limit=100, country="FR")).json()["data"]

    sequence = [(float(each["price"]), -each["data_mb"]) for each in found]
    assert sequence == sorted(sequence)
