"""The audit on pages: every change, filtered, in words, as CSV; nothing of the platform's own (A17)."""

import csv
import io
import re

import pytest

from models.people.api_keys import Mode
from starter.desks import Desks
from tests.builders import OPERATOR, run
from tests.callers.world import BEN, Known
from tests.portal.api.statements import counted
from tests.portal.pages.conftest import SignIn
from tests.portal.pages.people import ANA, CLEO, Browser

pytestmark = pytest.mark.covers("A17", "P11")
LIST = "/administration/audit"


def listed(page: str) -> list[str]:
    """The types of the entries."""
    return re.findall(r'<tr role="row" id="entry-.*?<span class="sub">([\w.]+)</span></th>', page, re.DOTALL)


async def found(browser: Browser, **query: str) -> list[str]:
    """The types that a filter finds."""
    answer = await browser.get(LIST, params=query)
    assert answer.status_code == 200, answer.text
    return listed(answer.text)


async def revoked(browser: Browser, acme: Known) -> str:
    """Ana revokes a key; the path of the change."""
    await browser.post(f"/administration/api-keys/{acme.api_key}/revoke")
    (path,) = re.findall(rf'href="({LIST}/[\w-]+)">An API key was revoked', (await browser.get(LIST)).text)
    return str(path)


async def changes(desks: Desks, number: int) -> None:
    """So many changes of a line by a user."""
    await run(
        desks.database,
        "INSERT INTO events (account_id, about, type, actor, audience) SELECT 1, ARRAY['line:1'],"
        " 'line.groups_changed', 'user:1', 'account' FROM generate_series(1, :number) RETURNING id",
        number=number,
    )


async def test_a_change_says_who_when_from_where_and_in_which_session(
    browser: SignIn, acme: Known, desks: Desks
) -> None:
    ana = await browser(ANA)
    page = (await ana.get(await revoked(ana, acme))).text
    (row,) = await run(
        desks.database,
        "SELECT session, request_id FROM origins WHERE surface = 'portal' ORDER BY id DESC LIMIT 1",
    )
    assert "An API key was revoked" in page
    for each in ("owner", "127.0.0.1", row.session, row.request_id, "Pages"):
        assert each in page, each
    assert f'href="/administration/api-keys/{acme.api_key}"' in page
    ana_id = (await desks.users.user(OPERATOR, ANA)).id
    for query in ({"session": row.session}, {"address": "127.0.0.1"}, {"actor": f"U-{ana_id}"}):
        assert "api_key.revoked" in await found(ana, **query), query
        (name, value), *_ = query.items()
        assert f'{LIST}?{name}={value}"' in page, "a link to all of these"


async def test_filters_combine_and_the_address_holds_them(browser: SignIn, acme: Known) -> None:
    ana = await browser(ANA)
    await revoked(ana, acme)
    assert await found(ana, about=acme.api_key) == ["api_key.revoked", "api_key.created"]
    assert await found(ana, about=acme.api_key, type="api_key.revoked") == ["api_key.revoked"]
    assert set(await found(ana, type="order")) <= {"order.submitted", "order.refused"}
    assert await found(ana, about=acme.api_key, actor="operator") == ["api_key.created"]
    assert await found(ana, until="2020-01-01T00:00") == []
    assert "api_key.revoked" in await found(ana, since="2020-01-01T00:00")
    assert await found(ana, session="SE-99999") == []
    assert await found(ana, session="K-1\0".replace("\0", "x")) == []
    page = (await ana.get(LIST, params={"about": acme.api_key, "type": "api_key.revoked"})).text
    assert f'href="{LIST}?about={acme.api_key}"' in page, "the chip of the type is removed"
    assert f'href="{LIST}.csv?about={acme.api_key}&amp;type=api_key.revoked"' in page


async def test_calls_by_a_mailed_link_are_found_and_ids_in_either_case(
    browser: SignIn, acme: Known, desks: Desks
) -> None:
    ana = await browser(ANA)
    await revoked(ana, acme)
    await run(
        desks.database,
        "WITH origin AS (INSERT INTO origins (actor, surface, session)"
        " VALUES ('contact:1', 'link', 'order-link:7') RETURNING id)"
        " INSERT INTO events (account_id, about, type, actor, audience, origin_id)"
        " SELECT 1, ARRAY['line:1'], 'line.groups_changed', 'contact:1', 'account', id FROM origin"
        " RETURNING id",
    )
    assert await found(ana, session="order-link:7") == ["line.groups_changed"]
    (row,) = await run(desks.database, "SELECT session FROM origins WHERE surface = 'portal' LIMIT 1")
    assert "api_key.revoked" in await found(ana, session=row.session.lower())


async def test_what_a_change_is_about_leads_to_its_page(browser: SignIn, desks: Desks) -> None:
    ana = await browser(ANA)
    kinds = {
        "number": "/numbers/N-",
        "agent": "/agents/AG-",
        "licence": "/licences/LI-",
        "contact": "/administration/contacts/C-",
        "employee": "/administration/employees/E-",
        "profile": "/administration/profiles/AP-",
        "group": "/administration/groups#G-",
    }
    for kind in kinds:
        await run(
            desks.database,
            "INSERT INTO events (account_id, about, type, actor, audience)"
            " VALUES (1, ARRAY[CAST(:about AS text)], 'line.groups_changed', 'user:1', 'account')"
            " RETURNING id",
            about=f"{kind}:1",
        )
    page = (await ana.get(LIST)).text
    for kind, path in kinds.items():
        assert f'href="{path}1"' in page, kind
        assert (await ana.get(f"{path}1")).status_code in (200, 404), kind
    assert await found(ana, about="AP-1", type="line.groups_changed") == ["line.groups_changed"]


async def test_what_the_filter_cannot_mean_is_said(browser: SignIn) -> None:
    ana = await browser(ANA)
    for query, status, said in (
        ({"about": "no such thing@x.example"}, 404, "There is no such record."),
        ({"since": "soon"}, 422, "The filter has a value that is not possible."),
        ({"colour": "red"}, 422, "The filter has a value that is not possible."),
        ({"since": "0001-01-01T00:00+14:00"}, 422, "The filter has a value that is not possible."),
        ({"until": "9999-12-31T23:59-14:00"}, 422, "The filter has a value that is not possible."),
        ({"cursor": "x"}, 422, "page"),
    ):
        answer = await ana.get(LIST, params=query)
        assert (answer.status_code, said in answer.text) == (status, True), query


async def test_the_csv_has_exactly_what_is_filtered(browser: SignIn, acme: Known, desks: Desks) -> None:
    ana = await browser(ANA)
    await revoked(ana, acme)
    answer = await ana.get(f"{LIST}.csv", params={"about": acme.api_key})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["type"] for row in rows] == ["api_key.revoked", "api_key.created"]
    assert rows[0] | {"surface": "portal", "address": "127.0.0.1", "about": acme.api_key} == rows[0]
    everything = list(csv.DictReader(io.StringIO((await ana.get(f"{LIST}.csv")).text)))
    (row,) = await run(
        desks.database, "SELECT count(*) AS n FROM events WHERE account_id = 1 AND audience = 'account'"
    )
    assert len(everything) == row.n
    assert (await ana.get(f"{LIST}.csv", params={"colour": "red"})).status_code == 404


async def test_pages_go_on_where_the_one_before_ended(browser: SignIn, desks: Desks) -> None:
    ana = await browser(ANA)
    await changes(desks, 60)
    first = (await ana.get(LIST, params={"type": "line.groups_changed"})).text
    (following,) = re.findall(r'rel="next" href="([^"]+)"', first)
    second = (await ana.get(following.replace("&amp;", "&"))).text
    ids = [re.findall(r'id="entry-([\w-]+)"', page) for page in (first, second)]
    assert list(map(len, ids)) == [50, 10]
    assert not {*ids[0]} & {*ids[1]}


async def test_a_list_of_many_costs_as_many_statements_as_one_of_few(browser: SignIn, desks: Desks) -> None:
    ana = await browser(ANA)
    costs = []
    for number in (1, 24, 100):
        await changes(desks, number)
        with counted(desks.database) as statements:
            rows = await found(ana, type="line.groups_changed")
        costs.append((len(rows), len(statements)))
    assert [rows for rows, _ in costs] == [1, 25, 50]
    assert len({cost for _, cost in costs}) == 1


async def test_the_platforms_sessions_and_addresses_are_not_found_either(
    browser: SignIn, desks: Desks
) -> None:
    ana = await browser(ANA)
    made = await desks.api_keys.create_platform_key(OPERATOR, "Ours", Mode.LIVE)
    hidden = [("operator", "cli", "ops-laptop"), ("user:1", "api", made.view.key_id)]
    for actor, surface, session in hidden:
        await run(
            desks.database,
            "WITH origin AS (INSERT INTO origins (actor, surface, session, address)"
            " VALUES (:actor, :surface, :session, '203.0.113.9') RETURNING id)"
            " INSERT INTO events (account_id, about, type, actor, audience, origin_id)"
            " SELECT 1, ARRAY['line:1'], 'line.groups_changed', :actor, 'account', id FROM origin"
            " RETURNING id",
            actor=actor,
            surface=surface,
            session=session,
        )
    page = (await ana.get(LIST)).text
    assert "203.0.113.9" not in page
    assert await found(ana, address="203.0.113.9") == []
    for _, _, session in hidden:
        assert await found(ana, session=session) == []
    newest = re.findall(r'id="entry-([\w-]+)"', page)[0]
    entry = await ana.get(f"{LIST}/{newest}")
    assert "203.0.113.9" not in entry.text
    assert "The platform" in entry.text


async def test_another_firm_and_who_may_not_see_the_audit_see_nothing(browser: SignIn, acme: Known) -> None:
    ana, ben, cleo = [await browser(person) for person in (ANA, BEN, CLEO)]
    path = await revoked(ana, acme)
    assert (await cleo.get(path)).status_code == 404
    assert (await cleo.get(f"{LIST}/MS4xMDA0LjQ")).status_code == 404
    assert "api_key.revoked" not in await found(cleo)
    for each in (LIST, f"{LIST}.csv", path):
        assert (await ben.get(each)).status_code == 403
