"""Every event of a caller's deed names the row that says from where the call came, by whatever way."""

import pytest

from models.orders.lifecycle import HoldReason
from models.people.callers import Caller, LinkBearer
from starter import callers
from starter.codes.drafts import QrRequestDraft
from starter.codes.link_desk import LinkDesk
from starter.operations.retry import RetryDesk
from starter.people.erasure import erase
from store import origins
from store.operations import holds
from tests.builders import ANA, OPERATOR
from tests.system.qr_scene import QUENTIN, QrScene, a_code
from tests.system.scene import Scene

OF_LINK = 78
UNNAMED = "SELECT type, actor, origin_id FROM events WHERE id > :last AND actor <> 'system' ORDER BY id"


async def _last(scene: Scene) -> int:
    return int((await scene.sql("SELECT max(id) FROM events"))[0][0])


async def _deeds(scene: Scene, last: int) -> list[tuple[str, str, int | None]]:
    return [(row.type, row.actor, row.origin_id) for row in await scene.sql(UNNAMED, last=last)]


async def _origin(scene: Scene, actor: str) -> int:
    async with scene.database.transaction() as connection:
        return await origins.record(connection, actor=actor, surface="portal", address="192.0.2.7")


async def _ana(scene: Scene) -> Caller:
    actor = (await callers.user(scene.database, ANA)).actor
    return await callers.user(scene.database, ANA, origin_id=await _origin(scene, actor))


@pytest.mark.covers("S5", "W6")
async def test_what_is_done_about_a_code_says_from_where(scene: Scene) -> None:
    world = await QrScene.set_up(scene)
    last = await _last(scene)
    ana, desk = await _ana(scene), world.desk
    draft = QrRequestDraft(sim=world.sim)
    made = await desk.request(ana, draft)
    await desk.request(ana, draft.model_copy(update={"again": True}))
    await desk.withdraw(ana, made.request_id)
    await desk.import_code(ana, world.sim, str(a_code()))
    await desk.show(ana, world.sim)
    told = await desk.notify(ana, world.sim)
    await desk.revoke(ana, told.id)
    assert await _deeds(scene, last) == [
        (name, ana.actor, ana.origin_id)
        for name in (
            *("qr.requested", "qr.sent_again", "qr.withdrawn"),
            *("qr.imported", "qr.shown", "notification.created", "notification.revoked"),
        )
    ]


@pytest.mark.covers("S5")
async def test_what_is_done_with_a_link_says_from_where(scene: Scene) -> None:
    world = await QrScene.set_up(scene)
    await world.request()
    token = (await world.upload_link()).rpartition("/")[2]
    last = await _last(scene)
    bearer, links = LinkBearer(token, origin_id=OF_LINK), LinkDesk(world.desk)
    checked = await links.check_code(bearer, str(a_code()))
    await links.send(bearer, checked.upload_id)
    await links.notify_manager(bearer)
    assert [(name, origin) for name, _, origin in await _deeds(scene, last)] == [
        (name, OF_LINK) for name in ("link.checked", "link.used", "qr.imported", "notification.created")
    ]


@pytest.mark.covers("W5", "S5")
async def test_a_retry_and_an_erasure_say_from_where(scene: Scene) -> None:
    world = await QrScene.set_up(scene)
    operator = callers.operator(origin_id=await _origin(scene, "operator"))
    scene.mailbox.answer = "550 5.1.1 No such user"
    made = await world.request()
    await world.held_for(made, HoldReason.MAIL_REJECTED)
    scene.mailbox.answer = "250 2.0.0 taken"
    last = await _last(scene)
    await RetryDesk(world.desk.client, scene.database, scene.settings).one(operator, made)
    await world.held_for(made, None)
    async with scene.database.transaction() as connection:
        await holds.hold(connection, made, "waiting", HoldReason.NO_QR_CODE)
        seen = await holds.seen(connection, made)
        await holds.release_seen(connection, made, operator.by, seen)
    released = [(name, origin) for name, _, origin in await _deeds(scene, last)]
    assert released == [("qr.released", operator.origin_id), ("qr.released", operator.origin_id)], (
        "by the retry, and by a restart"
    )
    await world.desk.withdraw(OPERATOR, made)
    last = await _last(scene)
    await erase(operator, scene.database, QUENTIN)
    *links, erased = [(name, origin) for name, _, origin in await _deeds(scene, last)]
    assert erased == ("person.erased", operator.origin_id)
    assert set(links) == {("link.revoked", operator.origin_id)}
