"""An administrator requests licences: every owner is notified once, and a purchase answers (L37)."""

import asyncio

import pytest

from models.errors import Unavailable
from models.people.callers import Role
from starter.licences.requests import LicenceRequestDesk
from temporal.connection import connect
from tests.builders import ACCOUNT, OPERATOR, DataDesks, ana, run
from tests.callers.world import NO_TEMPORAL
from tests.licences_world import ADAM, OLGA
from tests.starter.licences.shop import DATA, SMS, Shop, codes, shop
from tests.system.scene import Scene
from tests.temporal_server import eventually


def desk(scene: Scene) -> LicenceRequestDesk:
    return LicenceRequestDesk(scene.temporal.client, scene.database, scene.settings)


def key(scene: Scene, name: str) -> str:
    """A key of this test's own: the requests of all tests are on one Temporal server."""
    return f"{name} of {scene.settings.task_queue}"


async def notified(acme: Shop, asking: LicenceRequestDesk) -> None:
    """Wait until the owners have been notified of all requests."""
    await eventually(
        lambda: asking.requests(acme.adam),
        lambda found: all(one.notified_at for one in found) and bool(found),
    )


@pytest.mark.covers("L37")
async def test_every_owner_is_notified_of_a_request_once(scene: Scene) -> None:
    acme = await shop(scene.database)
    users = DataDesks(scene.database).users
    await users.create_user(OPERATOR, ACCOUNT, "Otto", "otto@acme.example", role=Role.OWNER)
    asking = desk(scene)
    request = [asking.request(acme.adam, ACCOUNT, DATA, 2, "For Lyon", key=key(scene, "a")) for _ in range(3)]
    first, *others = await asyncio.gather(*request)
    await scene.mailbox.got(OLGA, "otto@acme.example")
    assert {other.id for other in others} == {first.id}
    assert all("For Lyon" in mail.text for mail in scene.mailbox.mails)
    await notified(acme, asking)
    again = await asking.request(acme.adam, ACCOUNT, DATA, 2, "For Lyon", key=key(scene, "a"))
    assert again.notified_at is not None
    assert len(scene.mailbox.mails) == 2


@pytest.mark.covers("L37")
async def test_a_purchase_answers_the_requests_that_it_is_large_enough_for(idle_scene: Scene) -> None:
    scene = idle_scene
    acme = await shop(scene.database)
    ask = desk(scene).request
    asked = []
    for hour, (add_on, quantity) in enumerate(((DATA, 2), (DATA, 4), (SMS, 1), (DATA, 1)), start=10):
        await acme.on(f"2026-12-01T{hour}:00")
        asked.append(await ask(acme.adam, ACCOUNT, add_on, quantity, "New", key=key(scene, f"{hour}")))
    repeated = await ask(acme.adam, ACCOUNT, DATA, 2, "New", key=key(scene, "10"))
    assert repeated.replayed
    assert repeated.model_dump() == asked[0].model_dump()
    other = ask(acme.adam, ACCOUNT, DATA, 3, key=key(scene, "10"))
    assert await codes(other) == ["key_used_for_licence_request"]
    assert (asked[0].note, asked[0].requested_by) == ("New", acme.adam.actor)
    bought = await acme.licences.buy(acme.olga, ACCOUNT, DATA, 3)
    assert bought.answered == (asked[0].id, asked[3].id)
    listed = await desk(scene).requests(acme.olga, ACCOUNT)
    assert [one.purchase_id for one in listed] == [bought.id, None, None, bought.id]
    still = await desk(scene).requests(acme.olga, ACCOUNT, open_only=True)
    assert [one.id for one in still] == [asked[1].id, asked[2].id]
    events = await run(
        scene.database, "SELECT about[1] AS of FROM events WHERE type = 'licence_request.answered'"
    )
    assert [row.of for row in events] == list(bought.answered)


@pytest.mark.covers("L37")
async def test_what_cannot_be_requested_is_refused_and_recorded_nowhere(idle_scene: Scene) -> None:
    acme = await shop(idle_scene.database)
    asking = desk(idle_scene)
    manager = await ana(idle_scene.database)
    for caller, quantity, note, code in (
        (manager, 1, None, "not_permitted"),
        (OPERATOR, 1, None, "user_needed"),
        (acme.adam, 0, None, "licences_invalid"),
        (acme.adam, 1, "x" * 2001, "note_invalid"),
        (acme.adam, 1, "\0", "note_invalid"),
    ):
        assert await codes(asking.request(caller, ACCOUNT, DATA, quantity, note)) == [code]
    assert await asking.requests(acme.adam) == []


@pytest.mark.covers("L37")
async def test_a_request_that_could_not_reach_temporal_is_repeated_with_its_key(scene: Scene) -> None:
    acme = await shop(scene.database)
    away = scene.settings.model_copy(update={"temporal_address": NO_TEMPORAL})
    lost = LicenceRequestDesk(await connect(away, lazy=True), scene.database, away)
    with pytest.raises(Unavailable):
        await lost.request(acme.adam, ACCOUNT, DATA, 1, key=key(scene, "b"))
    assert len(await desk(scene).requests(acme.adam)) == 1
    await desk(scene).request(acme.adam, ACCOUNT, DATA, 1, key=key(scene, "b"))
    await scene.mailbox.got(OLGA)


@pytest.mark.covers("L37")
async def test_licences_are_requested_in_a_shell(scene: Scene) -> None:
    acme = await shop(scene.database)
    shell = scene.shell()
    assert "There are no requests." in shell.run("licence", "requests").out
    asking = ("--user", ADAM, "licence", "request", DATA, "2", "--note", "Two agents", "--key")
    made = shell.json(*asking, key(scene, "c"))
    assert made["note"] == "Two agents"
    assert made["id"] in shell.run(*asking, key(scene, "c")).out
    assert "open" in shell.run("licence", "requests", "--open").out
    await notified(acme, desk(scene))
    assert made["id"] in shell.run("--user", OLGA, "licence", "buy", DATA, "2").out
    assert "LP-1" in shell.run("licence", "requests").out
    assert "There are no such requests." in shell.run("licence", "requests", "--open").out
