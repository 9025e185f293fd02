"""The people of an account: an administrator invites them, and takes their access away (P1)."""

import asyncio
import re

import pytest

from models.errors import Unavailable
from starter.desks import Desks
from tests.builders import ACCOUNT, OPERATOR, run
from tests.callers.world import ZED
from tests.portal.pages.conftest import SignIn, give_password
from tests.portal.pages.hidden_fields import hidden
from tests.portal.pages.people import ADDRESS, ANA, BEN, CLEO, Browser

NEW = {"name": "Nina Novak", "email": "nina@acme.example", "role": "viewer", "distributor": ""}
pytestmark = pytest.mark.covers("P1")


def states(page: str) -> dict[str, str]:
    """The state of each person of the list, by address."""
    rows = re.findall(r"<tr .*?</tr>", page, re.DOTALL)
    found = {}
    for row in rows:
        address = re.search(r"[\w.-]+@[\w.-]+", row)
        state = re.search(r"<span>(Not invited yet|Invited|Active|Deactivated)</span>", row)
        if address and state:
            found[address[0]] = state[1]
    return found


async def id_of(browser: Browser, name: str) -> str:
    """The id of a person, from the link of the list."""
    (found,) = re.findall(rf'href="/people/(U-\d+)">{name}<', (await browser.get("/people")).text)
    return str(found)


async def test_who_is_invited_is_listed_with_role_and_state(browser: SignIn, desks: Desks) -> None:
    ana = await browser(ANA)
    answer = await ana.post("/people", data=NEW)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/people")
    page = (await ana.get("/people")).text
    assert "The invitation to nina@acme.example is recorded" in page, "Temporal is unavailable in these tests"
    listed = states(page)
    assert (listed["nina@acme.example"], listed[ANA]) == ("Invited", "Active")
    (mail,) = await run(
        desks.database, "SELECT purpose, done_at FROM user_mails ORDER BY created_at DESC LIMIT 1"
    )
    assert (mail.purpose, mail.done_at) == ("invitation", None)
    assert listed["manager@acme.example"] == "Not invited yet", "made on the command line"
    for name, state in (("Nina Novak", "Invited"), ("manager", "Not invited yet"), ("owner", "Active")):
        assert f"<span>{state}</span>" in (await ana.get(f"/people/{await id_of(ana, name)}")).text, name
    await give_password(desks, "nina@acme.example")
    assert states((await ana.get("/people")).text)["nina@acme.example"] == "Active"


async def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays(browser: SignIn) -> None:
    ana = await browser(ANA)
    for field, value, said in (
        ("email", "nina", "This is not an e-mail address."),
        ("email", BEN, "This e-mail address cannot be that of a new user"),
        ("role", "provider_desk", "A distributor is named for the role"),
    ):
        answer = await ana.post("/people", data=NEW | {field: value})
        assert answer.status_code == 422
        assert said in answer.text
        assert 'value="Nina Novak"' in answer.text
        assert 'aria-invalid="true"' in answer.text
    assert "nina@acme.example" not in (await ana.get("/people")).text


async def test_a_distributor_is_not_asked_for_where_no_role_needs_one(browser: SignIn) -> None:
    page = (await (await browser(ANA)).get("/people/invite")).text
    assert '<option value="viewer"' in page
    assert '<option value="provider_desk"' not in page
    assert 'name="distributor"' not in page


async def test_nobody_gives_more_than_they_have(browser: SignIn) -> None:
    admin = await browser("administrator@acme.example")
    assert '<option value="owner"' not in (await admin.get("/people/invite")).text
    answer = await admin.post("/people", data=NEW | {"role": "owner"})
    assert answer.status_code == 422
    owner = await admin.post(f"/people/{await id_of(admin, 'owner')}/deactivate")
    assert owner.status_code == 422


async def test_who_is_deactivated_is_out_at_once_and_may_come_back(browser: SignIn) -> None:
    ana, zed = await browser(ANA), await browser(ZED)
    assert (await zed.get("/account")).status_code == 200
    name = await id_of(ana, "Zed")
    one = (await ana.get(f"/people/{name}")).text
    assert f'action="/people/{name}/deactivate"' not in one, "it asks first"
    assert f'href="/people/{name}/deactivate"' in one
    asked = (await ana.get(f"/people/{name}/deactivate")).text
    assert "Deactivate Zed?" in asked
    assert "signed out at once" in asked
    assert (await zed.get("/account")).status_code == 200
    assert f'action="/people/{name}/deactivate"' in asked
    assert (await ana.post(f"/people/{name}/deactivate")).status_code == 303
    assert (await zed.get("/account")).status_code == 303
    assert states((await ana.get("/people")).text)[ZED] == "Deactivated"
    again = await ana.post(f"/people/{name}/invite")
    assert again.status_code == 422, "who is deactivated gets no link"
    assert (await ana.post(f"/people/{name}/activate")).status_code == 303
    assert states((await ana.get("/people")).text)[ZED] == "Active"


async def test_an_administrator_gives_another_role_and_has_a_link_to_another_password_sent(
    browser: SignIn, desks: Desks
) -> None:
    ana, ben = await browser(ANA), await browser(BEN)
    name, own = await id_of(ana, "Ben"), await id_of(ana, "owner")
    page = (await ana.get(f"/people/{name}")).text
    assert "Send the invitation" not in page, "Ben is active"
    assert "Send a link to another password" in page
    assert (await ana.post(f"/people/{name}/invite")).status_code == 503, "Temporal is unavailable"
    (mail,) = await run(desks.database, "SELECT purpose, created_by FROM user_mails")
    assert mail.purpose == "reset"
    assert mail.created_by == (await desks.users.user(OPERATOR, ANA)).actor

    assert "/people/invite" not in (await ben.get("/people")).text
    done = await ana.post(f"/people/{name}/edit", data={"name": "Ben", "role": "administrator"})
    assert done.status_code == 303
    assert "/people/invite" in (await ben.get("/people")).text
    above = await ben.post(f"/people/{own}/edit", data={"name": "O", "role": "viewer"})
    assert above.status_code == 422
    page = (await ben.get(f"/people/{own}")).text
    assert "allows more than yours" in page
    assert "/edit" not in page
    assert (await ben.get(f"/people/{own}/edit")).status_code == 403
    assert 'name="role"' not in (await ana.get(f"/people/{own}/edit")).text, "not to herself"


async def test_name_and_profile_of_a_person_are_changed_in_one_form(browser: SignIn, desks: Desks) -> None:
    ana, page = await browser(ANA), "/people/" + await id_of(await browser(ANA), "Ben")
    await desks.profiles.create_profile(OPERATOR, ACCOUNT, "Night shift")
    form = (await ana.get(f"{page}/edit")).text
    assert 'name="name" type="text" value="Ben"' in form
    assert '<option value="Night shift"' in form
    assert "“Provider desk” is given by the operator" in form
    wrong = await ana.post(f"{page}/edit", data={"name": "Benno", "role": "viewer", "profile": "Day shift"})
    assert wrong.status_code == 422
    assert "There is no such profile" in wrong.text
    assert 'value="Benno"' in wrong.text, "what was typed stays"
    assert (await desks.users.user(OPERATOR, BEN)).name == "Ben", "all of it or nothing"
    done = await ana.post(f"{page}/edit", data={"name": "Benno", "role": "viewer", "profile": "Night shift"})
    assert done.headers["Location"] == page
    shown = (await ana.get(page)).text
    assert "The changes to Benno are saved." in shown
    assert "Night shift" in shown


async def test_an_old_form_gives_back_no_right_that_was_taken_away_meanwhile(
    browser: SignIn, desks: Desks
) -> None:
    ana, page = await browser(ANA), "/people/" + await id_of(await browser(ANA), "Ben")
    await desks.users.edit_user(OPERATOR, BEN, role="manager")
    shown = hidden((await ana.get(f"{page}/edit")).text)
    assert shown == {"was_name": "Ben", "was_role": "manager", "was_profile": "Default"}
    old = {"name": "Benno", "role": "manager", "profile": "Default"} | shown
    await desks.users.edit_user(OPERATOR, BEN, role="viewer")
    late = await ana.post(f"{page}/edit", data=old)
    assert late.status_code == 422
    assert "This person was changed meanwhile." in late.text
    now = hidden(late.text)
    assert now["was_role"] == "viewer"
    assert '<option value="viewer" selected' in late.text
    ben = await desks.users.user(OPERATOR, BEN)
    assert (ben.name, ben.role) == ("Ben", "viewer"), "nothing of it was saved"
    await desks.users.edit_user(OPERATOR, BEN, language="fr")
    again = await ana.post(f"{page}/edit", data=now | {"name": "Benno", "role": "viewer"})
    assert again.status_code == 303
    ben = await desks.users.user(OPERATOR, BEN)
    assert (ben.name, ben.role) == ("Benno", "viewer")


async def test_everyone_who_sees_the_list_sees_a_person_there(browser: SignIn) -> None:
    ben = await browser(BEN)
    page = (await ben.get(f"/people/{await id_of(ben, 'Zed')}")).text
    assert ZED in page
    assert "<form" not in page.partition("<main")[2]
    assert "/edit" not in page


async def test_who_opens_their_own_deactivation_is_told_who_does_it(browser: SignIn) -> None:
    ana = await browser(ANA)
    own = await ana.get(f"/people/{await id_of(ana, 'owner')}/deactivate")
    assert own.status_code == 403
    assert "This is your own user: another person" in own.text
    assert "signed out at once" not in own.text.partition("<main")[2]


async def test_who_may_only_look_sees_who_is_there_and_a_stranger_nothing(browser: SignIn) -> None:
    ana, ben, cleo = [await browser(person) for person in (ANA, BEN, CLEO)]
    page = (await ben.get("/people")).text
    assert ANA in page
    assert "/people/invite" not in page
    assert (await ben.post("/people", data=NEW)).status_code == 403
    assert ANA not in (await cleo.get("/people")).text
    name = await id_of(ana, "Zed")
    assert (await cleo.get(f"/people/{name}")).status_code == 404
    assert (await cleo.post(f"/people/{name}/deactivate")).status_code == 404


async def test_the_password_is_asked_for_again_after_half_an_hour(browser: SignIn, desks: Desks) -> None:
    ana = await browser(ANA)
    await run(
        desks.database, "UPDATE sessions SET confirmed_at = confirmed_at - interval '31 minutes' RETURNING id"
    )
    for path in ("/people/invite", "/people/U-1/edit"):
        assert (await ana.get(path)).headers["Location"] == f"/sign-in/again?next={path}"
    asked = await ana.post("/people", data=NEW, headers={"Referer": f"{ADDRESS}/people/invite"})
    assert asked.status_code == 403
    assert 'href="/sign-in/again?next=/people/invite"' in asked.text
    assert hidden(asked.text) == NEW, "what was typed is sent again from there"
    button = await ana.post("/people/U-1/activate", headers={"Referer": f"{ADDRESS}/people/U-1"})
    assert button.headers["Location"] == "/sign-in/again?next=/people/U-1&unsaved=yes"
    assert "What you sent was not saved." in (await ana.get(button.headers["Location"])).text
    people = await desks.users.users(OPERATOR)
    assert "nina@acme.example" not in {user.email for user in people}


async def test_who_deactivates_themselves_is_told_who_does_it(browser: SignIn) -> None:
    cleo = await browser(CLEO)
    own = await cleo.post(f"/people/{await id_of(cleo, 'Cleo')}/deactivate")
    assert own.status_code == 422
    assert "This is your own user: another person" in own.text
    assert (await cleo.get("/account")).status_code == 200


async def test_one_person_gets_few_invitations_at_once(browser: SignIn, desks: Desks) -> None:
    ana = await browser(ANA)
    zed = await id_of(ana, "Zed")
    for _ in range(3):  # recorded: Temporal is unavailable
        assert (await ana.post(f"/people/{zed}/invite")).status_code == 503
    late = await ana.post(f"/people/{zed}/invite")
    assert late.status_code == 429
    assert int(late.headers["Retry-After"]) > 0
    assert "Too many attempts; try again in" in late.text
    assert (await ana.post(f"/people/{await id_of(ana, 'manager')}/invite")).status_code == 503
    (row,) = await run(desks.database, "SELECT count(*) AS n FROM user_mails")
    assert row.n == 4


async def test_a_repeat_of_an_invitation_is_no_other_one(desks: Desks) -> None:
    for number in range(5):
        with pytest.raises(Unavailable):
            await desks.mailed.invite(OPERATOR, ZED, key=f"key-{min(number, 1)}")
    (row,) = await run(desks.database, "SELECT count(*) AS n FROM user_mails")
    assert row.n == 2


async def test_an_invitation_that_is_sent_twice_is_made_once(browser: SignIn, desks: Desks) -> None:
    ana = await browser(ANA)
    (key,) = re.findall(r'name="key" value="(\w+)"', (await ana.get("/people/invite")).text)
    wrong = await ana.post("/people", data=NEW | {"key": key, "email": "nina"})
    assert f'name="key" value="{key}"' in wrong.text, "what is corrected is still the same form"
    twice = await asyncio.gather(*(ana.post("/people", data=NEW | {"key": key}) for _ in range(2)))
    late = await ana.post("/people", data=NEW | {"key": key})
    assert [answer.status_code for answer in (*twice, late)] == [303] * 3
    assert list(states((await ana.get("/people")).text)).count("nina@acme.example") == 1
    (row,) = await run(desks.database, "SELECT count(*) AS n FROM user_mails")
    assert row.n == 1
    back = await ana.post("/people", data=NEW | {"key": key, "email": "nils@acme.example"})
    assert back.status_code == 303, "the form before, with another person"
    (again,) = re.findall(r'name="key" value="(\w+)"', (await ana.get("/people/invite")).text)
    other = await ana.post("/people", data=NEW | {"key": again})
    assert other.status_code == 422, "another form with the same address"
