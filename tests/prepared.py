"""Workflows that a process of tests imports into Temporal's sandbox once to see that this works, instead of
once for the worker of each test. Each run of a workflow imports it as ever.
"""

from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner
from temporalio.workflow import _Definition

_prepare = SandboxedWorkflowRunner.prepare_workflow
_PREPARED: set[tuple[type, frozenset[str]]] = set()
"""Workflows, and what their sandbox passes through."""


def prepare_once(self: SandboxedWorkflowRunner, defn: _Definition) -> None:
    """`SandboxedWorkflowRunner.prepare_workflow`; one that failed is prepared again."""
    key = (defn.cls, frozenset(self.restrictions.passthrough_modules))
    if key not in _PREPARED:
        _prepare(self, defn)
        _PREPARED.add(key)
