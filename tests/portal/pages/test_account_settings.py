"""The settings of the account, its service users and the page of all sections."""

import re

import pytest

from models.people.callers import UserKind
from starter.desks import Desks
from tests.builders import ACCOUNT, OPERATOR, run
from tests.portal.pages.conftest import SignIn
from tests.portal.pages.hidden_fields import hidden
from tests.portal.pages.people import ANA, BEN, CLEO

pytestmark = pytest.mark.covers("P11")
PATH, BOTS = "/administration/account", "/administration/service-users"
BOT = {"name": "Shop", "email": "shop@acme.example", "role": "viewer", "profile": "Clerk", "key": "k"}


async def test_every_section_that_is_shown_is_there(browser: SignIn) -> None:
    for person in (ANA, BEN):
        someone = await browser(person)
        page = (await someone.get("/administration")).text.partition("<main")[2]
        sections = re.findall(r'<a href="([^"]+)">', page)
        assert len(sections) >= 6
        for path in sections:
            assert (await someone.get(path)).status_code == 200, path
    desk = await browser("provider_desk@acme.example")
    assert "/administration" not in (await desk.get("/account")).text
    assert (await desk.get("/administration")).status_code == 403


async def test_language_and_contact_address_are_saved_and_only_what_was_changed(
    browser: SignIn, desks: Desks
) -> None:
    ana = await browser(ANA)
    form = hidden((await ana.get(f"{PATH}/mail")).text)
    wrong = await ana.post(f"{PATH}/mail", data=form | {"language": "fr", "contact_email": "fleet"})
    assert wrong.status_code == 422
    assert "This is not an e-mail address." in wrong.text
    assert 'value="fleet"' in wrong.text
    assert (await desks.accounts.account(OPERATOR, ACCOUNT)).language == "en", "all of it or nothing"
    await desks.accounts.set_contact(OPERATOR, ACCOUNT, "other@acme.example")
    done = await ana.post(f"{PATH}/mail", data=form | {"language": "fr", "contact_email": ""})
    assert done.headers["Location"] == PATH
    account = await desks.accounts.account(OPERATOR, ACCOUNT)
    assert (account.language, account.contact_email) == ("fr", "other@acme.example")
    page = (await ana.get(PATH)).text
    assert "other@acme.example" in page


async def test_the_sender_is_a_name_and_no_address(browser: SignIn, desks: Desks) -> None:
    ana = await browser(ANA)
    form = hidden((await ana.get(f"{PATH}/mail")).text) | {"language": "en", "contact_email": ""}
    wrong = await ana.post(f"{PATH}/mail", data=form | {"sender_name": "boss@bank.example"})
    assert wrong.status_code == 422
    assert "it would be read as an address" in wrong.text
    assert (await ana.post(f"{PATH}/mail", data=form | {"sender_name": "Acme IT"})).status_code == 303
    assert (await desks.accounts.account(OPERATOR, ACCOUNT)).sender_name == "Acme IT"
    assert "Acme IT" in (await ana.get(PATH)).text


async def test_reminders_are_chosen_or_left_to_the_platform(browser: SignIn, desks: Desks) -> None:
    ana = await browser(ANA)
    assert "2 days (setting of the platform)" in (await ana.get(PATH)).text
    for field, value in (("qr_code_days", "0"), ("qr_code_days", "x"), ("reminders", "21")):
        wrong = await ana.post(f"{PATH}/reminders", data={field: value})
        assert wrong.status_code == 422
        assert f'id="{field}-error"' in wrong.text
        assert f'value="{value}"' in wrong.text
    sent = {"acknowledgement_days": "5", "reminders": "0", "qr_code_days": "1"}
    done = await ana.post(f"{PATH}/reminders", data=sent)
    assert done.headers["Location"] == PATH
    chosen = await desks.accounts.reminders(OPERATOR, ACCOUNT)
    assert (chosen.acknowledgement_days, chosen.processing_days, chosen.reminders) == (5, None, 0)
    page = (await ana.get(PATH)).text
    assert "It holds for orders and requests from now on." in page
    assert "5 days" in page
    assert 'value="5"' in (await ana.get(f"{PATH}/reminders")).text
    shown = hidden((await ana.get(f"{PATH}/reminders")).text)
    await ana.post(f"{PATH}/reminders", data=shown)
    assert (await desks.accounts.reminders(OPERATOR, ACCOUNT)).acknowledgement_days is None


async def test_a_stale_form_of_reminders_puts_nothing_back(browser: SignIn, desks: Desks) -> None:
    ana = await browser(ANA)
    stale = hidden((await ana.get(f"{PATH}/reminders")).text)
    await desks.accounts.set_reminders(OPERATOR, ACCOUNT, {"acknowledgement_days": 9, "qr_reminders": 2})
    assert (await ana.post(f"{PATH}/reminders", data=stale | {"reminders": "4"})).status_code == 303
    saved = await desks.accounts.reminders(OPERATOR, ACCOUNT)
    assert (saved.acknowledgement_days, saved.qr_reminders, saved.reminders) == (9, 2, 4)


@pytest.mark.parametrize("form", ["mail", "reminders"])
async def test_a_change_of_the_account_needs_a_recent_sign_in(
    browser: SignIn, desks: Desks, form: str
) -> None:
    ana = await browser(ANA)
    await run(desks.database, "UPDATE sessions SET confirmed_at = confirmed_at - interval '1 hour'")
    asked = await ana.get(f"{PATH}/{form}")
    assert asked.headers["Location"].startswith("/sign-in/again")
    sent = {"language": "fr", "contact_email": "x@bank.example"} if form == "mail" else {"reminders": "4"}
    refused = await ana.post(f"{PATH}/{form}", data=sent)
    assert refused.status_code == 403
    assert "Send again" in refused.text, "once the password was entered"
    assert (await desks.accounts.reminders(OPERATOR, ACCOUNT)).reminders is None
    account = await desks.accounts.account(OPERATOR, ACCOUNT)
    assert (account.language, account.contact_email) != ("fr", "x@bank.example")


async def test_how_the_account_is_charged_is_shown_with_who_sets_it(browser: SignIn) -> None:
    ana, cleo = await browser(ANA), await browser(CLEO)
    page = (await ana.get(PATH)).text
    assert "Europe/Paris" in page
    assert "Fixed since the first purchase" in page
    open_page = (await cleo.get(PATH)).text
    assert "The day of the first purchase of licences" in open_page
    assert "An owner sets billing day and time zone" in open_page
    assert f"{PATH}/billing" not in page
    assert f"{PATH}/billing" in open_page
    late = await ana.post(f"{PATH}/billing", data={"cycle_day": "5", "time_zone": "Europe/Paris"})
    assert late.status_code == 422
    assert "cannot be changed after the first purchase" in late.text


async def test_an_owner_sets_billing_day_and_time_zone_and_puts_back_nothing(
    browser: SignIn, desks: Desks
) -> None:
    cleo = await browser(CLEO)
    path = f"{PATH}/billing"
    stale = hidden((await cleo.get(path)).text)
    for sent, field in (
        ({"cycle_day": "32", "time_zone": "Europe/Paris"}, "cycle_day"),
        ({"cycle_day": "5", "time_zone": "Europe/Nowhere"}, "time_zone"),
        ({"cycle_day": "5", "time_zone": ""}, "time_zone"),
    ):
        wrong = await cleo.post(path, data=stale | sent)
        assert wrong.status_code == 422, sent
        assert f'id="{field}-error"' in wrong.text, sent
    assert (await desks.licences.billing(OPERATOR, "Bolt")).cycle_day is None
    done = await cleo.post(path, data=stale | {"cycle_day": "31", "time_zone": "Pacific/Auckland"})
    assert done.headers["Location"] == PATH
    page = (await cleo.get(PATH)).text
    assert "Day 31 of each month" in page
    assert "Pacific/Auckland" in page
    await cleo.post(path, data=stale | {"cycle_day": "1", "time_zone": "Europe/Paris"})
    billing = await desks.licences.billing(OPERATOR, "Bolt")
    assert (billing.cycle_day, billing.time_zone) == (1, "Pacific/Auckland"), "as the stale form showed it"


async def test_who_may_only_look_sees_the_settings_and_changes_none(browser: SignIn) -> None:
    ben = await browser(BEN)
    assert "/mail" not in (await ben.get(PATH)).text
    assert (await ben.get(f"{PATH}/mail")).status_code == 403
    assert f"{BOTS}/new" not in (await ben.get(BOTS)).text
    assert (await ben.post(BOTS, data=BOT)).status_code == 403


async def test_a_service_user_is_made_once_and_is_no_person(browser: SignIn, desks: Desks) -> None:
    ana = await browser(ANA)
    assert '<option value="provider_desk"' not in (await ana.get(f"{BOTS}/new")).text
    made = [await ana.post(BOTS, data=BOT) for _ in range(2)]
    bot = await desks.users.user(OPERATOR, "shop@acme.example")
    page = f"/people/U-{bot.id}"
    assert {answer.headers["Location"] for answer in made} == {
        f"/administration/api-keys/new?user=U-{bot.id}"
    }
    assert (bot.kind, bot.role, bot.profile) == (UserKind.SERVICE, "viewer", "Clerk")
    assert "shop@acme.example" in (await ana.get(BOTS)).text
    assert "shop@acme.example" not in (await ana.get("/people")).text
    shown = (await ana.get(page)).text
    assert "/invite" not in shown, "no password is chosen"
    assert "Its API keys stop working at once." in shown
    asked = (await ana.get(f"{page}/deactivate")).text
    assert "signed out" not in asked
    assert (await ana.post(f"{page}/deactivate", data={})).headers["Location"] == BOTS
    assert "Its API keys work again" in (await ana.get(page)).text
    wrong = await ana.post(BOTS, data=BOT | {"email": BEN, "key": "other"})
    assert wrong.status_code == 422
    assert 'value="Shop"' in wrong.text
