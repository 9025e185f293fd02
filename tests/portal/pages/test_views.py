"""Views of the inventory that are shared with the account (P2)."""

import re

import pytest

from starter.desks import Desks
from tests.builders import run
from tests.callers.world import BEN, Known
from tests.portal.pages.conftest import SignIn
from tests.portal.pages.people import ANA, CLEO, Browser

pytestmark = pytest.mark.covers("P2")
MANAGER = "manager@acme.example"


def tabs(page: str) -> list[str]:
    """The views above the list."""
    (bar,) = re.findall(r'<nav class="tabs".*?</nav>', page, re.DOTALL)
    return re.findall(r"<a [^>]*>([^<]+)</a>", bar)


async def views_of(browser: Browser) -> list[str]:
    return tabs((await browser.get("/inventory?view=all")).text)


async def test_a_shared_view_appears_to_all_and_opens_first_for_who_wants_it(
    browser: SignIn, acme: Known
) -> None:
    manager, ben, cleo = [await browser(person) for person in (MANAGER, BEN, CLEO)]
    assert "Orange" not in await views_of(ben)
    shared = await manager.post(f"/views/{acme.view}/share")
    assert (shared.status_code, shared.headers["Location"]) == (303, "/views")
    page = (await manager.get("/views")).text
    assert "The view is shared with the account." in page
    assert f'formaction="/views/{acme.view}/unshare"' in page
    assert "Orange" in await views_of(ben)
    assert "Orange" not in await views_of(cleo)
    page = (await ben.get("/views")).text
    assert "Shared by manager" in page
    for change in ("rename", "delete", "unshare"):
        assert f"/views/{acme.view}/{change}" not in page, "only its owner and administrators change it"
    assert (await ben.post(f"/views/{acme.view}/default")).status_code == 303
    assert (await ben.get("/inventory")).headers["Location"] == "/inventory?provider=Orange"
    assert (await manager.get("/inventory")).status_code == 200, "each has a default of their own"
    assert (await manager.post(f"/views/{acme.view}/unshare")).status_code == 303
    assert "Orange" not in await views_of(ben)
    assert (await ben.get("/inventory")).status_code == 200
    assert (await ben.post(f"/views/{acme.view}/default")).status_code == 404


async def test_who_may_not_change_a_shared_view_is_told_so_and_an_administrator_may(
    browser: SignIn, acme: Known
) -> None:
    manager, ben, ana, cleo = [await browser(person) for person in (MANAGER, BEN, ANA, CLEO)]
    await manager.post(f"/views/{acme.view}/share")
    for method, path, form in (
        ("POST", "rename", {"name": "Mine"}),
        ("POST", "unshare", {}),
        ("GET", "delete", {}),
        ("POST", "delete", {}),
    ):
        refused = await ben.request(method, f"/views/{acme.view}/{path}", data=form)
        assert refused.status_code in (403, 422), path
        assert "manage users" in refused.text, path
        foreign = await cleo.request(method, f"/views/{acme.view}/{path}", data=form)
        assert foreign.status_code == 404, path
    saved = await ben.post("/views", data={"name": "Mine", "list": "slot=1"})
    assert saved.status_code == 303
    (own,) = re.findall(r'action="/views/(V-\d+)/rename"', (await ben.get("/views")).text)
    assert f"/views/{own}/share" not in (await ben.get("/views")).text
    assert (await ben.post(f"/views/{own}/share")).status_code == 403, "a viewer shares nothing"
    renamed = await ana.post(f"/views/{acme.view}/rename", data={"name": "All of Orange"})
    assert renamed.status_code == 303
    assert "All of Orange" in await views_of(manager)
    asked = (await ana.get(f"/views/{acme.view}/delete")).text
    assert "all users of the account lose it" in asked
    assert (await ana.post(f"/views/{acme.view}/delete")).status_code == 303
    assert "All of Orange" not in await views_of(manager)


@pytest.mark.covers("A17")
async def test_the_audit_has_what_happens_to_a_shared_view_and_nothing_of_ones_own(
    browser: SignIn, acme: Known, desks: Desks
) -> None:
    manager, ana = await browser(MANAGER), await browser(ANA)
    view = f"/views/{acme.view}"
    assert (await manager.post(f"{view}/rename", data={"name": "Mine alone"})).status_code == 303
    for step, form in (
        ("share", {}),
        ("share", {}),
        ("rename", {"name": "For all"}),
        ("rename", {"name": "For all"}),
        ("unshare", {}),
        ("unshare", {}),
        ("rename", {"name": "Mine again"}),
        ("share", {}),
    ):
        assert (await manager.post(f"{view}/{step}", data=form)).status_code == 303, step
    assert (await ana.post(f"{view}/delete")).status_code == 303
    found = await run(
        desks.database, "SELECT type, about, data, actor FROM events WHERE type LIKE 'view.%' ORDER BY id"
    )
    assert [row.type for row in found] == [
        *("view.shared", "view.renamed", "view.unshared", "view.shared", "view.deleted")
    ]
    number = int(acme.view.removeprefix("V-"))
    assert all((row.about, row.data) == ([f"view:{number}"], {"view": number}) for row in found)
    assert len({row.actor for row in found}) == 2, "who shared it, and who deleted it"
    page = (await ana.get(f"/administration/audit?about={acme.view}")).text
    assert "A shared view of the inventory was deleted" in page
