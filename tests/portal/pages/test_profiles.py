"""Authorised actions profiles on pages: nine switches each, default and custom, who uses them."""

import re

import pytest

from models.orders.rules import TARGETS
from starter.desks import Desks
from store.session import Database
from tests.builders import ACCOUNT, OPERATOR, run
from tests.portal.pages.conftest import SignIn
from tests.portal.pages.hidden_fields import hidden
from tests.portal.pages.people import ANA, BEN, CLEO, Browser

pytestmark = pytest.mark.covers("P11")
PATH = "/administration/profiles"


async def path_of(browser: Browser, name: str) -> str:
    """The page of a profile, from the link of the list."""
    (found,) = re.findall(rf'href="({PATH}/AP-\d+)">{name}<', (await browser.get(PATH)).text)
    return str(found)


def ticked(page: str) -> set[str]:
    """The switches that are on in the form."""
    return set(re.findall(r'type="checkbox" name="\w+" id="[\w-]+" value="([\w:]+)" checked', page))


@pytest.mark.covers("F39", "F40", "F61")
async def test_the_default_profile_has_nine_switches_on_and_a_new_one_none(browser: SignIn) -> None:
    ana = await browser(ANA)
    listed = (await ana.get(PATH)).text
    assert listed.index(">Default<") < listed.index(">Clerk<"), "the default one first"
    default = await path_of(ana, "Default")
    assert (await ana.get(default)).text.count("<span>Enabled</span>") == 9
    assert ticked((await ana.get(f"{default}/edit")).text) == set(TARGETS)
    made = await ana.post(PATH, data={"name": "Night shift", "key": "1"})
    again = await ana.post(PATH, data={"name": "Night shift", "key": "1"})
    assert made.status_code == 303
    assert made.headers["Location"] == again.headers["Location"], "sent twice, it is made once"
    page = (await ana.get(made.headers["Location"])).text
    assert ticked(page) == set()
    assert "Enable what its users may do" in page
    shown = (await ana.get(await path_of(ana, "Night shift"))).text
    assert shown.count("<span>Disabled</span>") == 9
    assert "No user has this profile" in shown


@pytest.mark.covers("F41")
async def test_switches_are_set_one_by_one_and_orders_go_on(browser: SignIn, desks: Desks) -> None:
    ana = await browser(ANA)
    clerk = await path_of(ana, "Clerk")
    page = (await ana.get(f"{clerk}/edit")).text
    assert "Orders and requests that were accepted before continue" in page
    form = hidden(page) | {"name": "Clerks", "switch_to_esim": ["switch_to_esim:1", "switch_to_esim:3"]}
    done = await ana.post(f"{clerk}/edit", data=form | {"generate_qr_code": "generate_qr_code:2"})
    assert done.headers["Location"] == clerk
    saved = await desks.profiles.profile(OPERATOR, ACCOUNT, "Clerks")
    assert saved.enabled == ("switch_to_esim:1", "switch_to_esim:3", "generate_qr_code:2")
    happened = await run(
        desks.database, "SELECT type, data FROM events WHERE type LIKE 'profile.%' ORDER BY id DESC LIMIT 2"
    )
    assert [row.type for row in happened] == ["profile.targets_enabled", "profile.renamed"]
    fewer = hidden((await ana.get(f"{clerk}/edit")).text) | {"name": "Clerks"}
    assert (await ana.post(f"{clerk}/edit", data=fewer)).status_code == 303
    assert (await desks.profiles.profile(OPERATOR, ACCOUNT, "Clerks")).enabled == ()


async def test_an_old_form_changes_nothing(browser: SignIn, desks: Desks) -> None:
    ana = await browser(ANA)
    clerk = await path_of(ana, "Clerk")
    old = hidden((await ana.get(f"{clerk}/edit")).text) | {"name": "Clerk", "replace_esim": "replace_esim:1"}
    await desks.profiles.enable(OPERATOR, ACCOUNT, "Clerk", ["switch_to_esim:2"])
    late = await ana.post(f"{clerk}/edit", data=old)
    assert late.status_code == 422
    assert "This profile was changed meanwhile." in late.text
    assert ticked(late.text) == {"switch_to_esim:2"}, "the form shows what is saved"
    assert (await desks.profiles.profile(OPERATOR, ACCOUNT, "Clerk")).enabled == ("switch_to_esim:2",)


async def test_what_is_wrong_is_said_and_what_was_chosen_stays(browser: SignIn) -> None:
    ana = await browser(ANA)
    clerk = await path_of(ana, "Clerk")
    taken = {"name": "Default", "replace_esim": "replace_esim:2"}
    answer = await ana.post(f"{clerk}/edit", data=taken)
    assert answer.status_code == 422
    assert "The account has a profile of this name already." in answer.text
    assert ticked(answer.text) == {"replace_esim:2"}
    unknown = await ana.post(f"{clerk}/edit", data={"name": "Clerk", "replace_esim": "replace_esim:4"})
    assert unknown.status_code == 422
    empty = await ana.post(PATH, data={"name": " ", "key": "2"})
    assert empty.status_code == 422


async def test_who_uses_a_profile_is_shown_and_gets_another_one_when_it_is_deleted(
    browser: SignIn, desks: Desks, database: Database
) -> None:
    ana = await browser(ANA)
    await desks.users.edit_user(OPERATOR, BEN, profile="Clerk")
    clerk = await path_of(ana, "Clerk")
    shown = (await ana.get(clerk)).text
    assert ">Ben</a>" in shown
    assert ">Zed</a>" not in shown
    asked = (await ana.get(f"{clerk}/delete")).text
    assert "Orders that were accepted before continue." in asked
    assert '<option value="Default"' in asked
    assert '<option value="Clerk"' not in asked
    without = await ana.post(f"{clerk}/delete", data={})
    assert without.status_code == 422
    assert "Users have this profile (1 in all)" in without.text
    done = await ana.post(f"{clerk}/delete", data={"replacement": "Default"})
    assert done.headers["Location"] == PATH
    assert (await desks.users.user(OPERATOR, BEN)).profile == "Default"
    assert (await ana.get(clerk)).status_code == 404
    (row,) = await run(database, "SELECT data FROM events WHERE type = 'profile.deleted'")
    assert row.data["users"] == 1


async def test_the_default_profile_stays(browser: SignIn) -> None:
    ana = await browser(ANA)
    default = await path_of(ana, "Default")
    assert "/delete" not in (await ana.get(default)).text
    for answer in (await ana.get(f"{default}/delete"), await ana.post(f"{default}/delete", data={})):
        assert answer.status_code >= 400
        assert "The default profile cannot be deleted" in answer.text


async def test_who_may_only_look_sees_the_switches_and_a_stranger_nothing(browser: SignIn) -> None:
    ana, ben, cleo = [await browser(person) for person in (ANA, BEN, CLEO)]
    clerk = await path_of(ana, "Clerk")
    seen = (await ben.get(clerk)).text
    assert "<span>Disabled</span>" in seen
    assert "/edit" not in seen
    assert "/delete" not in seen
    assert f"{PATH}/new" not in (await ben.get(PATH)).text
    assert (await ben.post(f"{clerk}/edit", data={"name": "x"})).status_code == 403
    for path in ("", "/edit", "/delete"):
        assert (await cleo.get(f"{clerk}{path}")).status_code == 404
