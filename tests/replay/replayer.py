"""Histories replayed as a worker replays them when it has forgotten a workflow."""

from temporalio.worker import Replayer

from temporal.payloads import PayloadKeys, data_converter
from temporal.workflow_sandbox import workflow_runner
from worker import WORKFLOWS
from workflows.codes.request import EsimQrRequest
from workflows.orders.order import EsimOrder


def replayer(order: type = EsimOrder, request: type = EsimQrRequest) -> Replayer:
    """With the workflows as they are, or with another in place of one."""
    return Replayer(
        workflows=[{EsimOrder: order, EsimQrRequest: request}.get(it, it) for it in WORKFLOWS],
        workflow_runner=workflow_runner(),
        build_id="tests",
        data_converter=data_converter(PayloadKeys("")),
    )
