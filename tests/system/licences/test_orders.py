"""Orders about a number over real parts: from placing to the e-mail that brings the agent the eSIM."""

import pytest

from models.licences.numbers import ReplaceReason
from models.orders.lifecycle import OrderStatus
from models.people.views import ContactRole
from qr.draw import png
from store.licences.resend import resend
from tests.builders import OPERATOR, iccid
from tests.licences_world import ADAM, GINA
from tests.system.licences.scene import ORDERS, Licensed
from tests.system.qr_scene import QUENTIN, a_code
from tests.system.scene import Scene
from tests.temporal_server import eventually


@pytest.mark.covers("L4", "L7", "L9", "L10", "L11", "L17")
@pytest.mark.parametrize("language", ["en", "fr"])
async def test_an_assigned_licence_reaches_the_agents_phone(scene: Scene, language: str) -> None:
    world = await Licensed.of(scene, language=language)
    order_id = await world.assigned()
    await scene.mailbox.got(ORDERS)
    assert f"Order {order_id}: eSIM requested" in scene.mailbox.mails[0].subject
    assert "+33612000001" in scene.mailbox.mails[0].text
    assert "Gina" not in scene.mailbox.mails[0].text, "the distributor does not learn who uses the number"
    await world.processed(order_id)
    link = await world.upload_link()
    async with world.browser() as browser:
        assert (await world.upload(browser, link)).status_code == 200
    email = await world.esim_email()
    assert email.scanned == [str(a_code())]
    steps = {
        "en": (
            "Your eSIM is ready",
            "Open Settings.",
            "Mobile Service",
            "Add eSIM",
            "confirm: it is required",
        ),
        "fr": (
            "Votre eSIM est prête",
            "Ouvrez Réglages.",
            "Touchez Ajouter une eSIM",
            "confirmez\u00a0: c\u2019est obligatoire",
        ),
    }[language]
    for sentence in steps:
        assert sentence in email.text
        assert sentence in email.html.replace("&#39;", "'")
    for vendor in ("apple", "android"):
        install = f"https://esimsetup.{vendor}.com/esim_qrcode_provisioning?carddata=LPA%3A1%24"
        assert install in email.text
        assert f'href="{install}' in email.html
    async with world.browser() as browser:
        page = await world.download_link(GINA)
        assert (await browser.post(page)).status_code == 200
    await scene.ended(order_id)
    order = await scene.desk.order(OPERATOR, order_id)
    assert (order.status, order.iccid) == (OrderStatus.PROCESSED, iccid(501))
    assert sorted(scene.mailbox.recipients()) == sorted([ORDERS, ADAM, QUENTIN, GINA])


@pytest.mark.covers("L7")
async def test_the_distributor_is_reminded_and_notified_of_a_cancel(scene: Scene) -> None:
    world = await Licensed.of(scene)
    order_id = await world.assigned()
    await scene.mailbox.got(ORDERS)
    await scene.desk.cancel(OPERATOR, order_id, reason="Gina leaves")
    await scene.ended(order_id)
    assert sorted(scene.mailbox.recipients()) == sorted([ORDERS, ORDERS, ADAM])
    cancelled = [mail for mail in scene.mailbox.mails[1:] if mail.to == [ORDERS]]
    assert "Please do not process it" in cancelled[0].text
    (to_adam,) = [mail for mail in scene.mailbox.mails if mail.to == [ADAM]]
    assert "The licence is free again" in to_adam.text
    assert "Gina leaves" in to_adam.text
    assert (await scene.sql("SELECT number_id FROM licences"))[0].number_id is None


@pytest.mark.covers("L27")
async def test_without_the_agents_address_the_order_waits_and_continues_once_there_is_one(
    scene: Scene,
) -> None:
    world = await Licensed.of(scene, email=None)
    order_id = await world.assigned()
    await world.processed(order_id)
    await world.order_held_for(order_id, "no_agent_address")
    assert QUENTIN not in scene.mailbox.recipients(), "no code is requested that cannot be sent on"
    await world.set_address(GINA)
    await scene.desk.retry(OPERATOR, order_id)
    await world.order_held_for(order_id)
    async with world.browser() as browser:
        await world.upload(browser, await world.upload_link())
    assert (await world.esim_email()).scanned == [str(a_code())]
    await scene.ended(order_id)


@pytest.mark.covers("L27")
async def test_an_address_that_is_lost_before_the_code_arrives_holds_the_request(scene: Scene) -> None:
    world = await Licensed.of(scene)
    order_id = await world.assigned()
    sim = await world.processed(order_id)
    link = await world.upload_link()
    await world.set_address(None)
    async with world.browser() as browser:
        await world.upload(browser, link)
    (request,) = (await world.history(sim)).requests
    await world.held_for(request.id, "no_agent_address")
    await world.set_address(GINA)
    await world.desk.retry(OPERATOR, request.id)
    assert (await world.esim_email()).scanned == [str(a_code())]
    await scene.ended(request.id)


@pytest.mark.covers("L9")
async def test_without_a_contact_for_codes_the_order_waits_for_one(scene: Scene) -> None:
    world = await Licensed.of(scene, qr_contact=False)
    order_id = await world.assigned()
    await world.processed(order_id)
    await world.order_held_for(order_id, "no_qr_contact")
    await world.contact(QUENTIN, ContactRole.ESIM_QR_CODE)
    await scene.desk.retry(OPERATOR, order_id)
    await world.upload_link()
    await scene.ended(order_id)


@pytest.mark.covers("L9")
async def test_a_code_that_is_known_already_is_sent_at_once(scene: Scene) -> None:
    world = await Licensed.of(scene, email=None)
    order_id = await world.assigned()
    sim = await world.processed(order_id)
    await world.order_held_for(order_id, "no_agent_address")
    imported = await world.desk.import_code(await scene.ana(ADAM), sim, str(a_code()))
    assert imported.manager is None, "the code is for the agent, who has no address"
    await world.set_address(GINA)
    await scene.desk.retry(OPERATOR, order_id)
    assert (await world.esim_email()).scanned == [str(a_code())]
    await scene.ended(order_id)
    history = await world.history(sim)
    assert history.requests == (), "nothing is requested that is known"
    assert [it.address for it in history.notifications] == [GINA]


@pytest.mark.covers("L29", "L25")
async def test_a_new_phone_gets_a_new_code_and_the_old_one_is_dead(scene: Scene) -> None:
    world = await Licensed.of(scene)
    first = await world.processed(await world.assigned())
    async with world.browser() as browser:
        await world.upload(browser, await world.upload_link())
    await world.esim_email()
    old_page = await world.download_link(GINA)
    order_id = await world.replaced()
    second = await world.processed(order_id, 502)
    async with world.browser() as browser:
        assert (await browser.get(old_page)).status_code == 410
        assert (await browser.post(old_page)).status_code == 410
        await world.upload(browser, await world.upload_link(mails=2), png(a_code(2)))
    assert (await world.esim_email(mails=2)).scanned == [str(a_code(2))]
    states = await scene.sql(
        "SELECT id, state FROM sims WHERE id IN (:one, :two) ORDER BY id",
        one=int(first[2:]),
        two=int(second[2:]),
    )
    assert [row.state for row in states] == ["discarded", "active"]


@pytest.mark.covers("L31")
async def test_sending_again_kills_the_links_of_the_earlier_emails(scene: Scene) -> None:
    world = await Licensed.of(scene)
    sim = await world.processed(await world.assigned())
    async with world.browser() as browser:
        await world.upload(browser, await world.upload_link())
    await world.esim_email()
    first = await world.download_link(GINA)
    await world.set_address("gina.new@acme.example")
    adam = await scene.ana(ADAM)
    for _ in range(2):
        async with scene.database.transaction() as connection:
            sent = await resend(connection, adam.account, world.number_id, adam.by, "again")
        await world.desk.workflows.start_notification(sent, adam.account, None)
    email = await world.esim_email("gina.new@acme.example")
    assert email.scanned == [str(a_code())]
    async with world.browser() as browser:
        assert (await browser.get(first)).status_code == 410
        second = await world.download_link("gina.new@acme.example")
        assert (await browser.get(second)).status_code == 200
    states = {it.address: it.state for it in (await world.history(sim)).notifications}
    assert states == {GINA: "revoked", "gina.new@acme.example": "sent"}


@pytest.mark.covers("L30")
async def test_the_esim_of_a_lost_phone_stops_before_its_replacement_is_even_acknowledged(
    scene: Scene,
) -> None:
    world = await Licensed.of(scene)
    first = await world.processed(await world.assigned())
    async with world.browser() as browser:
        await world.upload(browser, await world.upload_link())
    await world.esim_email()
    page = await world.download_link(GINA)
    order_id = await world.replaced(ReplaceReason.LOST)
    (row,) = await scene.sql("SELECT state, holder FROM sims WHERE id = :id", id=int(first[2:]))
    assert tuple(row) == ("discarded", None)
    async with world.browser() as browser:
        assert (await browser.post(page)).status_code == 410

    async def stop_requested() -> bool:
        to_provider = [mail for mail in scene.mailbox.mails if mail.to == [ORDERS]]
        return any(iccid(501) in mail.text and order_id not in mail.text for mail in to_provider)

    await eventually(stop_requested, bool)
    await world.processed(order_id, 502)
    async with world.browser() as browser:
        await world.upload(browser, await world.upload_link(mails=2), png(a_code(2)))
    assert (await world.esim_email(mails=2)).scanned == [str(a_code(2))]
    await scene.ended(order_id)


@pytest.mark.covers("L8", "L27")
async def test_operators_read_such_orders_as_any_other(scene: Scene) -> None:
    world = await Licensed.of(scene, email=None)
    order_id = await world.assigned()
    sim = await world.processed(order_id)
    await world.order_held_for(order_id, "no_agent_address")
    listed = await scene.typed("order", "list")
    assert "+33612000001" in listed.out
    assert "held: no_agent_address" in " ".join(listed.out.split())
    shown = " ".join((await scene.typed("order", "show", order_id)).out.split())
    for fact in ("N-1 +33612000001", "LI-1 Voice+SMS+Data", "AG-1", "Orange, by Telvia", iccid(501)):
        assert fact in shown
    assert "no e-mail address" in (await scene.typed("order", "list", "--held")).out.replace("\n", " ")
    assert order_id in (await scene.typed("doctor", code=1)).out
    await world.desk.import_code(OPERATOR, sim, str(a_code()))
    picture = str(scene.settings.data_dir / "code.png")
    for words in (("qr", "history", sim), ("qr", "show", sim, "-o", picture), ("qr", "list")):
        await scene.typed(*words)
    assert (await scene.typed("fleet", "list")).out.count("+33612000001") == 0, "a number is no line"
