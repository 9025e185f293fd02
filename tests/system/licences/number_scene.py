"""Changes of numbers and requests for licences as any SDK starts them, and what is seen of them."""

import uuid
from datetime import timedelta
from typing import Any

from temporalio.client import WithStartWorkflowOperation, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from models.identifiers import licence_request_id, number_change_id
from models.licences.changes import ChangeResult
from models.licences.numbers import Change
from tests.licences_world import ADAM, add_agent, add_number, licences_world
from tests.store.licences.number_ways import account, user
from tests.store.licences.order_ways import assigned
from tests.system.scene import Scene
from tests.temporal_server import eventually

PROVIDER = "orders@telvia.example"
"""The order contact of the numbers' distributor."""


async def a_number(scene: Scene) -> int:
    """Gina's number with an active eSIM; nothing of its order is left to be done."""
    await licences_world(scene.database)
    number = await add_number(scene.database, 1, await add_agent(scene.database))
    await assigned(scene.database, number)
    await scene.sql("UPDATE follow_ups SET done_at = esim_now()")
    return number


async def change_id(scene: Scene, key: str = "key") -> str:
    """The id of the change under this key; all tests' workflows are on one Temporal server."""
    return number_change_id(await account(scene.database), f"{key} of {scene.settings.task_queue}")


async def changed(
    scene: Scene, number: int, what: Change, key: str = "key", **more: Any
) -> tuple[ChangeResult, WorkflowHandle[Any, Any]]:
    """Adam changes the number: the answer, and the workflow."""
    asked: dict[str, Any] = {
        "change_id": await change_id(scene, key),
        "account_id": await account(scene.database),
        "number_id": number,
        "change": what.value,
        "actor": await user(scene.database, ADAM),
        **more,
    }
    if what is Change.SUSPEND:
        asked["note_id"] = await _reason(scene, asked)
    operation: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
        "EsimNumberChange",
        {"change": asked},
        id=str(asked["change_id"]),
        task_queue=scene.settings.task_queue,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
    )
    result: ChangeResult = await scene.temporal.client.execute_update_with_start_workflow(
        "apply", start_workflow_operation=operation, id=uuid.uuid4().hex, result_type=ChangeResult
    )
    return result, await operation.workflow_handle()


async def _reason(scene: Scene, asked: dict[str, Any]) -> int:
    """The reason of a suspension, as the desk writes it."""
    (note,) = await scene.sql(
        "INSERT INTO order_notes (account_id, order_id, text) VALUES (:account, :id, 'Lost') RETURNING id",
        account=asked["account_id"],
        id=asked["change_id"],
    )
    return int(note.id)


async def row(scene: Scene, of: str) -> Any:
    """The change as it is recorded."""
    (found,) = await scene.sql(
        "SELECT applied_at IS NOT NULL AS applied, notified_at IS NOT NULL AS notified, notice"
        " FROM number_changes WHERE id = :id",
        id=of,
    )
    return found


async def provider_notified(scene: Scene, of: str, within: float = 30) -> None:
    await eventually(lambda: row(scene, of), lambda found: bool(found.notified), within=within)


async def due_in(scene: Scene, number: int, days: int) -> str:
    """The eSIM's licence was given back and ends: its order has recorded that the eSIM stops on that day."""
    of = await change_id(scene, "end")
    await scene.sql(
        "UPDATE licences SET usable_until = (timezone('Europe/Paris', esim_now()))::date"
        " + CAST(:days AS integer) - 1",
        days=days,
    )
    await scene.sql(
        "INSERT INTO number_changes (id, account_id, number_id, change, due_on, actor)"
        " SELECT :id, numbers.account_id, numbers.id, 'stop_esim', licences.usable_until + 1, 'system'"
        " FROM numbers JOIN licences ON licences.number_id = numbers.id WHERE numbers.id = :number",
        id=of,
        number=number,
    )
    return of


async def a_request(scene: Scene, key: str = "request") -> str:
    """Adam requests three licences: the row that the desk writes."""
    of = licence_request_id(await account(scene.database), f"{key} of {scene.settings.task_queue}")
    await scene.sql(
        "INSERT INTO licence_requests (id, account_id, add_on, quantity, note, requested_by)"
        " SELECT :id, account_id, 'voice_sms', 3, 'For December', id FROM users WHERE email = :adam",
        id=of,
        adam=ADAM,
    )
    return of


async def held_for(scene: Scene, workflow_id: str) -> list[str]:
    rows = await scene.sql("SELECT reason FROM holds WHERE workflow_id = :id", id=workflow_id)
    return [found.reason for found in rows]


DAY = timedelta(days=1)
