"""Temporal's sandbox of workflows, with the modules that all workflows share."""

from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

PASSED_THROUGH = (
    "models",
    "workflows.messages",
    "workflows.codes.messages",
    "workflows.codes.rounds",
    "workflows.codes.steps",
    "workflows.licences.messages",
    "workflows.licences.steps",
    "workflows.operations.messages",
    "workflows.operations.steps",
    "workflows.orders.messages",
    "workflows.orders.steps",
    "workflows.people.messages",
    "workflows.people.steps",
    "workflows.step",
    "workflows.steps",
    "workflows.step_runner",
    "workflows.background",
    "workflows.calls",
    "workflows.reminder_schedule",
    "workflows.details",
    "workflows.orders.handover",
    "workflows.search_attributes",
    "workflows.starts",
    "workflows.travel.messages",
    "workflows.travel.steps",
    "pydantic",
)


def workflow_runner() -> SandboxedWorkflowRunner:
    """Temporal's workflow sandbox: used in tests, in replays, and where the setting says so.

    Modules without state are passed through: imported once instead of once for each workflow.
    """
    return SandboxedWorkflowRunner(SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH))
