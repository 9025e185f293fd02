"""Distributors and their contacts on pages: first the person, then the roles; what ends with a role."""

import re
from datetime import timedelta

import pytest

from starter.desks import Desks
from store.orders import links as order_links
from tests.builders import ACCOUNT, OPERATOR, run
from tests.callers.world import Known, who
from tests.portal.pages.conftest import SignIn
from tests.portal.pages.hidden_fields import hidden
from tests.portal.pages.people import ANA, BEN, CLEO, Browser
from tests.portal.pages.test_profiles import ticked

pytestmark = pytest.mark.covers("P11")
PATH = "/administration/contacts"
LEA = {"distributor": "Telvia", "name": "Lea Petit", "email": "lea@telvia.example", "language": "fr"}


@pytest.mark.covers("F42")
async def test_a_contact_is_made_first_and_gets_the_role_in_the_second_step(
    browser: SignIn, desks: Desks
) -> None:
    ana = await browser(ANA)
    form = (await ana.get(f"{PATH}/new?distributor=Telvia")).text
    assert '<option value="Telvia" selected>' in form
    sent = LEA | hidden(form)
    made = [await ana.post(PATH, data=sent) for _ in range(2)]
    assert {answer.status_code for answer in made} == {303}, "sent twice, it is made once"
    (second,) = {answer.headers["Location"] for answer in made}
    assert re.fullmatch(rf"{PATH}/C-\d+/roles\?step=2", second)
    (lea,) = [each for each in await desks.contacts.contacts(OPERATOR) if each.name == "Lea Petit"]
    assert (lea.roles, lea.language) == ((), "fr")
    page = (await ana.get(second)).text
    assert 'aria-current="step"' in page
    assert ticked(page) == set()
    done = await ana.post(second, data=hidden(page) | {"roles": ["esim_qr_code"]})
    assert done.headers["Location"] == f"{PATH}/C-{lea.id}"
    assert (await desks.contacts.contact(OPERATOR, f"C-{lea.id}")).roles == ("esim_qr_code",)
    assert "Lea Petit" in (await ana.get(f"{PATH}?distributor=telvia&role=esim_qr_code")).text
    assert "Lea Petit" not in (await ana.get(f"{PATH}?role=order")).text


async def test_what_is_wrong_is_said_beside_its_field(browser: SignIn) -> None:
    ana = await browser(ANA)
    for field, value, said in (
        ("email", "lea", "This is not an e-mail address."),
        ("email", (await _first(ana)), "The distributor has a contact with this address already"),
        ("distributor", "Nobody", "There is no such distributor"),
        ("language", "de", "Choose one of the values."),
    ):
        answer = await ana.post(PATH, data=LEA | {field: value})
        assert answer.status_code == 422, field
        assert said in answer.text
        assert 'value="Lea Petit"' in answer.text


async def _first(browser: Browser) -> str:
    """The address of a contact that is there."""
    page = (await browser.get(PATH)).text
    return str(re.findall(r"[\w.-]+@telvia\.example", page)[0])


@pytest.mark.covers("S4")
async def test_a_role_that_goes_takes_the_links_along_once_that_is_confirmed(
    browser: SignIn, desks: Desks, acme: Known
) -> None:
    ana = await browser(ANA)
    contact = f"{PATH}/{acme.contact}"
    assert "This contact has a link to upload a QR code." in (await ana.get(contact)).text
    page = (await ana.get(f"{contact}/roles")).text
    assert "esim_qr_code" in ticked(page)
    without = hidden(page) | {"roles": "order"}
    asked = await ana.post(f"{contact}/roles", data=without)
    assert asked.status_code == 422
    assert "Confirm that the links of this contact stop working." in asked.text
    assert (await ana.get(f"/u/{acme.upload_token}")).status_code == 200
    moved = await ana.post(
        f"{contact}/edit",
        data=hidden((await ana.get(f"{contact}/edit")).text)
        | {"name": "Bill", "email": "other@telvia.example", "language": "en"},
    )
    assert moved.status_code == 422, "another address ends them, too"
    done = await ana.post(f"{contact}/roles", data=without | {"confirmed": "yes"})
    assert done.status_code == 303
    assert (await ana.get(f"/u/{acme.upload_token}")).status_code == 410
    shown = (await ana.get(contact)).text
    assert "link to upload" not in shown
    after = await ana.post(
        f"{contact}/edit",
        data=hidden((await ana.get(f"{contact}/edit")).text)
        | {"name": "Bill", "email": "other@telvia.example", "language": "en"},
    )
    assert after.status_code == 303, "nothing is left to confirm"
    assert (await desks.contacts.contact(OPERATOR, acme.contact)).email == "other@telvia.example"


@pytest.mark.covers("S4", "P9")
async def test_links_to_orders_end_only_once_that_is_confirmed(
    browser: SignIn, desks: Desks, acme: Known
) -> None:
    ana, order = await browser(ANA), await desks.orders.order(OPERATOR, acme.order)
    lea = await desks.contacts.add_contact(
        OPERATOR, ACCOUNT, str(order.distributor), "Lea", "lea@telvia.example", ["order", "esim_qr_code"]
    )
    contact, links = f"{PATH}/C-{lea.id}", [await _mailed(desks, acme.order, lea.id) for _ in range(2)]
    assert "This contact has a link to an order." in (await ana.get(contact)).text, "twice to the same one"
    assert "This contact has a link to an order." in (await ana.get(f"{contact}/remove")).text
    roles = hidden((await ana.get(f"{contact}/roles")).text)
    other = await ana.post(f"{contact}/roles", data=roles | {"roles": "order"})
    assert other.status_code == 303, "no link ends with the other role"
    person = hidden((await ana.get(f"{contact}/edit")).text) | {"name": "Lea", "language": "en"}
    moved = await ana.post(f"{contact}/edit", data=person | {"email": "new@telvia.example"})
    assert moved.status_code == 422
    assert "Confirm that the links of this contact stop working." in moved.text
    roles = hidden((await ana.get(f"{contact}/roles")).text)
    assert (await ana.post(f"{contact}/roles", data=roles)).status_code == 422
    assert [(await ana.get(link)).status_code for link in links] == [200, 200]
    assert (await ana.post(f"{contact}/roles", data=roles | {"confirmed": "yes"})).status_code == 303
    assert [(await ana.get(link)).status_code for link in links] == [410, 410]
    assert "link to an order" not in (await ana.get(contact)).text


async def _mailed(desks: Desks, order: str, contact: int) -> str:
    """The path of the link in an e-mail about this order."""
    address = (await desks.contacts.contact(OPERATOR, f"C-{contact}")).email
    async with desks.database.transaction() as connection:
        of = (1, order, f"contact:{contact}", address)
        token, _ = await order_links.mint(connection, *of, timedelta(days=1))
    return f"/o/{token}"


async def test_a_contact_is_removed_unless_open_work_needs_it(
    browser: SignIn, desks: Desks, acme: Known
) -> None:
    ana = await browser(ANA)
    contact = f"{PATH}/{acme.contact}"
    asked = (await ana.get(f"{contact}/remove")).text
    assert "This cannot be undone." in asked
    needed = await ana.post(f"{contact}/remove", data={})
    assert needed.status_code == 422
    assert "These still need the person" in needed.text
    lea = await desks.contacts.add_contact(OPERATOR, ACCOUNT, "Telvia", "Lea", "lea@telvia.example")
    done = await ana.post(f"{PATH}/C-{lea.id}/remove", data={})
    assert done.headers["Location"] == f"{PATH}?distributor=Telvia"
    assert "Lea" not in (await ana.get(done.headers["Location"])).text.partition("<tbody")[2]
    assert (await ana.get(f"{PATH}/C-{lea.id}")).status_code == 404
    (row,) = await run(desks.database, "SELECT about, actor FROM events WHERE type = 'contact.removed'")
    assert row.about == [f"contact:{lea.id}"]
    assert row.actor.startswith("user:")


async def test_distributors_say_who_receives_what(browser: SignIn, desks: Desks) -> None:
    ana = await browser(ANA)
    page = (await ana.get("/administration/distributors")).text
    assert f'href="{PATH}?distributor=Telvia"' in page
    assert "No contact" not in page
    for contact in await desks.contacts.contacts(OPERATOR, role="order"):
        await desks.contacts.edit_contact(OPERATOR, None, f"C-{contact.id}", remove_roles=["order"])
    assert "No contact" in (await ana.get("/administration/distributors")).text
    (view,) = await desks.contacts.overview(await who(desks.database, ANA))
    assert (view.name, view.orders) == ("Telvia", 0)
    assert view.codes == len(await desks.contacts.contacts(OPERATOR, role="esim_qr_code")) > 0


async def test_who_may_only_look_sees_them_and_a_stranger_nothing(browser: SignIn, acme: Known) -> None:
    ben, cleo = await browser(BEN), await browser(CLEO)
    page = (await ben.get(f"{PATH}/{acme.contact}")).text
    assert "@telvia.example" in page
    for there in ("/edit", "/roles", "/remove"):
        assert f"{acme.contact}{there}" not in page
        assert (await ben.get(f"{PATH}/{acme.contact}{there}")).status_code == 403
        assert (await cleo.get(f"{PATH}/{acme.contact}{there}")).status_code == 404
    assert "telvia" not in (await cleo.get(PATH)).text
