"""A request for licences: every owner of the account is notified of it, once (L37)."""

import pytest

from models.people.callers import Role
from starter.operations.recovery import RecoveryDesk
from tests.builders import ACCOUNT, OPERATOR
from tests.licences_world import OLGA, licences_world
from tests.system.licences.number_scene import a_request, held_for
from tests.system.scene import Scene
from tests.temporal_server import eventually

OSCAR = "oscar@acme.example"


async def started(scene: Scene, *ids: str) -> None:
    """Start the workflows of these, whose rows are there."""
    async with RecoveryDesk.open(scene.settings) as recovery:
        lost = await recovery.find(OPERATOR)
        assert {(one.id, one.kind) for one in lost} == {(of, "licence_request") for of in ids}
        await recovery.start(OPERATOR, lost)


async def owners(scene: Scene) -> None:
    desks = await licences_world(scene.database)
    await desks.users.create_user(OPERATOR, ACCOUNT, "Oscar", OSCAR, role=Role.OWNER)


@pytest.mark.covers("L37")
async def test_every_owner_is_notified_once(scene: Scene) -> None:
    await owners(scene)
    of = await a_request(scene)
    await started(scene, of)
    handle = scene.temporal.client.get_workflow_handle(of)
    assert await handle.result() == "sent"
    assert sorted(scene.mailbox.recipients()) == [OLGA, OSCAR]
    assert all("Adam" in mail.text and "For December" in mail.text for mail in scene.mailbox.mails)
    await started(scene)
    assert len(scene.mailbox.mails) == 2


@pytest.mark.covers("L37")
async def test_owners_are_not_notified_of_a_request_that_a_purchase_has_answered(scene: Scene) -> None:
    await owners(scene)
    of = await a_request(scene)
    await scene.sql(
        "WITH bought AS (INSERT INTO licence_purchases (account_id, key, add_on, quantity, bought_by)"
        " SELECT account_id, 'key', add_on, quantity, 'user:1' FROM licence_requests RETURNING id)"
        " UPDATE licence_requests SET purchase_id = bought.id FROM bought"
    )
    await started(scene, of)
    assert await scene.temporal.client.get_workflow_handle(of).result() == "sent"
    assert scene.mailbox.mails == []
    await started(scene)


@pytest.mark.covers("L37", "W5")
async def test_only_the_owner_who_was_not_reached_is_written_to_again(scene: Scene) -> None:
    await owners(scene)
    scene.mailbox.answers = {OSCAR: "550 5.1.1 No such mailbox"}
    of = await a_request(scene)
    await started(scene, of)
    await eventually(lambda: held_for(scene, of), lambda found: found == ["mail_rejected"])
    scene.mailbox.answers = {}
    said = await scene.typed("order", "retry", "--reason", "mail_rejected", "--yes")
    assert "request for licences" in said.out
    assert await scene.temporal.client.get_workflow_handle(of).result() == "sent"
    assert sorted(scene.mailbox.recipients()) == [OLGA, OSCAR]
    assert await held_for(scene, of) == []


@pytest.mark.covers("L37", "W5")
async def test_without_an_owner_the_request_is_held_until_there_is_one(scene: Scene) -> None:
    await owners(scene)
    await scene.sql("UPDATE users SET role = 'viewer' WHERE role = 'owner'")
    of = await a_request(scene)
    await started(scene, of)
    await eventually(lambda: held_for(scene, of), lambda found: found == ["no_owner"])
    (request,) = await scene.sql("SELECT notified_at FROM licence_requests")
    assert request.notified_at is None
    await scene.sql("UPDATE users SET role = 'owner' WHERE email = :olga", olga=OLGA)
    await scene.typed("order", "retry", "--reason", "no_owner", "--yes")
    assert await scene.temporal.client.get_workflow_handle(of).result() == "sent"
    assert scene.mailbox.recipients() == [OLGA]
