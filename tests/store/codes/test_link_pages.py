"""What a page says to whoever opens an upload link whose request is over."""

import pytest

from models.codes.links import OverPage
from models.codes.requests import RequestStatus
from models.errors import Refused
from models.orders.lifecycle import OrderKind
from store.codes import link_pages, links
from store.codes.link_ends import UPLOAD
from store.session import Database
from tests.builders import acknowledge, iccid, place, process, run
from tests.qr_world import QrWorld, qr_world


async def opened(qr: QrWorld, token: str) -> OverPage:
    async with qr.database.reading() as connection:
        link = await links.find(connection, token, UPLOAD, even_if_over=True)
        return await link_pages.over_page(connection, link.scope)


@pytest.mark.covers("F35", "F37")
async def test_whoever_answered_is_thanked_and_may_tell_until_somebody_was_told(database: Database) -> None:
    qr = await qr_world(database)
    request = await qr.asked()
    token, other = await qr.upload_link(request), await qr.upload_link(request, contact=qr.contacts[1])
    reminder = await qr.upload_link(request)
    version = (await qr.take_by_link(token)).version
    page = await opened(qr, token)
    assert (page.sim, page.request, page.status) == ("S-1", request, RequestStatus.IMPORTED)
    assert page.since == version.imported_at
    assert (page.answered_by_recipient, page.unnotified) == (True, True)
    assert (await opened(qr, reminder)).unnotified, "another mail to the same contact"
    assert not (await opened(qr, other)).answered_by_recipient
    assert not (await opened(qr, other)).unnotified
    await qr.notify(version.id)
    assert not (await opened(qr, token)).unnotified
    assert (await opened(qr, token)).answered_by_recipient
    await run(database, "UPDATE qr_notifications SET created_at = now() - interval '6 minutes'")
    assert (await opened(qr, token)).unnotified, "it was written down, and never begun"


async def test_a_code_that_was_replaced_is_not_told(database: Database) -> None:
    qr = await qr_world(database)
    token = await qr.upload_link(await qr.asked())
    await qr.take_by_link(token)
    await qr.take(1, 2)
    page = await opened(qr, token)
    assert (page.answered_by_recipient, page.unnotified) == (True, False)


async def test_a_request_that_nobody_answered_says_how_it_ended(database: Database) -> None:
    qr = await qr_world(database)
    withdrawn = await qr.asked()
    token = await qr.upload_link(withdrawn)
    await qr.withdraw(withdrawn)
    page = await opened(qr, token)
    assert (page.status, page.answered_by_recipient, page.unnotified) == (
        RequestStatus.WITHDRAWN,
        False,
        False,
    )
    token = await qr.upload_link(await qr.asked(1, "b"))
    order = await place(database, 1, OrderKind.REPLACE_ESIM)
    await acknowledge(database, order)
    await process(database, order, iccid(900))
    assert (await opened(qr, token)).status is RequestStatus.SIM_DISCARDED


async def test_the_link_of_a_discarded_sim_shows_nothing(database: Database) -> None:
    qr = await qr_world(database)
    token = await qr.upload_link(await qr.asked())
    await qr.take_by_link(token)
    order = await place(database, 1, OrderKind.REPLACE_ESIM)
    await acknowledge(database, order)
    await process(database, order, iccid(900))
    with pytest.raises(Refused) as dead:
        await opened(qr, token)
    assert dead.value.refusals[0].code == "link_revoked"
