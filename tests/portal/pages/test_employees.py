"""Employees and management groups on pages."""

import re

import pytest

from starter.desks import Desks
from tests.builders import OPERATOR, run
from tests.callers.world import Known, who
from tests.portal.pages.conftest import SignIn
from tests.portal.pages.hidden_fields import hidden
from tests.portal.pages.people import ANA, BEN, CLEO

pytestmark = pytest.mark.covers("P11")
PATH, GROUPS = "/administration/employees", "/administration/groups"
GINA = {"name": "Gina Roth", "email": "gina@acme.example", "language": "fr"}


async def test_an_employee_is_added_once_changed_and_found(browser: SignIn, desks: Desks) -> None:
    ana = await browser(ANA)
    made = [await ana.post(PATH, data=GINA) for _ in range(2)]
    (page,) = {answer.headers["Location"] for answer in made}
    assert "Français" in (await ana.get(page)).text
    for field, value, said in (
        ("email", "gina", "This is not an e-mail address."),
        ("name", "Gino", "The address is that of another employee: E-"),
    ):
        wrong = await ana.post(PATH, data=GINA | {field: value})
        assert (wrong.status_code, said in wrong.text) == (422, True), field
    form = hidden((await ana.get(f"{page}/edit")).text)
    done = await ana.post(f"{page}/edit", data=form | GINA | {"name": "Gina Lind", "email": ""})
    assert done.headers["Location"] == page
    assert "gina@acme.example" not in (await ana.get(page)).text
    assert "Gina Lind" in (await ana.get(f"{PATH}?q=gina")).text
    none = (await ana.get(f"{PATH}?q=zz")).text
    assert "No employee begins so" in none
    late = await ana.post(f"{page}/edit", data=form | GINA | {"name": "Other"})
    assert late.status_code == 422
    assert "was changed meanwhile" in late.text
    assert 'value="Gina Lind"' in late.text
    (row,) = await run(desks.database, "SELECT data FROM events WHERE type = 'employee.changed'")
    assert row.data["fields"] == ["email", "name"]


async def test_the_inventory_has_the_new_name_at_once(browser: SignIn, desks: Desks) -> None:
    ana = await browser(ANA)
    owner = await who(desks.database, ANA)
    using = next(each for each in await desks.people.employees(owner) if each.sims)
    page = f"{PATH}/E-{using.id}"
    shown = (await ana.get(page)).text
    (sims,) = re.findall(r'href="(/inventory\?employee=[^"]+)"', shown)
    assert using.name in (await ana.get(sims)).text
    await ana.post(f"{page}/edit", data={"name": "Zoe Sand", "email": using.email or "", "language": "en"})
    assert "Zoe Sand" in (await ana.get(sims)).text
    assert "Zoe Sand" in (await ana.get("/search?q=Sand", follow_redirects=True)).text


async def test_who_uses_sims_stays_and_who_uses_none_is_removed(
    browser: SignIn, desks: Desks, acme: Known
) -> None:
    ana = await browser(ANA)
    using = next(each for each in await desks.people.employees(await who(desks.database, ANA)) if each.sims)
    asked = (await ana.get(f"{PATH}/E-{using.id}/remove")).text
    assert "The employee uses SIMs." in asked
    assert 'class="confirm"' not in asked
    kept = await ana.post(f"{PATH}/E-{using.id}/remove", data={})
    assert kept.status_code == 422
    page = f"{PATH}/{acme.employee}"
    assert "This cannot be undone." in (await ana.get(f"{page}/remove")).text
    assert (await ana.post(f"{page}/remove", data={})).headers["Location"] == PATH
    assert (await ana.get(page)).status_code == 404
    left = {each.id for each in await desks.people.employees(OPERATOR)}
    assert using.id in left
    assert int(acme.employee.removeprefix("E-")) not in left


async def test_a_group_is_created_renamed_and_deleted_and_its_lines_stay(
    browser: SignIn, desks: Desks, acme: Known
) -> None:
    ana = await browser(ANA)
    assert (await ana.post(GROUPS, data={"name": "Night"})).status_code == 303
    assert (await ana.post(GROUPS, data={"name": "Night"})).status_code == 303, "it is there already"
    assert (await ana.get(GROUPS)).text.count(">Night<") == 1
    wrong = await ana.post(GROUPS, data={"name": "a;b"})
    assert "The name of a group has no semicolon." in wrong.text
    assert 'value="a;b"' in wrong.text
    group = f"{GROUPS}/{acme.group}"
    before = await desks.groups.group(OPERATOR, acme.group)
    assert before.lines > 0
    taken = await ana.post(f"{group}/rename", data={"name": "Night"})
    assert "The account has a management group of this name already." in taken.text
    assert (await ana.post(f"{group}/rename", data={"name": "Day"})).status_code == 303
    listed = (await ana.get(GROUPS)).text
    assert 'href="/inventory?group=Day"' in listed
    assert '<tr role="row" id="L-' in (await ana.get("/inventory?group=Day")).text
    asked = (await ana.get(f"{group}/delete")).text
    assert f"{before.lines} lines leave the group." in asked
    assert "Lines, SIMs, employees and orders stay" in asked
    assert (await ana.post(f"{group}/delete", data={})).status_code == 303
    assert ">Day<" not in (await ana.get(GROUPS)).text
    assert "Day" not in (await desks.fleet.line(OPERATOR, acme.line)).groups
    (row,) = await run(desks.database, "SELECT data FROM events WHERE type = 'group.deleted'")
    assert row.data["lines"] == before.lines


async def test_who_may_only_look_sees_no_form_and_a_stranger_nothing(browser: SignIn, acme: Known) -> None:
    ben, cleo = await browser(BEN), await browser(CLEO)
    for path in (GROUPS, PATH, f"{PATH}/{acme.employee}"):
        main = (await ben.get(path)).text.partition("<main")[2]
        assert 'method="post"' not in main
        assert "/edit" not in main
        assert "Delete" not in main
    assert (await ben.post(GROUPS, data={"name": "x"})).status_code == 403
    for path in (f"{PATH}/{acme.employee}", f"{GROUPS}/{acme.group}/delete"):
        assert (await cleo.get(path)).status_code == 404
    assert "elsa" not in (await cleo.get(PATH)).text
