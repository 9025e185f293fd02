"""The link in an order's e-mail: one order, for one contact, while the link is valid (P9, S4)."""

import re
from datetime import timedelta

import pytest

from models.orders.lifecycle import OrderStatus
from models.people.callers import LinkBearer
from models.people.sign_in import Visit
from starter import callers
from starter.desks import Desks
from starter.people.erasure import erase
from store.orders import links, steps
from tests.builders import ACCOUNT, OPERATOR, as_csv, item, run
from tests.callers.world import Known
from tests.portal.pages.conftest import SignIn
from tests.portal.pages.people import ANA, BEN, Browser

STEPS = ("acknowledge", "iccid", "processed", "cancel")
ICCID = "8933012345678901230"


async def link_of(desks: Desks, order: str, contact: str, after: timedelta = timedelta(days=1)) -> str:
    """The path of a link as it is mailed to this contact."""
    found = await desks.contacts.contact(OPERATOR, contact)
    async with desks.database.transaction() as connection:
        token, _ = await links.mint(connection, 1, order, f"contact:{found.id}", found.email, after)
    return f"/o/{token}"


@pytest.fixture
async def contact(desks: Desks, acme: Known) -> str:
    """A contact of the order's distributor to whom orders are sent."""
    order = await desks.orders.order(OPERATOR, acme.order)
    made = await desks.contacts.add_contact(
        OPERATOR, ACCOUNT, str(order.distributor), "Olive", "olive@telvia.example", ["order"]
    )
    return f"C-{made.id}"


async def _answers(visitor: Browser, link: str) -> set[int]:
    """What every call by the link is answered."""
    found = {(await visitor.get(link)).status_code}
    for step in STEPS:
        found.add((await visitor.get(f"{link}/{step}")).status_code)
        sent = {"iccid": ICCID, "confirmed": "yes"} if step != "cancel" else {"confirmed": "yes"}
        found.add((await visitor.post(f"{link}/{step}", data=sent)).status_code)
    return found


@pytest.mark.covers("P9")
async def test_the_link_shows_that_order_and_what_its_contact_can_do(
    visitor: Browser, desks: Desks, acme: Known, contact: str
) -> None:
    link = await link_of(desks, acme.order, contact)
    page = await visitor.get(link)
    assert page.status_code == 200
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    assert "Hello Olive" in page.text
    assert acme.order in page.text
    assert f'href="{link}/acknowledge"' in page.text
    assert f'href="{link}/processed"' not in page.text, "it is not acknowledged yet"
    assert "employee" not in page.text.lower(), "the distributor does not learn who uses the line"
    early = await visitor.get(f"{link}/processed")
    assert "The provider has not acknowledged the order yet" in early.text
    assert "<form" not in early.text
    french = await visitor.get(link, headers={"Accept-Language": "fr"})
    assert "Une commande de" in french.text
    assert (await visitor.get(f"{link}/retry")).status_code == 404


@pytest.mark.covers("P9")
async def test_opening_the_pages_changes_nothing(
    visitor: Browser, desks: Desks, acme: Known, contact: str
) -> None:
    link = await link_of(desks, acme.order, contact)
    before = await run(desks.database, "SELECT * FROM orders ORDER BY id")
    for path in ("", *(f"/{step}" for step in STEPS)):
        assert (await visitor.get(link + path)).status_code == 200
        assert (await visitor.head(link + path)).status_code == 200
    assert await run(desks.database, "SELECT * FROM orders ORDER BY id") == before
    origins = await run(desks.database, "SELECT id FROM origins WHERE surface = 'link'")
    assert origins == []


@pytest.mark.covers("P9", "S5")
async def test_what_is_wrong_is_said_beside_the_field_and_what_was_typed_stays(
    visitor: Browser, desks: Desks, acme: Known, contact: str
) -> None:
    link = await link_of(desks, acme.order, contact)
    answer = await visitor.post(f"{link}/acknowledge", data={"iccid": "8933"})
    assert answer.status_code == 422
    assert 'value="8933"' in answer.text
    assert 'aria-describedby="iccid-error' in answer.text
    unconfirmed = await visitor.post(f"{link}/cancel", data={"reason": "Out of stock"})
    assert unconfirmed.status_code == 422
    assert "Out of stock" in unconfirmed.text
    assert 'id="confirmed-error"' in unconfirmed.text
    other = await visitor.post(f"{link}/cancel", data={"order": "order-aaaaaaaaaaaaaaaa"})
    assert other.status_code == 422, "a form cannot name another order"
    away = await visitor.post(f"{link}/acknowledge", data={"iccid": ""})
    assert away.status_code == 503, "there is no Temporal in these tests"
    [origin] = await run(desks.database, "SELECT DISTINCT actor, session FROM origins WHERE surface = 'link'")
    assert origin.actor == f"contact:{contact.removeprefix('C-')}"
    assert re.fullmatch(r"order-link:\d+", origin.session)


@pytest.mark.covers("P9", "P14")
async def test_a_form_of_another_site_is_refused(
    visitor: Browser, desks: Desks, acme: Known, contact: str
) -> None:
    link = await link_of(desks, acme.order, contact)
    answer = await visitor.post(
        f"{link}/cancel",
        data={"confirmed": "yes"},
        headers={"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
    )
    assert answer.status_code == 403
    assert (await desks.orders.order(OPERATOR, acme.order)).status is OrderStatus.SUBMITTED


async def _end(desks: Desks, order: str, status: str) -> None:
    await run(desks.database, "UPDATE orders SET status = :status WHERE id = :id", status=status, id=order)


@pytest.mark.covers("S4", "P9")
@pytest.mark.parametrize("ending", ["role", "catalogue", "address", "removed", "erased", "expired"])
async def test_a_contact_who_may_not_answer_any_more_has_a_link_that_is_dead_for_every_call(
    ending: str, visitor: Browser, desks: Desks, acme: Known, contact: str
) -> None:
    after = timedelta(seconds=-1) if ending == "expired" else timedelta(days=1)
    link = await link_of(desks, acme.order, contact, after)
    await desks.contacts.edit_contact(OPERATOR, ACCOUNT, acme.contact, add_roles=["order"])
    other = await link_of(desks, acme.order, acme.contact)
    edit = desks.contacts.edit_contact
    if ending == "role":
        await edit(OPERATOR, ACCOUNT, contact, remove_roles=["order"])
    elif ending == "address":
        await edit(OPERATOR, ACCOUNT, contact, email="new@telvia.example")
    elif ending == "catalogue":  # a file that does not name the contact takes the role
        named = await desks.contacts.contact(OPERATOR, acme.contact)
        row = item(distributor=named.distributor, order_contact_name=named.name)
        await desks.catalogue.import_catalogue(OPERATOR, as_csv(row | {"order_contact_email": named.email}))
    elif ending == "removed":
        await _end(desks, acme.order, "processed")
        await desks.contacts.remove_contact(OPERATOR, contact)
    elif ending == "erased":  # an open order needs the contact
        await _end(desks, acme.order, "processed")
        await erase(OPERATOR, desks.database, "olive@telvia.example")
    assert await _answers(visitor, link) == {410}
    assert (await visitor.get(other)).status_code == 200, "that of another contact is not affected"
    if ending != "expired":
        events = await run(
            desks.database, "SELECT about FROM events WHERE type = 'link.revoked' ORDER BY id DESC LIMIT 1"
        )
        assert acme.order in events[0].about
    if ending == "address":
        assert (await visitor.get(await link_of(desks, acme.order, contact))).status_code == 200


@pytest.mark.covers("S4")
async def test_a_link_that_is_made_while_the_contact_loses_the_role_is_dead(
    visitor: Browser, desks: Desks, acme: Known, contact: str
) -> None:
    await desks.contacts.edit_contact(OPERATOR, ACCOUNT, contact, remove_roles=["order"])
    assert await _answers(visitor, await link_of(desks, acme.order, contact)) == {410}


@pytest.mark.covers("S9", "P9")
async def test_a_token_that_nobody_has_says_nothing_of_orders(visitor: Browser, acme: Known) -> None:
    pages = [await visitor.get(f"/o/{token}") for token in ("x", acme.order, "a" * 43, "%00")]
    assert {page.status_code for page in pages} == {404}
    assert len({page.text for page in pages}) == 1


@pytest.mark.covers("S9", "P9")
async def test_too_many_tries_by_one_link_are_refused(
    visitor: Browser, desks: Desks, acme: Known, contact: str
) -> None:
    link = await link_of(desks, acme.order, contact)
    answers = [
        (await visitor.post(f"{link}/acknowledge", data={"iccid": "8933"})).status_code
        for _ in range(links.MOST_TRIES + 1)
    ]
    assert answers == [422] * links.MOST_TRIES + [429]
    assert (await visitor.get(link)).status_code == 200, "it can still be looked at"
    other = await link_of(desks, acme.order, contact)
    assert (await visitor.post(f"{other}/acknowledge", data={"iccid": "8933"})).status_code == 422


@pytest.mark.covers("P9", "S4")
@pytest.mark.parametrize("ended", ["processed", "cancelled"])
async def test_once_the_order_has_ended_the_link_only_says_how(
    ended: str, visitor: Browser, desks: Desks, acme: Known, contact: str
) -> None:
    link = await link_of(desks, acme.order, contact)
    await _end(desks, acme.order, ended)
    page = await visitor.get(link)
    assert page.status_code == 200
    assert f"The order is {ended}" in page.text
    assert "Hello Olive" not in page.text
    assert "+33" not in page.text, "nothing of the line is shown any more"
    for step in STEPS:
        assert "<form" not in (await visitor.get(f"{link}/{step}")).text
    assert "check digit" not in page.text
    after = await visitor.get(f"{link}?done=processed&warned=check_digit")
    assert "check digit" in after.text, "it is said also where the step ended the order"
    await run(desks.database, "UPDATE orders SET kind = 'assign_licence' WHERE id = :id", id=acme.order)
    of_number = (await visitor.get(link)).text
    assert ("The QR code of the eSIM is requested in" in of_number) is (ended == "processed")


@pytest.mark.covers("S4", "P9")
async def test_an_administrator_revokes_one_link_and_the_others_go_on(
    browser: SignIn, visitor: Browser, desks: Desks, acme: Known, contact: str
) -> None:
    link, other = [await link_of(desks, acme.order, contact) for _ in range(2)]
    ana = await browser(ANA)
    assert f'href="/orders/{acme.order}/links"' in (await ana.get(f"/orders/{acme.order}")).text
    page = (await ana.get(f"/orders/{acme.order}/links")).text
    assert page.count("Olive") == 2
    paths = re.findall(r'href="(/orders/[^"]+/revoke)"', page)
    assert len(paths) == 2
    assert "Revoke the link of Olive" in (await ana.get(paths[1])).text
    assert (await visitor.get(link)).status_code == 200, "the question changes nothing"
    assert (await ana.post(paths[1])).headers["Location"] == f"/orders/{acme.order}/links"
    assert (await ana.post(paths[1])).status_code == 303, "idempotent"
    assert await _answers(visitor, link) == {410}
    assert (await visitor.get(other)).status_code == 200
    assert (await ana.get(f"/orders/{acme.order}/links")).text.count("/revoke") == 1
    events = await run(desks.database, "SELECT actor FROM events WHERE type = 'link.revoked'")
    assert len(events) == 1
    assert (await (await browser(BEN)).get(f"/orders/{acme.order}/links")).status_code == 403


@pytest.mark.covers("S4", "S5")
async def test_a_link_that_is_revoked_while_its_call_is_under_way_has_no_effect(
    desks: Desks, acme: Known, contact: str
) -> None:
    async def called() -> tuple[callers.ByOrderLink, int]:
        token = (await link_of(desks, acme.order, contact)).rpartition("/")[2]
        by = await callers.of_order_link(desks.database, LinkBearer(token), Visit(), changes=True)
        return by, by.link.id

    (revoked, link_id), (valid, _) = await called(), await called()
    await desks.order_links.revoke(OPERATOR, acme.order, link_id)
    async with desks.database.transaction() as connection:
        refused = await steps.acknowledge(connection, acme.order, revoked.caller.by, None)
        done = await steps.acknowledge(connection, acme.order, valid.caller.by, None)
    assert refused.refusal is not None
    assert refused.refusal.code == "unknown_actor"
    assert done.refusal is None


@pytest.mark.covers("S4", "S5")
async def test_a_contact_without_the_role_can_do_nothing_by_a_link_that_was_not_revoked(
    visitor: Browser, desks: Desks, acme: Known, contact: str
) -> None:
    link = await link_of(desks, acme.order, contact)
    by = await callers.of_order_link(
        desks.database, LinkBearer(link.rpartition("/")[2]), Visit(), changes=True
    )
    number = int(contact.removeprefix("C-"))
    await run(
        desks.database,
        "DELETE FROM contact_roles WHERE contact_id = :id AND role = 'order' RETURNING contact_id",
        id=number,
    )
    assert await _answers(visitor, link) == {410}
    async with desks.database.transaction() as connection:
        refused = await steps.acknowledge(connection, acme.order, by.caller.by, None)
    assert refused.refusal is not None
    assert refused.refusal.code == "unknown_actor"
