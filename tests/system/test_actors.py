"""Whom a program that reaches Temporal names as actor: every update and signal of every workflow (S5)."""

from functools import partial
from typing import Any

import pytest
from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from models.errors import Refused
from models.orders.lifecycle import HoldReason
from models.people.views import ContactRole
from starter import callers
from starter.codes.drafts import QrRequestDraft
from store import origins
from tests.builders import ACCOUNT, ANA, OPERATOR, as_csv, empty_slot, iccid, item, line
from tests.contract.schemas import SENT
from tests.system.qr_scene import QrScene, a_code
from tests.system.scene import Scene
from tests.temporal_server import eventually
from worker import WORKFLOWS

GARBAGE = (
    "provider",
    "system",
    "Ana Lopes",
    "user:",
    "user:x",
    "user:-1",
    "contact:7 ",
    "link:1",
    "",
    7,
    None,
    ["operator"],
)
"""Names that no caller may give itself, and what is no name at all: refused before anything is asked."""
NEEDED: dict[str, dict[str, Any]] = {"enter_iccid": {"iccid": iccid(5)}}


def updates(workflow: type) -> list[str]:
    """Those that name an actor."""
    known = workflow.__temporal_workflow_definition  # type: ignore[attr-defined]
    return [
        name
        for name in known.updates
        if "actor" in getattr(SENT.get(f"{known.name}.{name}"), "model_fields", ())
    ]


async def foreigners(scene: Scene) -> list[str]:
    """Actors who exist, or could, but not for this account and distributor."""
    desks = scene.desks
    await desks.fleet.import_fleet(OPERATOR, as_csv(empty_slot(9, account="Bolt")))
    for account in ("Bolt", ACCOUNT):
        pack = item("Other pack", account=account, distributor="Elsewhere")
        await desks.catalogue.import_catalogue(OPERATOR, as_csv(pack))
    cleo = await desks.users.create_user(OPERATOR, "Bolt", "Cleo", "cleo@bolt.example", role="owner")
    roles = (ContactRole.ORDER,)
    theirs = await desks.contacts.add_contact(
        OPERATOR, "Bolt", "Elsewhere", "Bob", "bob@elsewhere.example", roles
    )
    other = await desks.contacts.add_contact(
        OPERATOR, ACCOUNT, "Elsewhere", "Eve", "eve@elsewhere.example", roles
    )
    return [
        cleo.actor,
        f"contact:{theirs.id}",
        f"contact:{other.id}",
        "user:99999",
        "contact:99999",
        "user:0",
    ]


async def an_origin(scene: Scene, actor: str) -> int:
    async with scene.database.transaction() as connection:
        return await origins.record(connection, actor=actor, surface="api")


async def written(scene: Scene) -> list[Any]:
    """All that is recorded of what happened."""
    return await scene.sql("SELECT id, type, actor FROM events ORDER BY id")


async def code_of(handle: WorkflowHandle[Any, Any], update: str, message: dict[str, Any]) -> str | None:
    with pytest.raises(WorkflowUpdateFailedError) as failed:
        await handle.execute_update(update, NEEDED.get(update, {}) | message)
    assert isinstance(failed.value.cause, ApplicationError)
    return failed.value.cause.type


async def _settled(scene: Scene, order_id: str) -> None:
    await eventually(lambda: scene.events(order_id), lambda events: "mail.sent" in events)


@pytest.mark.covers("S5", "S9")
async def test_no_update_is_taken_from_an_actor_of_elsewhere(scene: Scene) -> None:
    qr = await QrScene.set_up(scene)
    strangers = await foreigners(scene)
    request_id = await qr.request()
    order_id = await scene.placed(2, kind="replace_esim", pack="P-1")
    await _settled(scene, order_id)
    await eventually(lambda: written(scene), lambda events: sum(it.type == "mail.sent" for it in events) >= 2)
    client = scene.temporal.client
    handles = {
        "EsimOrder": client.get_workflow_handle(order_id),
        "EsimQrRequest": client.get_workflow_handle(request_id),
    }
    theirs = await an_origin(scene, strangers[0])
    before, tried = await written(scene), 0
    for workflow in WORKFLOWS:
        for update in updates(workflow):
            handle = handles[workflow.__name__]
            for actor in strangers:
                assert await code_of(handle, update, {"actor": actor}) == "unknown_actor", (update, actor)
            for origin in (99999, theirs):
                assert await code_of(handle, update, {"origin_id": origin}) == "unknown_origin", update
            for garbage in GARBAGE:
                assert await code_of(handle, update, {"actor": garbage}) == "input_invalid", (update, garbage)
            tried += 1
    assert tried == 6
    assert await written(scene) == before, "nothing is recorded"
    ana = (await scene.ana(ANA)).actor
    assert (await handles["EsimOrder"].execute_update("cancel", {"actor": ana}))["status"] == "cancelled"


async def released(scene: Scene, workflow_id: str) -> list[Any]:
    """Who is recorded as having let it go on, and from where."""
    return await scene.sql(
        "SELECT actor, origin_id FROM events WHERE about[1] = :id AND type LIKE '%.released' ORDER BY id",
        id=workflow_id,
    )


def _at_least(count: int, rows: list[Any]) -> bool:
    return len(rows) >= count


async def held_again(scene: Scene, workflow_id: str) -> None:
    async def reasons() -> list[Any]:
        return await scene.sql("SELECT reason FROM holds WHERE workflow_id = :id", id=workflow_id)

    await eventually(reasons, lambda rows: HoldReason.MAIL_REJECTED in [row.reason for row in rows])


@pytest.mark.covers("S5", "W5")
async def test_a_retry_is_not_recorded_under_the_name_of_a_stranger(scene: Scene) -> None:
    """A signal cannot be refused: what is held goes on, and the system is recorded as who retried it."""
    scene.mailbox.answer = "550 5.1.1 No such user"
    qr = await QrScene.set_up(scene, *(line(number, sim_type="esim") for number in (1, 2, 3)))
    strangers = await foreigners(scene)
    theirs = await an_origin(scene, strangers[0])
    request_id = await qr.request()
    order_id = await scene.placed(2, kind="replace_esim", pack="P-1")
    await qr.desk.import_code(OPERATOR, await qr.sim_of(3), str(a_code()))
    notification_id = (await qr.desk.notify(OPERATOR, await qr.sim_of(3), "boss@acme.example")).id
    for held in (request_id, order_id, notification_id):
        await held_again(scene, held)
        handle = scene.temporal.client.get_workflow_handle(held)
        for garbage in GARBAGE:
            await handle.signal("retry", {"actor": garbage, "origin_id": 1})
        for count, actor in enumerate(strangers, 1):
            await handle.signal("retry", {"actor": actor, "origin_id": 1})
            seen = await eventually(partial(released, scene, held), partial(_at_least, count))
            assert [(row.actor, row.origin_id) for row in seen] == [("system", None)] * count
            await held_again(scene, held)
        await handle.signal("retry", {"actor": "operator", "origin_id": theirs})
        seen = await eventually(partial(released, scene, held), partial(_at_least, count + 1))
        assert (seen[-1].actor, seen[-1].origin_id) == ("operator", None), "an origin of another is left out"


@pytest.mark.covers("S5", "W4")
@pytest.mark.parametrize("whose", ["of no row", "of another"])
async def test_nothing_begins_with_an_origin_that_is_not_the_callers(scene: Scene, whose: str) -> None:
    """It is refused, and the event of the refusal does not name it."""
    qr = await QrScene.set_up(scene)
    origin = 99999 if whose == "of no row" else await an_origin(scene, (await foreigners(scene))[0])
    ana = await callers.user(scene.database, ANA, origin_id=origin)
    order = scene.draft(2, kind="replace_esim", pack="P-1")
    for begin in (
        partial(qr.desk.request, ana, QrRequestDraft(sim=qr.sim)),
        partial(scene.desk.place, ana, order),
    ):
        with pytest.raises(Refused) as refused:
            await begin()
        assert "unknown_origin" in [reason.code for reason in refused.value.refusals]
    assert await scene.sql("SELECT 1 FROM events WHERE type LIKE '%.refused'")
    assert not await scene.sql("SELECT 1 FROM events WHERE origin_id IS NOT NULL")
