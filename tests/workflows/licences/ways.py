"""Changes and requests started the way the desks start them."""

from typing import Any

from temporalio.client import WithStartWorkflowOperation, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy

from models.identifiers import licence_request_id, number_change_id
from models.licences.add_ons import AddOn
from models.licences.changes import ChangeResult, LicenceRequestStatus, NumberChange
from models.licences.numbers import Change
from tests.workflows.codes.qr_house import QrHouse
from workflows.licences.licence_request import EsimLicenceRequest
from workflows.licences.messages import ChangeNumber, RequestLicences
from workflows.licences.number_change import EsimNumberChange

ChangeHandle = WorkflowHandle[EsimNumberChange, ChangeResult]
RequestHandle = WorkflowHandle[EsimLicenceRequest, LicenceRequestStatus]


def a_change(house: QrHouse, change: Change = Change.DELETE, *answers: dict[str, Any]) -> ChangeNumber:
    """A change of a number, and what the database answers to it."""
    change_id = number_change_id(1, house.task_queue)
    house.licences.results[change_id] = [
        ChangeResult.model_validate({"change_id": change_id, "number_id": 7, "change": change, **answer})
        for answer in answers
    ]
    asked = NumberChange(change_id=change_id, account_id=1, number_id=7, change=change, actor="user:3")
    return ChangeNumber(change=asked, provider="Orange", distributor="Telvia")


async def started(house: QrHouse, start: ChangeNumber) -> tuple[ChangeHandle, ChangeResult]:
    """The workflow, and its first answer."""
    operation = WithStartWorkflowOperation(
        EsimNumberChange.run,
        start,
        id=start.change.change_id,
        task_queue=house.task_queue,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        static_summary=start.summary,
    )
    result: ChangeResult = await house.client.execute_update_with_start_workflow(
        "apply", start_workflow_operation=operation, id="apply", result_type=ChangeResult
    )
    return await operation.workflow_handle(), result


async def changed(house: QrHouse, change: Change = Change.DELETE, *answers: dict[str, Any]) -> ChangeHandle:
    """A change that the database answers so."""
    handle, _ = await started(house, a_change(house, change, *answers))
    return handle


async def requested(house: QrHouse, **more: Any) -> RequestHandle:
    """A request for licences."""
    start = RequestLicences(
        request_id=licence_request_id(1, house.task_queue),
        account_id=1,
        add_on=AddOn.VOICE_SMS,
        quantity=3,
        **more,
    )
    return await house.client.start_workflow(
        EsimLicenceRequest.run,
        start,
        id=start.request_id,
        task_queue=house.task_queue,
        static_summary=start.summary,
    )
