"""Who sees what of licences and numbers, what is refused beside its field, and what is done once."""

import re

import pytest

from models.people.callers import Role
from starter.desks import Desks
from tests.builders import ACCOUNT, OPERATOR, run
from tests.callers.world import Known
from tests.licences_world import ADAM, add_agent, add_number, number_msisdn
from tests.portal.pages.conftest import SignIn
from tests.portal.pages.hidden_fields import hidden
from tests.portal.pages.people import ADDRESS, ANA, BEN, CLEO
from tests.store.licences.order_ways import assigned

ADMIN = f"{Role.ADMINISTRATOR}@acme.example"


async def _with_esim(desks: Desks, number: int, agent: int) -> int:
    """A number of this agent with an active eSIM, which Adam has ordered."""
    await desks.users.create_user(OPERATOR, ACCOUNT, "Adam", ADAM, role=Role.ADMINISTRATOR)
    number_id = await add_number(desks.database, number, agent)
    await assigned(desks.database, number_id)
    return number_id


@pytest.mark.covers("L2", "L21")
async def test_only_the_owner_buys_and_who_may_look_sees_no_button(browser: SignIn, acme: Known) -> None:
    ana, admin, ben = [await browser(one) for one in (ANA, ADMIN, BEN)]
    assert 'href="/licences/buy"' in (await ana.get("/licences")).text
    for person in (admin, ben):
        page = (await person.get("/licences")).text
        assert "Voice+SMS+Data Pro" in page
        assert "/licences/buy" not in page
        assert (await person.post("/licences/buy", data={})).status_code == 403
    assert 'href="/licences/requests/new"' in (await admin.get("/licences")).text
    looks = (await ben.get(f"/numbers/{acme.number}/integrations")).text
    assert f"/numbers/{acme.number}/assign" not in looks
    assert "An administrator of your account assigns licences." in looks
    assert (await ben.get(f"/numbers/{acme.number}/assign")).status_code == 403
    assert "<form" not in (await ben.get(f"/numbers/{acme.number}")).text.partition("<main")[2]


@pytest.mark.covers("L2", "L34")
async def test_a_form_that_is_sent_twice_buys_once(browser: SignIn, acme: Known, desks: Desks) -> None:
    ana = await browser(ANA)
    page = (await ana.get("/licences/buy/confirm?add_on=voice_sms&quantity=3")).text
    sent = hidden(page[page.index("<main") :])
    assert sent.keys() == {"add_on", "quantity", "key", "shown"}
    for _ in range(2):
        assert (await ana.post("/licences/buy", data=sent)).headers["Location"] == "/licences"
    (count,) = await run(desks.database, "SELECT count(*) AS n FROM licences")
    assert count.n == 1 + 3
    assert "LP-2: 3 × Voice+SMS are bought." in (await ana.get("/licences")).text  # noqa: RUF001
    for quantity, add_on in (("0", "voice_sms"), ("1001", "voice_sms"), ("x", "voice_sms"), ("1", "gold")):
        asked = await ana.get(f"/licences/buy/confirm?add_on={add_on}&quantity={quantity}")
        assert asked.status_code == 422
        assert 'id="errors"' in asked.text
    none = await ana.get("/licences/buy/confirm?add_on=voice_sms_data&quantity=1")
    assert (none.status_code, "There is no price of" in none.text) == (422, True)


@pytest.mark.covers("L3", "L34", "L35")
async def test_a_purchase_that_costs_something_else_than_was_shown_is_shown_again(
    browser: SignIn, acme: Known, desks: Desks
) -> None:
    ana = await browser(ANA)
    page = (await ana.get("/licences/buy/confirm?add_on=voice_sms&quantity=2")).text
    sent = hidden(page[page.index("<main") :])
    await desks.licences.give_back(OPERATOR, acme.licence)  # bought again first, at no cost
    answer = await ana.post("/licences/buy", data=sent)
    assert answer.status_code == 422
    assert "The price or the effect is not what was shown any more." in answer.text
    (count,) = await run(desks.database, "SELECT count(*) AS n FROM licences")
    assert count.n == 1, "nothing was bought"
    again = hidden(answer.text[answer.text.index("<main") :])
    assert (again["key"], again["shown"] != sent["shown"]) == (sent["key"], True)
    for _ in range(2):
        assert (await ana.post("/licences/buy", data=again)).headers["Location"] == "/licences"
    (count,) = await run(desks.database, "SELECT count(*) AS n FROM licences")
    assert count.n == 2, "one is new, and one was given back"


@pytest.mark.covers("L36")
async def test_a_change_that_costs_something_else_than_was_shown_is_shown_again(
    browser: SignIn, acme: Known, desks: Desks
) -> None:
    ana, path = await browser(ANA), f"/licences/{acme.licence}"
    await desks.licences.set_price(OPERATOR, ACCOUNT, "voice_sms_data", "20.00")
    offers = re.findall(r'name="shown" value="([^"]+)"', (await ana.get(f"{path}/change")).text)
    await run(
        desks.database, "UPDATE add_on_prices SET amount = 90 WHERE add_on = 'voice_sms_data' RETURNING since"
    )
    sent = {"add_on": "voice_sms_data", "shown": offers}
    answer = await ana.post(f"{path}/change", data=sent)
    assert answer.status_code == 422
    assert "The price or the effect is not what was shown any more." in answer.text
    assert (await desks.licences.licence(OPERATOR, acme.licence)).add_on == "voice_sms"
    sent["shown"] = re.findall(r'name="shown" value="([^"]+)"', answer.text)
    assert (await ana.post(f"{path}/change", data=sent)).status_code == 303
    assert (await desks.licences.licence(OPERATOR, acme.licence)).add_on == "voice_sms_data"


async def test_buying_asks_for_the_password_after_half_an_hour(browser: SignIn, desks: Desks) -> None:
    ana = await browser(ANA)
    await run(
        desks.database, "UPDATE sessions SET confirmed_at = confirmed_at - interval '31 minutes' RETURNING id"
    )
    for path in ("/licences/buy", "/licences/give-back", "/licences/LI-1/change"):
        assert (await ana.get(path)).headers["Location"] == f"/sign-in/again?next={path}"
    sent = {"add_on": "voice_sms", "quantity": "1", "key": "k"}
    asked = await ana.post("/licences/buy", data=sent, headers={"Referer": f"{ADDRESS}/licences/buy"})
    assert hidden(asked.text) == sent, "what was chosen is sent again from there"
    assert (await ana.get("/licences")).status_code == 200


@pytest.mark.covers("L32")
async def test_a_licence_in_use_cannot_be_given_back_and_says_by_which_number(
    browser: SignIn, acme: Known, desks: Desks
) -> None:
    ana = await browser(ANA)
    await run(desks.database, "UPDATE licences SET number_id = 1 RETURNING id")
    page = f"/licences/{acme.licence}"
    assert "/give-back" not in (await ana.get(page)).text
    asked = (await ana.get(f"{page}/give-back")).text
    assert "A number uses this licence" in asked
    assert number_msisdn(1) in asked
    refused = await ana.post(f"{page}/give-back", data={"key": "k"})
    assert refused.status_code == 422
    assert "in use for N-1" in refused.text
    some = await ana.post("/licences/give-back", data={"add_on": "voice_sms", "quantity": "1", "key": "l"})
    assert some.status_code == 422


@pytest.mark.covers("L5", "L6", "L12", "L20")
async def test_a_number_that_cannot_have_an_esim_says_why_and_what_to_do(
    browser: SignIn, acme: Known, desks: Desks
) -> None:
    admin = await browser(ADMIN)
    theo = await add_agent(desks.database, "Theo", "theo@acme.example", phone_confirmed=False)
    fixed = await add_number(desks.database, 2, theo, msisdn="+33140506070")
    tab = (await admin.get(f"/numbers/N-{fixed}/integrations")).text
    assert "An eSIM licence is for French mobile numbers" in tab
    assert "/assign" not in tab
    mobile = await add_number(desks.database, 3, theo)
    asked = f"/numbers/N-{mobile}/assign/confirm?add_on=voice_sms"
    refused = await admin.get(asked)
    assert refused.status_code == 422
    assert 'id="phone-error"' in refused.text
    assert (await admin.get(f"{asked}&phone=yes")).status_code == 200
    none = await admin.get(f"{asked}_data&phone=yes")
    assert "No licence of Voice+SMS+Data is free: 0 of 0 are in use." in none.text
    served = await _with_esim(desks, 4, 1)
    tab = (await admin.get(f"/numbers/N-{served}/integrations")).text
    assert f"/numbers/N-{served}/replace" in tab
    assert f'href="/numbers/N-{served}/assign"' not in tab
    assert "The number has an eSIM already" in (await admin.get(f"/numbers/N-{served}/assign")).text


@pytest.mark.covers("L8")
async def test_numbers_are_filtered_and_read_page_by_page(browser: SignIn, acme: Known, desks: Desks) -> None:
    admin, cleo = await browser(ADMIN), await browser(CLEO)
    for number in range(100, 160):
        await add_number(desks.database, number)
    first = (await admin.get("/numbers?find=%2B33612")).text
    assert first.count('<tr role="row" id="N-') == 50
    (following,) = re.findall(r'rel="next" href="([^"]+)"', first)
    second = (await admin.get(following.replace("&amp;", "&"))).text
    assert second.count('<tr role="row" id="N-') == 11
    assert 'href="/numbers?find=%2B33612"' in second, "back to the first page"
    assert (await admin.get(following.replace("find=", "find=1"))).status_code in (400, 422)
    assert (await admin.get("/numbers?view=gold")).status_code == 422
    assert "There are no such numbers" in (await admin.get("/numbers?view=deleted")).text
    strange = (await cleo.get("/numbers")).text
    assert "No numbers yet" in strange
    assert number_msisdn(100) not in strange


@pytest.mark.covers("L1")
async def test_an_agent_is_edited_and_an_old_form_changes_nothing_else(
    browser: SignIn, acme: Known, desks: Desks
) -> None:
    admin, page = await browser(ADMIN), f"/agents/{acme.agent}"
    number = await desks.numbers.number(OPERATOR, acme.number)
    assert f">{number.msisdn}</a>" in (await admin.get("/agents")).text, "people know no N-1"
    shown = hidden((await admin.get(f"{page}/edit")).text.partition("<main")[2])
    assert shown["was_name"] == "Gina"
    await desks.agents.edit_agent(OPERATOR, acme.agent, name="Gina Martin")
    typed = {"name": "Gina", "email": shown["was_email"], "language": "fr", "eid": "", "phone": "yes"}
    assert (await admin.post(f"{page}/edit", data=shown | typed)).headers["Location"] == page
    gina = await desks.agents.agent(OPERATOR, acme.agent)
    assert (gina.name, gina.language) == ("Gina Martin", "fr"), "only what was changed in the form"
    for field, value, said in (
        ("eid", "1234", "An EID has 32 digits"),
        ("email", "gina", "This is not an e-mail address"),
        ("email", "", "An address cannot be removed, only replaced."),
    ):
        wrong = await admin.post(f"{page}/edit", data=shown | typed | {field: value})
        assert wrong.status_code == 422
        assert said in wrong.text
        assert f'id="{field}-error"' in wrong.text
    new = {"name": "Nora", "email": "", "language": "", "eid": "", "key": "k"}
    for _ in range(2):
        done = await admin.post("/agents", data=new)
    assert "Without an address the agent gets no eSIM" in (await admin.get(done.headers["Location"])).text
    (count,) = await run(desks.database, "SELECT count(*) AS n FROM agents WHERE name = 'Nora'")
    assert count.n == 1


@pytest.mark.covers("L15", "L26", "L39")
async def test_what_is_not_chosen_or_confirmed_is_said_and_nothing_changes(
    browser: SignIn, acme: Known, desks: Desks
) -> None:
    admin = await browser(ADMIN)
    served = await _with_esim(desks, 5, 1)
    page = f"/numbers/N-{served}"
    for path, form, field in (
        ("user", {"confirmed": "yes"}, "agent"),
        ("user", {"confirmed": "yes", "agent": "AG-1", "no_agent": "yes"}, "agent"),
        ("user", {"confirmed": "yes", "agent": "who@acme.example"}, "agent"),
        ("user", {"agent": "AG-1"}, "confirmed"),
        ("suspend", {"reason": ""}, "reason"),
        ("stop", {"reason": "lost"}, "confirmed"),
        ("delete", {}, "confirmed"),
        ("replace", {"reason": "new_phone"}, "confirmed"),
    ):
        answer = await admin.post(f"{page}/{path}", data=form)
        assert answer.status_code == 422, path
        assert f'id="{field}-error"' in answer.text, path
    (count,) = await run(desks.database, "SELECT count(*) AS n FROM number_changes")
    assert count.n == 0
    shared = await admin.post(f"{page}/convert", data={"line_type": "gold"})
    assert "A line type is one of" in shared.text


@pytest.mark.covers("L35", "L40")
async def test_the_lines_of_a_month_are_summed_as_the_file_is(
    browser: SignIn, acme: Known, desks: Desks
) -> None:
    ana = await browser(ANA)
    owner = {"add_on": "voice_sms", "quantity": "7", "key": "k"}
    await ana.post("/licences/buy", data=owner)
    page = (await ana.get("/licences/charges")).text
    file = (await ana.get("/licences/charges.csv")).text.splitlines()[1:]
    cents = sum(round(float(row.split(",")[6]) * 100) for row in file)
    assert len(file) == 8
    assert f'id="total">€{cents / 100:.2f}<' in page
    assert page.count('<tr role="row" id="line-') == 1, "what is alike is one line"
    wrong = await ana.get("/licences/charges?month=2026-13")
    assert (wrong.status_code, "A month is written as" in wrong.text) == (422, True)
    assert (await ana.get("/licences/charges?month=9999-12")).status_code == 200
    assert (await ana.get("/licences/charges?month=0001-01")).status_code == 200
    cleo = await browser(CLEO)
    assert "Nothing is charged" in (await cleo.get("/licences/charges")).text
    assert ACCOUNT not in (await cleo.get("/licences")).text


@pytest.mark.covers("L12", "L15", "L30")
async def test_forms_say_for_which_agent_they_are_meant_and_another_is_not_ordered_for(
    browser: SignIn, acme: Known, desks: Desks
) -> None:
    admin, page = await browser(ADMIN), f"/numbers/N-{await _with_esim(desks, 5, 1)}"
    shown = {
        path: hidden((await admin.get(f"{page}/{path}")).text)
        for path in ("suspend", "stop", "user", "delete", "replace")
    }
    assert all(form["agent_shown"].startswith("AG-") for form in shown.values())
    await desks.agents.create_agent(OPERATOR, ACCOUNT, "Hugo", "hugo@acme.example")
    await run(desks.database, "UPDATE numbers SET agent_id = (SELECT max(id) FROM agents)")
    form = shown["replace"] | {"reason": "new_phone", "phone": "yes", "confirmed": "yes"}
    answer = await admin.post(f"{page}/replace", data=form)
    assert answer.status_code == 422
    assert "Another agent uses the number by now" in answer.text
    again = hidden(answer.text)
    assert again["agent_shown"] not in {form["agent_shown"], ""}
    done = await admin.post(f"{page}/replace", data=form | again)
    assert done.status_code in {303, 503}, "of the agent whom it shows now"
