"""QR codes from the wish to the picture in the manager's hands, over real parts (F25 to F38, F56 to F62)."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from models.codes.requests import REQUEST_MADE, RequestStatus
from models.orders.lifecycle import OrderKind
from qr.draw import png
from qr.intake import read_upload
from starter.codes.drafts import QrRequestDraft
from tests.builders import ANA, OPERATOR, iccid
from tests.system.qr_scene import QUENTIN, RITA, QrScene, a_code
from tests.system.scene import Scene, refused

EVIL = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">'
    b"<script>alert(document.domain)</script></svg>"
)


@pytest.mark.quick
@pytest.mark.covers("F27", "F30", "F31", "F35", "F36", "F37", "F38", "F60", "W2")
async def test_a_code_comes_by_the_link_and_its_manager_gets_it(scene: Scene) -> None:
    world = await QrScene.set_up(scene)
    letter = await world.preview()
    assert [recipient.email for recipient in letter.recipients] == [QUENTIN]
    assert letter.subject
    assert letter.text
    made = await world.desk.request(await world.scene.ana(), QrRequestDraft(sim=world.sim))
    assert made.sentence == REQUEST_MADE == "The request has been made."
    link = await world.upload_link()
    async with world.browser() as browser:
        page = await browser.get(link)
        assert page.status_code == 200
        assert iccid(1)[-4:] in page.text
        done = await world.upload(browser, link)
        assert done.status_code == 200
        assert ANA in done.text, "the manager's address is pre-filled"
        assert (await world.desk.show(await world.scene.ana(), world.sim)).code == a_code()
        again = await browser.get(link)
        assert again.status_code == 200, "whoever answered is thanked"
        assert ANA in again.text, "and may still tell"
        assert (await browser.post(f"{link}/notify")).status_code == 200
        assert (await browser.post(f"{link}/notify")).status_code == 200, "pressed twice"
        assert ANA not in (await browser.get(link)).text, "told"
        shown = await world.download_link(ANA)
        await scene.ended(made.request_id)
        landing = await browser.get(shown)
        assert a_code().matching_id not in landing.text, "mail scanners open links"
        revealed = await browser.post(shown)
        assert "<svg" in revealed.text
        picture = await browser.post(f"{shown}/png")
        assert (await read_upload(picture.content, "a.png")).code == a_code()
    assert (await world.book.request(OPERATOR, made.request_id)).status is RequestStatus.IMPORTED
    assert [mail.to for mail in scene.mailbox.mails if ANA in mail.to] == [[ANA]], "told once"


async def test_where_nobody_is_notified_the_requester_is_sent_the_link_all_the_same(scene: Scene) -> None:
    world = await QrScene.set_up(scene)
    request_id = await world.request()
    async with world.browser() as browser:
        await world.upload(browser, await world.upload_link())
        handle = scene.temporal.client.get_workflow_handle(request_id)
        await world.becomes(request_id, RequestStatus.IMPORTED)
        await scene.temporal.forward(handle, timedelta(minutes=16))
        link = await world.download_link(ANA)
        assert (await browser.post(link)).status_code == 200
    await scene.ended(request_id)


async def test_a_replaced_esim_ends_the_request_for_its_code(scene: Scene) -> None:
    world = await QrScene.set_up(scene)
    await world.desk.import_code(await world.scene.ana(), world.sim, str(a_code(7)))
    await world.desk.notify(await world.scene.ana(), world.sim, "boss@acme.example")
    shown = await world.download_link("boss@acme.example")
    request_id = await world.request()
    link = await world.upload_link()
    order = await scene.acknowledged(1, kind=OrderKind.REPLACE_ESIM)
    await scene.desk.processed(OPERATOR, order, iccid=iccid(801))
    await scene.ended(request_id)
    assert (await world.book.request(OPERATOR, request_id)).status is RequestStatus.SIM_DISCARDED
    async with world.browser() as browser:
        assert (await browser.get(link)).status_code == 410
        assert (await browser.get(shown)).status_code == 410, "nobody installs a discarded eSIM"
    assert await refused(world.desk.import_code(await world.scene.ana(), world.sim, str(a_code()))) == [
        "sim_discarded"
    ]


@pytest.mark.covers("F57", "F58", "F62", "F34")
async def test_what_is_no_code_or_another_sims_is_refused_and_the_code_before_stays(scene: Scene) -> None:
    world = await QrScene.set_up(scene)
    other = await world.sim_of(2)
    await world.desk.import_code(await world.scene.ana(), other, str(a_code(2)))
    await world.desk.import_file(await world.scene.ana(), world.sim, png(a_code(1)), "code.png")
    assert await refused(world.desk.import_file(await world.scene.ana(), world.sim, EVIL, "evil.svg")) == [
        "file_unsafe"
    ]
    assert await refused(
        world.desk.import_file(await world.scene.ana(), world.sim, png(a_code(3)), "code.pdf")
    ) == ["file_type_mismatch"]
    assert await refused(
        world.desk.import_file(await world.scene.ana(), world.sim, png(a_code(2)), "code.png")
    ) == ["code_on_another_sim"]
    await world.request()
    link = await world.upload_link()
    async with world.browser() as browser:
        assert (await world.upload(browser, link, EVIL, "evil.svg")).status_code == 422
        assert (await world.upload(browser, link, png(a_code(2)))).status_code == 422
    assert (await world.desk.show(OPERATOR, world.sim)).code == a_code(1)
    assert (await world.events()).count("qr.import_refused") == 5


@pytest.mark.covers("F59", "F60")
async def test_a_new_code_keeps_the_one_before_and_kills_its_links(scene: Scene) -> None:
    world = await QrScene.set_up(scene)
    await world.desk.import_code(await world.scene.ana(), world.sim, str(a_code(1)))
    await world.desk.notify(await world.scene.ana(), world.sim, "boss@acme.example")
    link = await world.download_link("boss@acme.example")
    imported = await world.desk.import_file(await world.scene.ana(), world.sim, png(a_code(2)), "code.png")
    assert imported.version.number == 2
    assert [version.current for version in (await world.history()).versions] == [True, False]
    async with world.browser() as browser:
        assert (await browser.post(link)).status_code == 410
    again = await world.desk.import_code(await world.scene.ana(), world.sim, str(a_code(2)))
    assert not again.changed


@pytest.mark.covers("F60")
async def test_a_link_that_was_revoked_or_has_expired_shows_nothing(scene: Scene) -> None:
    world = await QrScene.set_up(scene)
    await world.desk.import_code(await world.scene.ana(), world.sim, str(a_code()))
    revoked = await world.desk.notify(await world.scene.ana(), world.sim, "boss@acme.example")
    await world.desk.notify(await world.scene.ana(), world.sim, "carl@acme.example")
    first, second = (
        await world.download_link("boss@acme.example"),
        await world.download_link("carl@acme.example"),
    )
    await world.desk.revoke(OPERATOR, revoked.id)
    async with world.browser() as browser:
        assert (await browser.post(first)).status_code == 410
        assert (await browser.post(second)).status_code == 200
        await scene.sql("UPDATE links SET expires_at = now() - interval '1 second'")
        assert (await browser.post(second)).status_code == 410
        assert (await browser.post("/q/" + "x" * 43)).status_code == 404


async def test_a_link_is_not_used_endlessly(scene: Scene) -> None:
    world = await QrScene.set_up(scene)
    await world.desk.import_code(await world.scene.ana(), world.sim, str(a_code()))
    await world.desk.notify(await world.scene.ana(), world.sim, "boss@acme.example")
    link = await world.download_link("boss@acme.example")
    async with world.browser() as browser:
        answers = [(await browser.post(link)).status_code for _ in range(25)]
    assert answers.count(429) == 5
    assert answers[-1] == 429


async def test_codes_are_taken_and_shown_while_no_worker_runs(idle_scene: Scene) -> None:
    world = await QrScene.set_up(idle_scene)
    await world.desk.import_file(await world.scene.ana(), world.sim, png(a_code()), "code.png")
    assert (await world.desk.show(OPERATOR, world.sim)).code == a_code()


async def test_two_contacts_who_send_at_once_give_the_sim_one_code(scene: Scene) -> None:
    world = await QrScene.set_up(scene, contacts=(QUENTIN, RITA))
    request_id = await world.request()
    links = [await world.upload_link(address) for address in (QUENTIN, RITA)]
    async with world.browser() as browser:
        pages: list[httpx.Response] = await asyncio.gather(
            *(world.upload(browser, link, png(a_code(n))) for n, link in enumerate(links, 1))
        )
    assert sorted(page.status_code for page in pages) == [200, 410]
    assert len((await world.history()).versions) == 1
    await world.becomes(request_id, RequestStatus.IMPORTED)
