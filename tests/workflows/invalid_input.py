"""What does not fit any message, and how it is answered."""

import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from pydantic import BaseModel
from temporalio.api.common.v1 import Payload
from temporalio.client import WithStartWorkflowOperation, WorkflowHandle
from temporalio.common import RawValue, WorkflowIDConflictPolicy
from temporalio.exceptions import ApplicationError

from models.identifiers import (
    job_work_id,
    licence_request_id,
    number_change_id,
    order_id,
    qr_notification_id,
    qr_request_id,
    travel_line_id,
    travel_notice_id,
    user_mail_id,
    webhook_work_id,
)
from tests.temporal_server import readable
from tests.workflows.codes.qr_house import QrHouse
from workflows.failures import refusals_of

MARK = "MARK-Ana-Lopes-K3-7F42Q"
"""Stands for a name or a secret that was sent where an id belongs."""
NAMES: dict[str, Callable[[int, str], str]] = {
    "EsimOrder": order_id,
    "EsimQrRequest": qr_request_id,
    "EsimQrNotification": qr_notification_id,
    "EsimNumberChange": number_change_id,
    "EsimLicenceRequest": licence_request_id,
    "EsimTravelNotice": travel_notice_id,
    "EsimUserMail": user_mail_id,
    "EsimLineLife": lambda account, key: travel_line_id(int(key[:12], 16) + account),
    "EsimJob": lambda account, key: job_work_id(int(key[:12], 16) + account),
    "EsimWebhook": lambda account, key: webhook_work_id(int(key[:12], 16) + account),
    "RetryHeld": lambda account, key: f"retry-{account}-{key}",
}
WITHOUT_INPUT = {"EsimTravelSweep"}
"""They take whatever is sent, and read none of it."""


def definition(workflow: type) -> Any:
    return workflow.__temporal_workflow_definition  # type: ignore[attr-defined]


def rubbish(message: type[BaseModel]) -> Iterator[Any]:
    """Nothing of it fits the message."""
    yield MARK
    yield [MARK]
    yield dict.fromkeys(message.model_fields, MARK)
    yield {name: {MARK: [MARK]} for name in message.model_fields}
    yield from UNREADABLE


def a_payload(encoding: str, data: str = f'"{MARK}"', **metadata: str) -> RawValue:
    metadata = {"encoding": encoding} | metadata
    return RawValue(
        Payload(metadata={name: it.encode() for name, it in metadata.items()}, data=data.encode())
    )


UNREADABLE = (
    a_payload("binary/plain"),
    a_payload("binary/protobuf", messageType=MARK),
    a_payload("json/protobuf"),
    a_payload("json/protobuf", '{"seconds": 1}', messageType="temporal.api.common.v1.Header"),
    a_payload("json/protobuf", '{"metadata": {}}', messageType="temporal.api.common.v1.Payload"),
    a_payload("json/plain", '{"provider": "\\ud83d", "actor": "' + MARK),
    a_payload("json/plain", '{"provider": "\\ud83d"}'),
    a_payload("json/plain", '{"actor": ' + 400 * "[" + 400 * "]" + "}"),
    a_payload(MARK),
)
"""What some SDK may send, and what is no JSON for us."""
NULL = a_payload("binary/null", "")
ARGUMENTS: tuple[list[Any], ...] = ([], [None], [NULL], [{}, MARK], [MARK, MARK], [*UNREADABLE])
"""None, one and many."""


def a_workflow_id(name: str) -> str:
    return NAMES[name](1, uuid.uuid4().hex)


def beginning(house: QrHouse, name: str, sent: Any, workflow_id: str) -> WithStartWorkflowOperation[Any, Any]:
    """Start this workflow with what was sent, or find it running."""
    return WithStartWorkflowOperation(
        name,
        sent,
        id=workflow_id,
        task_queue=house.task_queue,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )


async def beyond_inputs(handle: WorkflowHandle[Any, Any]) -> str:
    """The history in clear, without the payloads that were sent."""
    history = json.loads((await handle.fetch_history()).to_json())
    for event in history["events"]:
        event.get("workflowExecutionStartedEventAttributes", {}).pop("input", None)
        event.get("workflowExecutionSignaledEventAttributes", {}).pop("input", None)
        event.get("workflowExecutionUpdateAcceptedEventAttributes", {}).pop("acceptedRequest", None)
    return readable(json.dumps(history))


def why(cause: BaseException | None) -> str:
    """The sentence of a failure that is `input_invalid` and nothing else, in a form that desks read."""
    assert isinstance(cause, ApplicationError)
    assert cause.type in {"input_invalid", "retry_many_invalid"}, cause
    (reason,) = refusals_of(cause)
    assert reason.sentence == cause.message
    assert "\n" not in cause.message
    assert MARK not in repr(cause) + repr(cause.details) + repr(cause.cause)
    return cause.message
